"""All runs that live, and the exits that the agent has not stored yet."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable

from bgtasks_gui.supervisor import journal, link, loop, output
from bgtasks_gui.supervisor.children import processes, spawn, tree
from bgtasks_gui.supervisor.run import FAILURES, Message, Run

#: Seconds until the journal is tried again after its disk was full.
_RETRY_S = 1.0


class Runs:
    """Starts runs once, watches them, and keeps their exits until they are forgotten."""

    def __init__(self, on: loop.Loop, journal_path: str, outbox: link.Outbox) -> None:
        self._loop = on
        self._outbox = outbox
        #: Exits that an earlier supervisor wrote are as good as our own.
        self._exits: dict[str, Message] = journal.read(journal_path)
        self._journal = journal.Journal(journal_path)
        self._living: dict[str, Run] = {}
        #: Exits that the journal could not take.
        self._unwritten: dict[str, Message] = {}
        #: Members of the trees of ended runs that lived on.
        self._left: dict[str, frozenset[tuple[int, int]]] = {}
        #: Pipes of ended runs that something left over still holds.
        self._left_pipes: set[int] = set()

    @property
    def living(self) -> int:
        """How many runs live."""
        return len(self._living)

    @property
    def ended(self) -> int:
        """How many exits wait to be stored by the agent."""
        return len(self._exits)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost when this process ends.

        What a run left behind would die of a broken pipe, so it counts while it holds one.
        """
        return not (self._living or self._unwritten or self._left_pipes)

    def start(self, run: str, log: str, start: Callable[[], spawn.Started]) -> Message:
        """Start a run unless it is known already; who its process is."""
        if run in self._living:
            return self._living[run].identity
        if run in self._exits:
            return {key: self._exits[run].get(key) for key in ("pid", "start_ticks", "boot_id")}
        started = start()
        fresh = Run(run, started, output.OutputLog(log), self._loop, self._outbox)
        self._living[run] = fresh
        self._loop.await_end(started.pid, functools.partial(self._on_end, fresh))
        return fresh.identity

    def find(self, run: str) -> Run | None:
        """The run of this id, as long as it lives."""
        return self._living.get(run)

    def root(self, run: str, pid: int, start_ticks: int) -> tree.Root:
        """The tree of a run, also of one that another supervisor started."""
        return tree.Root(run, pid, start_ticks, self._left.get(run, ()))

    def forget(self, runs: Iterable[str]) -> None:
        """The agent has stored these exits."""
        stored = [run for run in runs if self._exits.pop(run, None) is not None]
        for run in stored:
            self._left.pop(run, None)
            self._unwritten.pop(run, None)
        if stored:
            self._journal.forget(stored)

    def summary(self) -> list[Message]:
        """Everything that is known, as the agent is told when it comes."""
        return [*map(_of_living, self._living.values()), *map(_of_exit, self._exits.values())]

    def _on_end(self, run: Run, ended: loop.Ended) -> None:
        pipe = run.finish()
        if pipe is not None:
            self._left_pipes.add(pipe)
            self._loop.watch(pipe, loop.READ, functools.partial(self._drop_output, pipe))
        left = self._find_left(run)
        failures = [run.messages[kind] for kind in FAILURES if kind in run.messages]
        exit: Message = {
            "run": run.id,
            **run.identity,
            "exit_code": ended.exit_code,
            "signal": ended.signal,
            "at": time.time_ns() // 1_000_000,
            "cpu_s": round(ended.cpu_s, 3),
            "max_rss": ended.max_rss,
            **run.length,
            "leftover": len(left),
            "result": run.messages.get("result"),
            "failure": failures[0] if failures else None,
            "progress": run.messages.get("progress"),
        }
        del self._living[run.id]
        self._exits[run.id] = exit
        self._write(exit)
        run.end(exit)

    def _find_left(self, run: Run) -> list[processes.Process]:
        root = tree.Root(run.id, run.root.pid, run.root.start_ticks, is_just_reaped=True)
        left = tree.leftover(root, self._loop.children)
        if left:
            self._left[run.id] = frozenset(process.key for process in left)
        return left

    def _drop_output(self, pipe: int) -> None:
        """Keep what a run left behind from blocking; its words are no part of the run."""
        try:
            is_over = not os.read(pipe, 1024 * 1024)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._loop.unwatch(pipe)
            os.close(pipe)
            self._left_pipes.discard(pipe)

    def _write(self, exit: Message) -> None:
        run = str(exit["run"])
        try:
            self._journal.append(run, exit)
        except OSError:
            if not self._unwritten:
                self._loop.after(_RETRY_S, self._write_again)
            self._unwritten[run] = exit

    def _write_again(self) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        for exit in unwritten.values():
            self._write(exit)


def _of_living(run: Run) -> Message:
    process = processes.look_at(run.root.pid)
    # Its state alone does not tell: a shell that was stopped while it started a program waits in
    # the system for that, and is not "stopped" there.
    is_stopped = run.is_stopped or (process is not None and process.state in "Tt")
    return {
        "run": run.id,
        **run.identity,
        "state": "stopped" if is_stopped else "running",
        **run.length,
        "messages": run.messages,
        "exit": None,
    }


def _of_exit(exit: Message) -> Message:
    keys = ("run", "pid", "start_ticks", "boot_id", "total", "lost")
    words = [exit.get("progress"), exit.get("result"), exit.get("failure")]
    return {
        **{key: exit.get(key) for key in keys},
        "state": "exited",
        "messages": {word["type"]: word for word in words if isinstance(word, dict)},
        "exit": exit,
    }

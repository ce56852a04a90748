"""What the agent may ask, one function each."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable

from bgtasks_gui.supervisor import fields, loop, runs
from bgtasks_gui.supervisor.children import check, processes, refusals, spawn, tree
from bgtasks_gui.supervisor.run import Message

#: Seconds for which one look at all processes serves several questions about usage.
_LOOK_S = 0.25
#: Seconds that the import of a module may take while it is checked.
_CHECK_S = 10.0
_ACTIONS = ("stop", "continue", "terminate", "kill")


class Requests:
    """Answers requests: all at once but for checks, which are answered when they are done."""

    def __init__(self, on: loop.Loop, all_runs: runs.Runs) -> None:
        self._loop = on
        self._runs = all_runs
        self._spawner = spawn.Spawner()
        self._begun = time.monotonic()
        self._looked = 0.0
        self._seen: dict[int, processes.Process] = {}
        #: Whether new runs are refused, since this process is to end.
        self.is_closing = False
        self._table: dict[str, Callable[[Message], Message]] = {
            "start": self._start,
            "signal": self._signal,
            "usage": self._usage,
            "forget": self._forget,
            "message": self._pass_down,
            "stats": self._stats,
        }

    def answer(self, request: Message, reply: Callable[[Message], None]) -> None:
        """Do what is asked and reply, now or later. Refused when that cannot be."""
        do = fields.text(request, "do")
        if do == "check":
            self._check(request, reply)
        elif do in self._table:
            reply(self._table[do](request))
        else:
            raise refusals.Refused("unknown_request", "do", f"There is no request {do!r}.")

    def _start(self, request: Message) -> Message:
        run, log, kind = (fields.text(request, name) for name in ("run", "log", "kind"))
        around = fields.surroundings(request)
        if self.is_closing:
            message = "The supervisor was told to end, so it starts nothing more."
            raise refusals.Refused("closing", None, message)
        if kind == "command":
            argv = fields.texts(request, "argv")
            start = functools.partial(self._spawner.start_command, run, argv, around)
        elif kind == "python":
            interpreter = fields.optional_text(request, "interpreter")
            start = functools.partial(
                self._spawner.start_function, _spec(request, run), around, interpreter
            )
        else:
            raise refusals.Refused("invalid_request", "kind", f"There is no kind {kind!r}.")
        self._spawner.make_room(self._runs.living + 1)
        return self._runs.start(run, log, start)

    def _check(self, request: Message, reply: Callable[[Message], None]) -> None:
        run = f"check-{os.getpid()}-{fields.whole(request, 'id')}"
        spec = {**_spec(request, run), "is_check": True}
        limit_s = fields.seconds(request, "timeout_s", _CHECK_S)
        around = fields.surroundings(request)
        interpreter = fields.optional_text(request, "interpreter")
        started = self._spawner.start_function(spec, around, interpreter, is_silent=True)
        check.Check(self._loop, started, spec, limit_s).on_answer = reply

    def _signal(self, request: Message) -> Message:
        action = fields.text(request, "action")
        if action not in _ACTIONS:
            message = f"action must be one of {', '.join(_ACTIONS)}."
            raise refusals.Refused("invalid_request", "action", message)
        is_alive, signalled = tree.signal_all(self._root(request), action)
        run = self._runs.find(fields.text(request, "run"))
        if run is not None:
            run.is_stopped = action == "stop"
        self._looked = 0.0
        return {"alive": is_alive, "signalled": signalled}

    def _usage(self, request: Message) -> Message:
        now = time.monotonic()
        if now - self._looked > _LOOK_S:
            self._seen = processes.all_processes()
            self._looked = now
        return tree.usage(self._root(request), self._seen)

    def _root(self, request: Message) -> tree.Root:
        pid, ticks = fields.whole(request, "pid"), fields.whole(request, "start_ticks")
        boot_id = fields.optional_text(request, "boot_id")
        if boot_id not in (None, processes.boot_id()):
            ticks = -1  # of an earlier boot: whatever has the number now is not the run
        return self._runs.root(fields.text(request, "run"), pid, ticks)

    def _forget(self, request: Message) -> Message:
        self._runs.forget(fields.texts(request, "runs"))
        return {}

    def _pass_down(self, request: Message) -> Message:
        run = self._runs.find(fields.text(request, "run"))
        message = fields.mapping(request, "message")
        return {"delivered": run is not None and run.tell(message)}

    def _stats(self, request: Message) -> Message:
        me = processes.look_at(os.getpid())
        return {
            "pid": os.getpid(),
            "runs": self._runs.living,
            "exits": self._runs.ended,
            "fds": len(os.listdir("/dev/fd")) - 1,
            "rss": me.rss if me is not None else 0,
            "cpu_s": round(time.process_time(), 3),
            "uptime_s": round(time.monotonic() - self._begun, 3),
        }


def _spec(request: Message, run: str) -> Message:
    """What the worker needs to know of this run."""
    names = ("callable", "args", "kwargs", "arguments", "trigger", "task", "attempt", "path")
    fields.text(request, "callable")
    return {"run": run, **{name: request.get(name) for name in names}}

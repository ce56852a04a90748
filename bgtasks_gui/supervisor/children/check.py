"""Sees whether a Python function can be had, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable

from bgtasks_gui.supervisor import link, loop
from bgtasks_gui.supervisor.children import processes, spawn, tree
from bgtasks_gui.worker import lines

_LONGEST_MESSAGE = 64 * 1024

Message = dict[str, object]


class Check:
    """Waits for a child that only imports, and replies once: in its words, or that it failed."""

    def __init__(
        self, on: loop.Loop, started: spawn.Started, spec: Message, limit_s: float
    ) -> None:
        process = processes.look_at(started.pid)
        ticks = process.start_ticks if process is not None else 0
        self._root = tree.Root(str(spec["run"]), started.pid, ticks)
        self._module = str(spec["callable"]).partition(":")[0]
        self._limit_s = limit_s
        self._has_ended = False
        self._channel: link.Link | None = None
        #: Called once with the answer.
        self.on_answer: Callable[[Message], None] | None = None
        if started.channel is not None:
            self._channel = link.Link(
                on, started.channel, _LONGEST_MESSAGE, self._on_line, lambda _: None
            )
            if started.first_message is not None:
                self._channel.send(started.first_message)
        on.await_end(started.pid, self._on_end)
        on.after(limit_s, self._on_time)

    def _on_line(self, channel: link.Link, line: bytes) -> None:
        message = lines.decode(line)
        if message is not None and message.pop("type", None) == "checked":
            self._answer(message)

    def _on_end(self, ended: loop.Ended) -> None:
        self._has_ended = True
        if self._channel is not None:
            self._channel.read(_LONGEST_MESSAGE)
            self._channel.close()
        how = f"exit status {ended.exit_code}" if ended.signal is None else f"signal {ended.signal}"
        self._fail(f"importing module {self._module!r} ended the interpreter: {how}")

    def _on_time(self) -> None:
        self._fail(f"importing module {self._module!r} takes longer than {self._limit_s:g} s")
        if not self._has_ended:
            tree.signal_all(self._root, "kill")

    def _fail(self, sentence: str) -> None:
        self._answer({"ok": False, "message": sentence})

    def _answer(self, answer: Message) -> None:
        if self.on_answer is not None:
            on_answer, self.on_answer = self.on_answer, None
            on_answer(answer)

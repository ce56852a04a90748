"""One run while it lives: its output goes to its log, its worker's messages to the agent."""

from __future__ import annotations

import os
from collections.abc import Iterable

from bgtasks_gui.supervisor import link, loop, output
from bgtasks_gui.supervisor.children import processes, spawn, tree
from bgtasks_gui.worker import lines

#: A worker's last word when there is no result.
FAILURES = ("exception", "aborted", "import_error")
#: Messages of a worker that are passed on; the last of each type is kept.
_TYPES = ("progress", "deferral", "result", *FAILURES)
#: Longest message taken from a worker: its longest result, with room around it.
_LONGEST_MESSAGE = 128 * 1024
#: Bytes that may wait for a worker to read them.
_LONGEST_BACKLOG = 64 * 1024
_CHUNK = 64 * 1024
#: Reads at one go, so that one loud run does not keep the others waiting.
_READS_A_TURN = 4
#: Reads after the end; a pipe or a channel cannot hold more than this.
_LAST_READS = 16

Message = dict[str, object]


class Run:
    """A run that lives, or has just ended. Gathers what is new until the agent is told."""

    def __init__(
        self,
        run: str,
        started: spawn.Started,
        log: output.OutputLog,
        on: loop.Loop,
        outbox: link.Outbox,
    ) -> None:
        process = processes.look_at(started.pid)
        self.id = run
        self.root = tree.Root(run, started.pid, process.start_ticks if process else 0)
        #: Last message of each type.
        self.messages: dict[str, Message] = {}
        #: Whether its tree was stopped, and not told to go on since.
        self.is_stopped = False
        #: How it ended; None while it lives.
        self.exit: Message | None = None
        self._log = log
        self._loop = on
        self._outbox = outbox
        self._news: dict[str, None] = {}
        self._output = started.output
        self._channel: link.Link | None = None
        if self._output is not None:
            os.set_blocking(self._output, False)
            on.watch(self._output, loop.READ, self._on_output)
        if started.channel is not None:
            self._channel = link.Link(
                on, started.channel, _LONGEST_MESSAGE, self._on_message, lambda _: None
            )
            if started.first_message is not None:
                self._channel.send(started.first_message)

    @property
    def identity(self) -> Message:
        """What tells its process from every other."""
        return {
            "pid": self.root.pid,
            "start_ticks": self.root.start_ticks,
            "boot_id": processes.boot_id(),
        }

    @property
    def length(self) -> Message:
        """How long its log is, what is missing from it, and why if bytes go missing now."""
        length: Message = {"total": self._log.total, "lost": self._log.lost}
        if self._log.error is not None:
            length["log_error"] = self._log.error
        return length

    def tell(self, message: Message) -> bool:
        """Pass a message down to the worker; whether there is one that may read it."""
        channel = self._channel
        if channel is None or not channel.is_open or channel.backlog > _LONGEST_BACKLOG:
            return False
        channel.send(message)
        return True

    def finish(self) -> int | None:
        """Its process has ended: take what it has left behind in its pipe and channel.

        The pipe, when something else still holds its other end; it is the caller's then.
        """
        self._read_output(_LAST_READS)
        if self._channel is not None:
            self._channel.read(_LAST_READS * _CHUNK)
            self._channel.close()
        self._log.close()
        pipe, self._output = self._output, None
        if pipe is not None:
            self._loop.unwatch(pipe)
        return pipe

    def end(self, exit: Message) -> None:
        """Tell the agent how it ended, after a last word on its log."""
        self.exit = exit
        self._news["output"] = None
        self._outbox.touch(self, is_urgent=True)

    def take_events(self) -> Iterable[Message]:
        news, self._news = self._news, {}
        for kind in news:
            if kind != "output":
                yield {"event": "message", "run": self.id, "message": self.messages[kind]}
        if "output" in news:
            yield {"event": "output", "run": self.id, **self.length}
        if self.exit is not None:
            yield {"event": "exited", **self.exit}

    def _on_output(self) -> None:
        self._read_output(_READS_A_TURN)

    def _read_output(self, reads: int) -> None:
        for _ in range(reads):
            if self._output is None:
                return
            try:
                chunk = os.read(self._output, _CHUNK)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                self._loop.unwatch(self._output)
                os.close(self._output)
                self._output = None
                return
            self._log.write(chunk)
            self._note("output")

    def _on_message(self, channel: link.Link, line: bytes) -> None:
        message = lines.decode(line)
        if message is None or message.get("type") not in _TYPES:
            return
        try:
            lines.encode(message)
        except ValueError:  # a number that JSON cannot hold
            return
        kind = str(message["type"])
        self.messages[kind] = message
        self._note(kind)

    def _note(self, kind: str) -> None:
        self._news[kind] = None
        self._outbox.touch(self)

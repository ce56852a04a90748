"""Serves one agent at a time, and decides when it is time to end."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable

import bgtasks_gui
from bgtasks_gui.supervisor import door, link, loop, requests, runs
from bgtasks_gui.supervisor.children import refusals
from bgtasks_gui.supervisor.run import Message
from bgtasks_gui.worker import lines

PROTOCOL = 1
#: Longest request, in bytes; a run's arguments and environment are part of one.
_LONGEST_REQUEST = 8 * 1024 * 1024
#: Seconds until the next connection is taken after the system had no room for one.
_REST_S = 1.0


class Server:
    """Runs until nothing is left to do and nobody is there."""

    def __init__(self, socket_path: str, journal_path: str, idle_exit_s: float) -> None:
        self._door = door.Door(socket_path)
        self._loop = loop.Loop()
        self._outbox = link.Outbox(self._loop)
        self._runs = runs.Runs(self._loop, journal_path, self._outbox)
        self._requests = requests.Requests(self._loop, self._runs)
        self._links: set[link.Link] = set()
        self._agent: link.Link | None = None
        self._idle_exit_s = idle_exit_s
        self._alone_since = 0.0
        #: Whether to end as soon as nothing would be lost by it.
        self._is_leaving = False

    def run(self) -> None:
        """Serve. Returns when it is time to end."""
        self._loop.take_signals()
        self._listen()
        self._be_alone()
        _say_ready()
        while not (self._is_leaving and self._runs.is_idle):
            self._loop.step()
            if self._loop.is_terminated:
                self._requests.is_closing = self._is_leaving = True
        for each in list(self._links):
            each.close()
        self._door.close()

    def _be_alone(self) -> None:
        self._alone_since = time.monotonic()
        self._loop.after(self._idle_exit_s, self._leave_if_alone)

    def _leave_if_alone(self) -> None:
        alone_s = time.monotonic() - self._alone_since
        if self._agent is None and alone_s >= self._idle_exit_s:
            self._is_leaving = True

    def _listen(self) -> None:
        self._loop.watch(self._door.fileno(), loop.READ, self._on_connection)

    def _on_connection(self) -> None:
        try:
            end = self._door.accept()
        except OSError:
            self._loop.unwatch(self._door.fileno())
            self._loop.after(_REST_S, self._listen)
            return
        if end is not None:
            fresh = link.Link(self._loop, end, _LONGEST_REQUEST, self._on_line, self._on_close)
            self._links.add(fresh)

    def _on_close(self, closed: link.Link) -> None:
        self._links.discard(closed)
        if closed is self._agent:
            self._agent = None
            self._outbox.connect(None)
            self._be_alone()

    def _on_line(self, source: link.Link, line: bytes) -> None:
        request = lines.decode(line) or {}
        number = request.get("id")

        def reply(answer: Message) -> None:
            source.send({"reply": number, **answer})

        try:
            self._answer(source, request, reply)
        except refusals.Refused as error:
            reply(_error(error.code, error.field, str(error)))
        except Exception as error:
            # A fault of ours in one request; the others and all runs go on.
            import traceback

            traceback.print_exc(file=sys.stderr)
            reply(_error("internal", None, f"The supervisor has a fault: {error!r}."))

    def _answer(
        self, source: link.Link, request: Message, reply: Callable[[Message], None]
    ) -> None:
        do = request.get("do")
        if not isinstance(request.get("id"), int):
            message = "A request is one JSON object, with a whole number as id, in at most 8 MiB."
            raise refusals.Refused("invalid_request", "id", message)
        if do == "hello":
            self._greet(source, reply)
        elif source is not self._agent and do != "stats":
            raise refusals.Refused("not_greeted", "do", "Say hello first.")
        elif do == "bye":
            self._is_leaving = True
            reply({"idle": self._runs.is_idle})
        else:
            self._requests.answer(request, reply)

    def _greet(self, source: link.Link, reply: Callable[[Message], None]) -> None:
        """Take this as the agent from now on; it hears everything known, then what is new."""
        before, self._agent = self._agent, source
        self._is_leaving = False
        reply(
            {
                "protocol": PROTOCOL,
                "pid": os.getpid(),
                "version": bgtasks_gui.__version__,
                "runs": self._runs.summary(),
            }
        )
        self._outbox.connect(source)
        if before is not None and before is not source:
            before.close()


def _say_ready() -> None:
    """One word to whoever has started this process and waits until it can connect."""
    with contextlib.suppress(OSError, AttributeError):
        sys.stdout.write("ready\n")
        sys.stdout.flush()


def _error(code: str, field: str | None, message: str) -> Message:
    return {"error": {"code": code, "field": field, "message": message}}

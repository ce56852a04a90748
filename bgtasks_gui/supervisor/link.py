"""Lines to and from another process, and what the agent has yet to be told."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Mapping

from bgtasks_gui.supervisor import loop
from bgtasks_gui.worker import lines

TYPE_CHECKING = False  # typing itself is not worth its memory here
if TYPE_CHECKING:
    from typing import Protocol

    class Subject(Protocol):
        """Something of which the agent is told; it keeps only the latest of each kind."""

        def take_events(self) -> Iterable[Mapping[str, object]]:
            """What is new since the last call."""
            ...


_CHUNK = 64 * 1024
#: Bytes that may wait in a link before only replies and ends of runs are added.
FULL = 256 * 1024
#: Shortest time between two messages about the same thing, in seconds.
PACE_S = 0.05


class Link:
    """One connection: cuts what comes into lines, and keeps what cannot go yet."""

    def __init__(
        self,
        on: loop.Loop,
        end: socket.socket,
        limit: int,
        on_line: Callable[[Link, bytes], None],
        on_close: Callable[[Link], None],
    ) -> None:
        end.setblocking(False)
        self._loop = on
        self._end: socket.socket | None = end
        self._buffer = lines.LineBuffer(limit)
        self._waiting = bytearray()
        self._is_blocked = False
        self._on_line = on_line
        self._on_close = on_close
        #: Called when something had to wait, and all of it has gone.
        self.on_drained: Callable[[], None] | None = None
        on.watch(end.fileno(), loop.READ, self._on_ready)

    @property
    def is_open(self) -> bool:
        return self._end is not None

    @property
    def backlog(self) -> int:
        """Bytes that the other side has not taken yet."""
        return len(self._waiting)

    def send(self, *messages: Mapping[str, object]) -> None:
        """Send messages, or keep them until they can go."""
        if self._end is None or not messages:
            return
        was_empty = not self._waiting
        self._waiting += b"".join(map(lines.encode, messages))
        if was_empty:
            self._write()

    def read(self, most: int) -> None:
        """Take what has arrived, without waiting, until this many bytes are taken."""
        while self._end is not None and most > 0:
            try:
                chunk = self._end.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                self.close()
                return
            most -= len(chunk)
            for line in self._buffer.feed(chunk):
                self._on_line(self, line)

    def close(self) -> None:
        """Close it; a second call changes nothing."""
        if self._end is not None:
            end, self._end = self._end, None
            self._loop.unwatch(end.fileno())
            end.close()
            self._waiting.clear()
            self._on_close(self)

    def _on_ready(self) -> None:
        if self._waiting:
            self._write()
            if not self._waiting and self.on_drained is not None:
                self.on_drained()
        self.read(_CHUNK)

    def _write(self) -> None:
        if self._end is None:
            return
        try:
            while self._waiting:
                del self._waiting[: self._end.send(self._waiting)]
        except BlockingIOError:
            if not self._is_blocked:
                self._is_blocked = True
                self._loop.watch(self._end.fileno(), loop.READ | loop.WRITE, self._on_ready)
            return
        except OSError:
            self.close()
            return
        if self._is_blocked:
            self._is_blocked = False
            self._loop.watch(self._end.fileno(), loop.READ, self._on_ready)


class Outbox:
    """What the agent has yet to be told of runs.

    A slow or absent agent costs no memory: a subject is listed once, and gathers what is new.
    """

    def __init__(self, on: loop.Loop) -> None:
        self._loop = on
        self._link: Link | None = None
        self._subjects: dict[Subject, None] = {}
        self._is_timed = False
        self._due = 0.0

    def connect(self, link: Link | None) -> None:
        """From now on tell this agent, who knows everything up to now; or nobody."""
        self._link = link
        self._subjects.clear()
        if link is not None:
            link.on_drained = self._publish

    def touch(self, subject: Subject, *, is_urgent: bool = False) -> None:
        """There is something new about this subject; urgent news is told at once."""
        if self._link is None:
            return
        self._subjects[subject] = None
        if is_urgent:
            self._tell(subject)
        elif not self._is_timed:
            self._is_timed = True
            self._loop.after(max(0.0, self._due - time.monotonic()), self._on_time)

    def _on_time(self) -> None:
        self._is_timed = False
        self._due = time.monotonic() + PACE_S
        self._publish()

    def _publish(self) -> None:
        for subject in list(self._subjects):
            self._tell(subject)

    def _tell(self, subject: Subject) -> None:
        told = self._link
        if told is None or told.backlog > FULL or subject not in self._subjects:
            return
        del self._subjects[subject]
        told.send(*subject.take_events())

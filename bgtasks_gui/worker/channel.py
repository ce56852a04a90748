"""The worker's line to its supervisor: one end of a socket pair, messages both ways."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping

from bgtasks_gui.worker import lines

#: Longest message that is taken from the supervisor; a run's arguments come this way.
LONGEST_MESSAGE = 16 * 1024 * 1024
_CHUNK = 64 * 1024
# A supervisor that is gone must not end the run by a SIGPIPE.
_QUIET = getattr(socket, "MSG_NOSIGNAL", 0)


class Channel:
    """Sends and receives messages; safe from several threads.

    When the supervisor is gone, sending does nothing: the run is not harmed.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._sending = threading.Lock()
        self._receiving = threading.Lock()
        self._buffer = lines.LineBuffer(LONGEST_MESSAGE)
        self._is_silent = False
        os.register_at_fork(after_in_child=self._renew_locks)

    def _renew_locks(self) -> None:
        # In a forked process nobody is left to release a lock that another thread held.
        self._sending = threading.Lock()
        self._receiving = threading.Lock()

    @property
    def is_silent(self) -> bool:
        """Whether nothing more can arrive, since the supervisor has gone."""
        return self._is_silent

    def fileno(self) -> int:
        return self._end.fileno()

    def send(self, message: Mapping[str, object]) -> None:
        """Send a message, waiting while the supervisor is busy."""
        line = lines.encode(message)
        try:
            with self._sending:
                self._end.sendall(line, _QUIET)
        except OSError:
            self._is_silent = True

    def try_send(self, message: Mapping[str, object]) -> bool:
        """Send a short message unless that means waiting; says whether it went."""
        if not self._sending.acquire(blocking=False):
            return False
        try:
            line = lines.encode(message)
            sent = self._end.send(line, _QUIET | socket.MSG_DONTWAIT)
            if sent < len(line):
                self._end.sendall(line[sent:], _QUIET)
        except BlockingIOError:
            return False
        except OSError:
            self._is_silent = True
        finally:
            self._sending.release()
        return True

    def receive(self) -> list[dict[str, object]]:
        """The messages that have arrived, without waiting."""
        return self._receive(socket.MSG_DONTWAIT)

    def wait_for_message(self) -> dict[str, object] | None:
        """The next message; None when the supervisor has gone."""
        while not self._is_silent:
            for message in self._receive(0):
                return message
        return None

    def _receive(self, flags: int) -> list[dict[str, object]]:
        received: list[bytes] = []
        with self._receiving:
            while not self._is_silent:
                try:
                    chunk = self._end.recv(_CHUNK, flags)
                except BlockingIOError:
                    break
                except OSError:
                    chunk = b""
                self._is_silent = not chunk
                received += self._buffer.feed(chunk)
                if received and not flags:
                    break
        messages = (lines.decode(line) for line in received)
        return [message for message in messages if message is not None]

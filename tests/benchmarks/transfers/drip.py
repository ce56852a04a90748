"""A server that gives each connection the same steady rate: `python -m ...drip FD RATE SIZE`.

Any address is a file of that size. What is sent at once is small, so that a client sees bytes
coming all the time, as from far away, and not a burst once a second as with nginx.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

#: Bytes that a connection gets at once, and seconds between two looks at who is due.
PORTION: Final = 32 * 1024
STEP_S: Final = 0.01
_HEAD_END: Final = b"\r\n\r\n"


class _Open:
    """One connection: what it has asked, and what it still gets."""

    def __init__(self, sock: socket.socket, size: int) -> None:
        self.sock = sock
        self.heard = b""
        self.begun: float | None = None
        self.sent = 0
        self.left = size


class Drip:
    """All connections, in one loop."""

    def __init__(self, listening: socket.socket, rate: int, size: int) -> None:
        self._listening = listening
        self._rate, self._size = rate, size
        self._open: dict[int, _Open] = {}
        self._giving: set[_Open] = set()
        self._content = memoryview(os.urandom(1024 * 1024))
        self._poll = select.epoll()
        self._poll.register(listening, select.EPOLLIN)
        listening.setblocking(False)

    def run(self) -> None:
        due = time.monotonic()
        while True:
            wait_s = max(0.0, due - time.monotonic()) if self._giving else -1
            for number, _ in self._poll.poll(wait_s):
                if number == self._listening.fileno():
                    self._accept()
                else:
                    self._hear(self._open[number])
            now = time.monotonic()
            if now >= due:
                due = max(now, due + STEP_S)
                for one in list(self._giving):
                    self._give(one, now)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                sock, _ = self._listening.accept()
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open[sock.fileno()] = _Open(sock, self._size)
                self._poll.register(sock, select.EPOLLIN)

    def _hear(self, one: _Open) -> None:
        try:
            heard = one.sock.recv(65536)
        except OSError:
            heard = b""
        if not heard:
            self._close(one)
            return
        one.heard += heard
        if _HEAD_END in one.heard and one.begun is None:
            head = (
                f'HTTP/1.1 200 OK\r\nContent-Length: {self._size}\r\nETag: "drip"\r\n'
                "Content-Type: application/octet-stream\r\nConnection: close\r\n\r\n"
            )
            one.sock.send(head.encode("ascii"))
            one.begun = time.monotonic()
            self._giving.add(one)

    def _give(self, one: _Open, now: float) -> None:
        assert one.begun is not None
        due = min(int((now - one.begun) * self._rate), self._size) - one.sent
        if due < PORTION and one.sent + due < self._size:
            return
        try:
            if due > 0:
                one.sent += one.sock.send(self._content[: min(due, len(self._content))])
        except BlockingIOError:
            return
        except OSError:
            self._close(one)
            return
        if one.sent == self._size:
            with contextlib.suppress(OSError):
                one.sock.shutdown(socket.SHUT_WR)
            self._giving.discard(one)

    def _close(self, one: _Open) -> None:
        self._giving.discard(one)
        self._poll.unregister(one.sock)
        del self._open[one.sock.fileno()]
        one.sock.close()


class Dripping(NamedTuple):
    """Where it is, and the process, for what it costs."""

    url: str
    pid: int


@contextlib.contextmanager
def dripping(rate: int, size: int) -> Iterator[Dripping]:
    """Such a server, for the length of a block."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        number = listening.fileno()
        command = [sys.executable, "-m", "tests.benchmarks.transfers.drip", str(number)]
        with subprocess.Popen([*command, str(rate), str(size)], pass_fds=[number]) as process:
            try:
                port = listening.getsockname()[1]
                yield Dripping(f"http://127.0.0.1:{port}", process.pid)
            finally:
                process.terminate()


if __name__ == "__main__":
    fd, rate_, size_ = (int(each) for each in sys.argv[1:4])
    Drip(socket.socket(fileno=fd), rate_, size_).run()

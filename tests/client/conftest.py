"""Servers for the client: a little agent, and one that answers as a script says."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.client.support import little_agent

#: What one accepted connection does.
Scene = Callable[[socket.socket], None]


class ScriptedServer:
    """Plays one scene for each connection, in order, on a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread: threading.Thread | None = None

    def play(self, *scenes: Scene) -> None:
        self._thread = threading.Thread(target=self._run, args=(scenes,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join(timeout=10)
            assert not self._thread.is_alive()
        self._listener.close()

    def hear(self, connection: socket.socket) -> bytes:
        """One request, with its body; b"" where the client has gone."""
        text = b""
        while b"\r\n\r\n" not in text:
            piece = connection.recv(65536)
            if not piece:
                return b""
            text += piece
        head, _, body = text.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def answers(self, *texts: bytes) -> Scene:
        """Hear a request and send these bytes, for each in turn; then close."""

        def scene(connection: socket.socket) -> None:
            for text in texts:
                if not self.hear(connection):
                    return
                connection.sendall(text)

        return scene

    def keeps(self, text: bytes) -> Scene:
        """Answer every request with these bytes until the client leaves."""

        def scene(connection: socket.socket) -> None:
            while self.hear(connection):
                connection.sendall(text)

        return scene

    def silent(self, text: bytes = b"") -> Scene:
        """Hear a request, send these bytes, and nothing more until the client leaves."""

        def scene(connection: socket.socket) -> None:
            self.hear(connection)
            connection.sendall(text)
            connection.recv(1)

        return scene

    def _run(self, scenes: tuple[Scene, ...]) -> None:
        for scene in scenes:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                try:
                    scene(connection)
                except ConnectionError:
                    continue


def http(body: bytes, status: str = "200 OK", *headers: bytes) -> bytes:
    """An answer with this body."""
    lines = [f"HTTP/1.1 {status}".encode(), b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def pieces_of(text: bytes, cuts: list[int]) -> list[bytes]:
    """The text in portions, cut at these places (taken around its length)."""
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@pytest.fixture
def socket_path(home: Path) -> Path:
    return home / "agent.sock"


@pytest.fixture
def scripted(socket_path: Path) -> Iterator[ScriptedServer]:
    server = ScriptedServer(socket_path)
    yield server
    server.close()


@pytest.fixture
def agent() -> little_agent.LittleAgent:
    return little_agent.LittleAgent()

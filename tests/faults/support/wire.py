"""One connection to the server, byte by byte, and a request that came over it."""

from __future__ import annotations

import contextlib
import hashlib
import select
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

_STEP: Final = 64 * 1024
#: How often a connection that stands still looks whether it may go on, in milliseconds.
_LOOK_MS: Final = 5
_GONE: Final = select.POLLRDHUP | select.POLLHUP | select.POLLERR


class Gone(Exception):
    """The client has closed the connection, or the server is closing."""


@dataclass
class Request:
    """What a client asked for, and what became of it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    #: Which connection it came over, counted from 1.
    connection: int
    #: What was read of its body.
    received: int = 0
    sha256: str = ""
    #: How it was answered, and how many bytes of the body went to the network.
    status: int | None = None
    sent: int = 0
    body: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def named(self) -> dict[str, str]:
        """Headers by name, in lower case."""
        return {name.lower(): value for name, value in self.headers}

    @property
    def first(self) -> int:
        """First byte asked for."""
        asked = self.named.get("range", "bytes=0-").removeprefix("bytes=")
        return int(asked.partition("-")[0] or 0)


class Connection:
    """A socket that says when the other side is gone."""

    def __init__(self, sock: socket.socket, number: int, is_closing: Callable[[], bool]) -> None:
        self.number = number
        self._sock = sock
        self._is_closing = is_closing
        self._buffer = b""

    def secure(self, context: ssl.SSLContext) -> None:
        """Go on in TLS."""
        self._sock = context.wrap_socket(
            self._sock, server_side=True, suppress_ragged_eofs=True, do_handshake_on_connect=False
        )
        self._sock.do_handshake()

    # Reading

    def read_some(self, most: int = _STEP) -> bytes:
        """What is there, waited for; b"" at the end."""
        if not self._buffer:
            return self._sock.recv(most)
        found, self._buffer = self._buffer[:most], self._buffer[most:]
        return found

    def read_until(self, mark: bytes) -> bytes | None:
        """Up to and with the mark; None where the client closed before."""
        while mark not in self._buffer:
            more = self._sock.recv(_STEP)
            if not more:
                return None
            self._buffer += more
        found, _, self._buffer = self._buffer.partition(mark)
        return found + mark

    def pieces(self, headers: dict[str, str]) -> Iterator[bytes]:
        """The body of a request."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int((self.read_until(b"\r\n") or b"0").split(b";")[0], 16):
                yield from self._exactly(size)
                self.read_until(b"\r\n")
            self.read_until(b"\r\n")
        else:
            yield from self._exactly(int(headers.get("content-length", 0)))

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self.read_some(min(size, _STEP))
            if not piece:
                raise Gone
            size -= len(piece)
            yield piece

    # Writing

    def send(self, content: bytes | memoryview) -> None:
        self._sock.sendall(content)

    # Standing still, and ending

    def wait(self, may_go_on: Callable[[], bool]) -> None:
        """Do nothing until then; `Gone` if the client leaves before."""
        poll = select.poll()
        poll.register(self._sock.fileno(), _GONE)
        while not may_go_on():
            if poll.poll(_LOOK_MS) or self._is_closing():
                raise Gone

    def reset(self) -> None:
        """End it the hard way: the client sees an error, also for what is on its way."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def cut(self) -> None:
        """End it without TLS saying so."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def end(self) -> None:
        """End it in the proper way, also of TLS."""
        if isinstance(self._sock, ssl.SSLSocket):
            self._sock.settimeout(1.0)
            with contextlib.suppress(OSError, ValueError):
                self._sock = self._sock.unwrap()
        self.cut()

    def close(self) -> None:
        self._sock.close()


def read_request(connection: Connection) -> Request | None:
    """The next request; None at the end of the connection."""
    head = connection.read_until(b"\r\n\r\n")
    if head is None:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Request(method, target, headers, connection.number)


def take_body(connection: Connection, request: Request, *, keep: bool = False) -> None:
    """Read the body, note its hash, and keep it where it is wanted."""
    digest = hashlib.sha256()
    for piece in connection.pieces(request.named):
        digest.update(piece)
        request.received += len(piece)
        if keep:
            request.body += piece
    request.sha256 = digest.hexdigest()

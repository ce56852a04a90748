"""Servers of asyncio for one test, and streams that are connected to them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

from bgtasks_gui.transfers.net import sockets

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(peer: Peer, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port at which `peer` talks to whoever comes; all is over at the end."""
    talks: list[tuple[asyncio.Task[None] | None, asyncio.StreamWriter]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append((asyncio.current_task(), writer))
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await peer(reader, writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task, writer in talks:
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def connected(
    patience_s: float | None = None,
) -> AsyncIterator[tuple[sockets.PlainStream, socket.socket]]:
    """A stream, and the socket at its other end, which does not block either."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        stream = await sockets.Backend(patience_s).connect_tcp("127.0.0.1", port, timeout=5.0)
        assert isinstance(stream, sockets.PlainStream)
        other, _ = listening.accept()
    other.setblocking(False)
    try:
        yield stream, other
    finally:
        await stream.aclose()
        other.close()


def reset(sock: socket.socket) -> None:
    """Close it the hard way."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def unused_port() -> int:
    """One at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def plain(port: int) -> sockets.PlainStream:
    """A stream to a server of this machine."""
    stream = await sockets.Backend().connect_tcp("127.0.0.1", port, timeout=5.0)
    assert isinstance(stream, sockets.PlainStream)
    return stream

"""A small proxy: relays by CONNECT, forwards whole requests, and may ask for a password."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from tests.transfers.net import pairs


class Relay:
    """Notes the first lines of all requests it gets, and its connections."""

    def __init__(self, password: str = "") -> None:
        #: What "Proxy-Authorization" has to be, where that is asked for.
        self._password = password
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._serve_one(reader, writer)
        writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        named = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        self.asked.append(first)
        self.headers.append(named)
        if self._password and named.get("proxy-authorization") != self._password:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        method, target, _ = first.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            other = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            parts = urlsplit(target)
            other = await asyncio.open_connection(parts.hostname, parts.port)
            other[1].write(head.replace(target, parts.path or "/", 1).encode("latin-1"))
        try:
            await asyncio.gather(_copy(reader, other[1]), _copy(other[0], writer))
        finally:
            other[1].transport.abort()
            with contextlib.suppress(OSError):
                await other[1].wait_closed()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65_536):
            target.write(piece)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
        else:
            target.close()


@contextlib.asynccontextmanager
async def relaying(password: str = "", tls: ssl.SSLContext | None = None) -> AsyncIterator[Relay]:
    relay = Relay(password)
    async with pairs.serving(relay.serve, tls) as relay.port:
        yield relay

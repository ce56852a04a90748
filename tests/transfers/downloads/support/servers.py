"""A server on loopback that answers each request as the next step of a script says."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

Step = Callable[["Exchange"], Awaitable[None]]
DATE = "Wed, 01 Jan 2025 00:00:00 GMT"


class Asked(NamedTuple):
    method: str
    headers: dict[str, str]
    body: bytes

    @property
    def span(self) -> tuple[int, int | None] | None:
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        return None if found is None else (int(found[1]), int(found[2]) + 1 if found[2] else None)


class Exchange:
    """One request, and the connection on which it is to be answered."""

    def __init__(
        self,
        asked: Asked,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server: Server,
    ) -> None:
        self.asked = asked
        self._reader = reader
        self.server = server
        self._writer = writer

    async def send(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    async def head(self, status: str, **headers: str | int | None) -> None:
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()
                  if value is not None]  # fmt: skip
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def end(self) -> None:
        self._writer.close()

    async def stall(self) -> None:
        """Say nothing more until the client closes, or the test is over."""
        waits = [asyncio.ensure_future(self._reader.read(1)),
                 asyncio.ensure_future(self.server.over.wait())]  # fmt: skip
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.wait(waits)


class Server:
    """Steps are used up one by one; the last is for all that follow."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[Asked] = []
        self.open = 0
        self.most_open = 0
        self.over = asyncio.Event()
        self.port = 0
        self._closed = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/dir/file.bin?secret=1"

    @property
    def firsts(self) -> list[int]:
        return [asked.span[0] if asked.span else 0 for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while not writer.is_closing():
                    await self._answer(reader, writer)
        finally:
            self.open -= 1
            writer.close()
            self._closed.set()

    async def until_closed(self) -> None:
        """Return once no connection is open."""
        while self.open:
            self._closed.clear()
            await self._closed.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(head[0].split()[0], headers, body)
        self.asked.append(asked)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        await step(Exchange(asked, reader, writer, self))


@contextlib.asynccontextmanager
async def running(*steps: Step) -> AsyncIterator[Server]:
    server = Server(*steps)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.over.set()
        listening.close()
        async with asyncio.timeout(20.0):
            await server.until_closed()


def give(
    content: bytes,
    *,
    etag: str | None = '"one"',
    modified: str | None = DATE,
    cut: int | None = None,
    stall: int | None = None,
    ranges: bool = True,
    **more: str | int | None,
) -> Step:
    """An honest answer; cut off, or silent, after so many bytes of its body."""

    async def step(exchange: Exchange) -> None:
        asked = exchange.asked
        known = {etag, modified} - {None}
        is_same = asked.headers.get("if-range") in known | {None}
        wants = asked.span if ranges and is_same else None
        start, end = wants or (0, None)
        body = content[start:end]
        about: dict[str, str | int | None] = {
            "ETag": etag, "Last_Modified": modified, "Content_Length": len(body),
        }  # fmt: skip
        if wants:
            about["Content_Range"] = f"bytes {start}-{start + len(body) - 1}/{len(content)}"
        await exchange.head("206 Partial Content" if wants else "200 OK", **about | more)
        if stall is not None:
            await exchange.send(body[:stall])
            await exchange.stall()
        await exchange.send(body[:cut])
        if cut is not None and cut < len(body):
            exchange.end()

    return step


def say(status: str, body: bytes = b"no", **headers: str | int | None) -> Step:
    async def step(exchange: Exchange) -> None:
        await exchange.head(status, Content_Length=len(body), **headers)
        await exchange.send(body)

    return step

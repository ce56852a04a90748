"""The way to an agent in the same process: its ASGI application, called directly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Final, cast
from urllib.parse import unquote, urlencode

from bgtasks_gui.client import commands, exchange

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Parts of an answer that lie ready before the application is made to wait.
_AHEAD: Final = 64
App = Callable[[Message, Receive, Send], Awaitable[None]]


class AsgiTransport:
    """Each request is a task, as it is behind a server: whoever asked may go, and the
    application finishes what it has begun to write."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        exchange.check_size(call.body or b"")
        request = _Request(call)
        self._start(request)
        try:
            return await request.answer()
        finally:
            request.leave()

    async def listen(self, call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        request = _Request(call)
        serving = self._start(request)
        try:
            if await request.head() != 200:
                raise exchange.error_of(await request.answer())
            while (piece := await request.piece()) is not None:
                yield piece
            raise exchange.gone()
        finally:
            request.leave()
            # A stream writes nothing, so it need not be left to finish.
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def close(self) -> None:
        """Cut off what is still under way."""
        for serving in self._under_way:
            serving.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, request: _Request) -> asyncio.Task[None]:
        serving = asyncio.create_task(request.serve(self._app))
        self._under_way.add(serving)
        serving.add_done_callback(self._under_way.discard)
        return serving


class _Request:
    """One request: what the application reads and what it sends."""

    def __init__(self, call: commands.Call[object]) -> None:
        self._call = call
        self._status = 0
        self._sent: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._started = asyncio.Event()
        self._room = asyncio.Event()
        self._gone = asyncio.Event()
        self._asked = False
        self._ended = False
        self._failure: Exception | None = None

    async def serve(self, app: App) -> None:
        """Run the application; whatever it raises is told to who waits for the answer."""
        try:
            await app(_scope(self._call), self._receive, self._send)
        except Exception as error:
            self._failure = error
        finally:
            self._started.set()
            self._sent.put_nowait(None)

    async def head(self) -> int:
        await self._started.wait()
        if not self._status:
            raise exchange.unreadable("it ended before it began") from self._failure
        return self._status

    async def piece(self) -> bytes | None:
        """The next part of the body; None after the last."""
        piece = await self._sent.get()
        self._room.set()
        return piece

    async def answer(self) -> exchange.Answer:
        status, pieces = await self.head(), []
        while (piece := await self.piece()) is not None:
            pieces.append(piece)
        if not self._ended:
            raise exchange.gone() from self._failure
        return exchange.Answer(status, b"".join(pieces))

    def leave(self) -> None:
        self._gone.set()
        self._room.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._call.body or b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            return
        if message["type"] == "http.response.start":
            self._status = cast(int, message["status"])
            self._started.set()
        elif message["type"] == "http.response.body":
            self._sent.put_nowait(cast(bytes, message.get("body", b"")))
            self._ended = not message.get("more_body", False)
            if self._ended:
                self._sent.put_nowait(None)
            elif self._sent.qsize() >= _AHEAD:
                self._room.clear()
                await self._room.wait()


def _scope(call: commands.Call[object]) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": unquote(call.path),
        "raw_path": call.path.encode(),
        "query_string": urlencode(call.query).encode(),
        "root_path": "",
        "headers": exchange.headers(call),
        "client": None,
        "server": None,
    }

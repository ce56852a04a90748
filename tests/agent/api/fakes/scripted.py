"""Doors that answer as a test says, a server over them, and a client that sees every byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import h11

from bgtasks_gui.agent import bus
from bgtasks_gui.agent.api import server
from bgtasks_gui.core import events, ports, progress
from bgtasks_gui.wire import routes, shapes
from tests.fakes import manual_clock

#: Longest a test waits for bytes that must come, in seconds.
PATIENCE_S = 20.0
AT = "2026-11-22T15:00:00.000Z"


@dataclass
class Door:
    """Answers every method alike, and remembers what it was asked."""

    answer: object = None
    #: Awaited before each answer.
    before: Callable[[], Awaitable[None]] | None = None
    failure: BaseException | None = None
    asked: list[tuple[str, tuple[object, ...], dict[str, object]]] = field(default_factory=list)
    #: Set while a request is with the door.
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        async def method(*arguments: object, **options: object) -> object:
            self.asked.append((name, arguments, options))
            self.entered.set()
            if self.before is not None:
                await self.before()
            if self.failure is not None:
                raise self.failure
            return self.answer

        return method


def view(event: events.AnyEvent, seq: int) -> shapes.EventView:
    """An event as the least that tells it apart."""
    run_id = getattr(event, "run_id", None)
    warning = event.warning if isinstance(event, events.RunWarned) else None
    type_ = str(event.__struct_config__.tag)
    return shapes.EventView(seq=seq, at=AT, type=type_, run_id=run_id, warning=warning)


def progressed(run_id: str, done: int = 1) -> events.RunProgressed:
    return events.RunProgressed(
        at=manual_clock.DEFAULT_NOW,
        run_id=run_id,
        task_id="t",
        progress=progress.Progress(done=done),
    )


def changed() -> events.SystemChanged:
    return events.SystemChanged(at=manual_clock.DEFAULT_NOW)


class Served:
    """A server on a real socket over one scripted door for all subjects."""

    def __init__(self, folder: Path, clock: ports.Clock) -> None:
        self.path = folder / "run" / "agent.sock"
        self.door = Door(answer=shapes.PauseView(paused=False, until=None))
        self.bus = bus.Bus()
        doors = dict.fromkeys(get_args(routes.Subject), self.door)
        self.app = server.make_app(doors, self.bus, view=view, clock=clock)
        self.server = server.Server(self.app, self.path)

    async def talk(self) -> Talker:
        return Talker(*await asyncio.open_unix_connection(str(self.path)))


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, str | None]:
        return json.loads(self.body)["error"]


class Talker:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._http = h11.Connection(h11.CLIENT)
        self._frames = b""

    async def ask(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        await self.send(method, target, body, headers)
        response = await self._next()
        assert isinstance(response, h11.Response)
        pieces = []
        while not isinstance(event := await self._next(), h11.EndOfMessage):
            assert isinstance(event, h11.Data)
            pieces.append(bytes(event.data))
        told = {name.decode(): value.decode() for name, value in response.headers}
        return Answer(response.status_code, told, b"".join(pieces))

    async def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        length = () if body is None else (("content-length", str(len(body))),)
        request = h11.Request(
            method=method, target=target, headers=[("host", "localhost"), *length, *headers]
        )
        self.writer.write(self._http.send(request) or b"")
        if body is not None:
            self.writer.write(self._http.send(h11.Data(data=body)) or b"")
        self.writer.write(self._http.send(h11.EndOfMessage()) or b"")
        await self.writer.drain()

    async def listen(
        self, target: str = "/v1/events", headers: tuple[tuple[str, str], ...] = ()
    ) -> Answer:
        """Ask for the stream; its frames are read by `frame`."""
        await self.send("GET", target, None, headers)
        response = await self._next()
        assert isinstance(response, h11.Response)
        told = {name.decode(): value.decode() for name, value in response.headers}
        return Answer(response.status_code, told, b"")

    async def frame(self) -> bytes:
        """The next frame of the stream; b"" at its end."""
        while b"\n\n" not in self._frames:
            event = await self._next()
            if isinstance(event, h11.EndOfMessage):
                return b""
            assert isinstance(event, h11.Data)
            self._frames += bytes(event.data)
        frame, self._frames = self._frames.split(b"\n\n", 1)
        return frame

    async def event(self) -> shapes.EventView:
        """The next event of the stream."""
        while (frame := await self.frame()).startswith(b":"):
            # A sign of life, which comes where a test takes long.
            continue
        return read_frame(frame)

    async def raw(self, request: bytes) -> bytes:
        """Send bytes as they are, and read until the other side closes."""
        self.writer.write(request)
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()

    async def close(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(PATIENCE_S):
                self._http.receive_data(await self.reader.read(65536))
        return event


def read_frame(frame: bytes) -> shapes.EventView:
    """The event of one frame, whose three lines have to agree."""
    number, type_, told = frame.decode().strip().split("\n")
    event = shapes.EventView(**json.loads(told.removeprefix("data: ")))
    assert (number, type_) == (f"id: {event.seq}", f"event: {event.type}")
    return event


def read_frames(frames: bytes) -> list[shapes.EventView]:
    return [read_frame(one) for one in frames.split(b"\n\n") if one and not one.startswith(b":")]

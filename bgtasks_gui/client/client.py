"""The agent asked from an event loop."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Self, TypeVar

from bgtasks_gui.client import commands, exchange, sse, transport
from bgtasks_gui.wire import shapes

T = TypeVar("T")


class Client:
    """Calls that may run at the same time, and streams, over one transport."""

    def __init__(self, way: transport.Transport) -> None:
        self._way = way

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._way.close()

    async def __call__(self, call: commands.Call[T]) -> T:
        """The answer. Raises `errors.AgentUnreachable`, or the error the agent answers with."""
        return exchange.read_answer(call, await self._way.ask(call))

    async def events(self, after: int | None = None) -> AsyncGenerator[shapes.EventView, None]:
        """Every event from now on, or all that follow the one numbered `after`.

        Connects when the first one is asked for. Ends only by `errors.AgentUnreachable`.
        """
        parser = sse.EventParser()
        async with contextlib.aclosing(self._way.listen(exchange.events_call(after))) as pieces:
            async for piece in pieces:
                for event in parser.feed(piece):
                    yield event

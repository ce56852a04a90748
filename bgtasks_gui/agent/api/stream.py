"""`GET /v1/events`: the feed as server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bgtasks_gui.agent.api import bind, feed
from bgtasks_gui.agent.api import errors as api_errors
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_HEADERS: Final = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
#: A place that no feed knows.
_NOWHERE: Final = -1


class EventStream:
    """Answers with the feed for as long as the reader stays."""

    def __init__(self, source: feed.Feed) -> None:
        self._feed = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await bind.refuse_method(scope, send, "GET")
            return
        try:
            after = _place(scope)
        except errors.UserError as error:
            await bind.send_answer(send, *api_errors.answer(error))
            return
        reader = self._feed.follow(after)
        watch = asyncio.create_task(_drop_when_gone(receive, reader))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _send(send, reader.greeting())
            while (frames := await reader.read()) is not None:
                await _send(send, frames)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()
            self._feed.leave(reader)


async def _send(send: Send, frames: bytes) -> None:
    await send({"type": "http.response.body", "body": frames, "more_body": True})


async def _drop_when_gone(receive: Receive, reader: feed.Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.drop()


def _place(scope: Scope) -> int | None:
    """Where to go on: a reader that reconnects says it in a header, over what its address says."""
    query = bind.read_query(scope, shapes.EventsQuery)
    assert isinstance(query, shapes.EventsQuery)
    for name, value in scope["headers"]:
        if name == b"last-event-id":
            return int(value) if value.isdigit() and len(value) < 20 else _NOWHERE
    return query.after

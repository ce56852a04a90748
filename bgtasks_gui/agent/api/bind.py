"""Requests to doors: every route of `wire.routes` bound to the method that answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from starlette.routing import Route

from bgtasks_gui.agent.api import errors as api_errors
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import codec, routes

if TYPE_CHECKING:
    import msgspec
    from starlette.types import Receive, Scope, Send

_JSON: Final = (b"content-type", b"application/json")
_STOPPING: Final = 503

Answering = Callable[["Scope", "Receive"], Awaitable[tuple[int, bytes]]]


class ClientGone(Exception):
    """The client has left before its request was read."""


class Call:
    """One route and the method of a door that answers it."""

    def __init__(self, route: routes.Route, door: object) -> None:
        self.route = route
        self._method: Callable[..., Awaitable[object]] = getattr(door, route.name)

    async def __call__(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """Status and body of the answer."""
        try:
            options = await self._read(scope, receive)
        except errors.InvalidField as error:
            if self.route.subject == "background" and type(error) is errors.InvalidField:
                # Wrong types have a code of their own there (concepts R100).
                raise codes.BadParameter(error.message, field=error.field) from error
            raise
        answer = await self._method(*_parameters(scope), **options)
        return self.route.status, codec.encode(answer)

    async def _read(self, scope: Scope, receive: Receive) -> dict[str, object]:
        """Query and body as the method takes them."""
        options: dict[str, object] = {}
        query = read_query(scope, self.route.query)
        if query is not None:
            options["query"] = query
        if self.route.body is not None:
            text = await _read_body(scope, receive)
            options["body"] = codec.decode_strictly(text or b"{}", self.route.body)
        return options


class Endpoint:
    """Everything that one path answers, by method."""

    def __init__(self, calls: Mapping[str, Answering]) -> None:
        self._calls = calls
        self._allowed = ", ".join(calls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        call = self._calls.get("GET" if method == "HEAD" else method)
        if call is None:
            await refuse_method(scope, send, self._allowed)
            return
        try:
            status, body = await call(scope, receive)
        except ClientGone:
            return
        except asyncio.CancelledError:
            words = "The agent is stopping."
            body = api_errors.body(errors.AgentUnreachable.code, words)
            await send_answer(send, _STOPPING, body)
            raise
        except Exception as error:
            status, body = api_errors.answer(error)
        await send_answer(send, status, body)


def bind(doors: Mapping[str, object]) -> list[Route]:
    """A Starlette route for each path. Raises `AttributeError` where a door lacks a method."""
    by_path: dict[str, dict[str, Call]] = {}
    for route in routes.ROUTES:
        call = Call(route, doors[route.subject])
        by_path.setdefault(route.path, {})[route.method] = call
    return [Route(path, Endpoint(calls)) for path, calls in by_path.items()]


def read_query(scope: Scope, type_: type[msgspec.Struct] | None) -> object:
    """The query string as a value of this type; None where the request takes none.

    Raises `errors.InvalidField` for a name that is not known, or given twice.
    """
    given: dict[str, str] = {}
    text = scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if name in given:
            raise errors.InvalidField("This is given twice; once is enough.", field=name)
        given[name] = value
    if type_ is not None:
        query: object = codec.convert(given, type_)
        return query
    for name in given:
        raise errors.InvalidField("This request takes no parameters.", field=name)
    return None


async def send_answer(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Answer with JSON."""
    length = (b"content-length", b"%d" % len(body))
    start = {"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def refuse_method(scope: Scope, send: Send, allowed: str) -> None:
    message = f"{scope['method']} is not possible here; it answers to {allowed}."
    body = api_errors.body("method_not_allowed", message)
    await send_answer(send, 405, body, [(b"allow", allowed.encode())])


async def refuse_path(scope: Scope, receive: Receive, send: Send) -> None:
    message = f"There is nothing at {scope['path']}; {routes.OPENAPI_PATH} lists all paths."
    await send_answer(send, 404, api_errors.body("unknown_path", message))


def _parameters(scope: Scope) -> list[str]:
    try:
        return [unquote(value, errors="strict") for value in scope["path_params"].values()]
    except UnicodeDecodeError as error:
        raise errors.Malformed("The path is not UTF-8.", field="path") from error


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises `errors.TooLarge` as soon as it is known to be too large."""
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > routes.MAX_BODY_BYTES:
            raise _too_large()
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > routes.MAX_BODY_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return b"".join(pieces)


def _too_large() -> errors.TooLarge:
    most = routes.MAX_BODY_BYTES
    return errors.TooLarge(f"A request may hold at most {most:,} bytes.", field="body")

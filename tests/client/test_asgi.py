from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bgtasks_gui.client import asgi, commands, exchange
from bgtasks_gui.core import errors
from bgtasks_gui.wire import routes
from tests.client.support import little_agent


async def echo(request: Request) -> Response:
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "task": request.path_params["task"],
            "query": dict(request.query_params),
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        }
    )


def app_of(endpoint: object, path: str = "/v1/health") -> Starlette:
    return Starlette(routes=[Route(path, endpoint, methods=["GET", "POST", "DELETE"])])


async def test_the_application_reads_the_request_that_was_meant() -> None:
    way = asgi.AsgiTransport(app_of(echo, "/v1/tasks/{task:path}"))
    answer = await way.ask(commands.remove_task("a/b ä?", cancel=True))
    assert answer.status == 200
    assert b'"method":"DELETE"' in answer.body
    assert '"task":"a/b ä?"'.encode() in answer.body
    assert b'"query":{"cancel":"true"}' in answer.body
    answer = await way.ask(commands.run_task("t", {"n": 1}))
    assert b'"content-type":"application/json"' in answer.body
    assert b'"body":"{\\"arguments\\":{\\"n\\":1}}"' in answer.body


async def test_a_body_the_agent_would_not_read_is_not_sent() -> None:
    way = asgi.AsgiTransport(app_of(echo))
    with pytest.raises(errors.TooLarge):
        await way.ask(commands.run_task("t", {"text": "x" * routes.MAX_BODY_BYTES}))


async def test_calls_run_at_the_same_time(agent: little_agent.LittleAgent) -> None:
    gate = asyncio.Event()
    agent.before["/v1/health"] = lambda: _wait(gate)
    way = asgi.AsgiTransport(agent.app)
    slow = asyncio.create_task(way.ask(commands.show_health()))
    assert (await way.ask(commands.list_tasks(limit=1))).status == 200
    assert not slow.done()
    gate.set()
    assert (await slow).status == 200


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def test_an_application_that_breaks_is_told() -> None:
    async def breaks(request: Request) -> Response:
        raise ValueError("oops")

    answer = await asgi.AsgiTransport(app_of(breaks)).ask(commands.show_health())
    error = exchange.error_of(answer)
    assert isinstance(error, errors.AgentUnreachable)
    assert "status 500" in error.message


async def test_an_application_that_answers_nothing_is_told() -> None:
    async def silent(_: asgi.Message, receive: asgi.Receive, send: asgi.Send) -> None:
        raise ValueError("oops")

    with pytest.raises(errors.AgentUnreachable, match="ended before it began") as caught:
        await asgi.AsgiTransport(silent).ask(commands.show_health())
    assert isinstance(caught.value.__cause__, ValueError)


async def test_an_answer_that_breaks_off_is_told() -> None:
    async def begins(_: asgi.Message, receive: asgi.Receive, send: asgi.Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ab", "more_body": True})

    with pytest.raises(errors.AgentUnreachable, match="in the middle"):
        await asgi.AsgiTransport(begins).ask(commands.show_health())


async def test_the_application_finishes_what_a_cancelled_call_began(
    agent: little_agent.LittleAgent,
) -> None:
    entered, gate = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        entered.set()
        await gate.wait()

    agent.before["/v1/health"] = write
    way = asgi.AsgiTransport(agent.app)
    call = asyncio.create_task(way.ask(commands.show_health()))
    await entered.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    [serving] = way._under_way
    gate.set()
    await serving
    assert agent.finished == ["/v1/health"]
    assert way._under_way == set()


async def test_the_application_hears_that_whoever_asked_has_gone() -> None:
    heard: list[object] = []
    asked, gone = asyncio.Event(), asyncio.Event()

    async def listens(_: asgi.Message, receive: asgi.Receive, send: asgi.Send) -> None:
        heard.append((await receive())["type"])
        asked.set()
        heard.append((await receive())["type"])
        gone.set()

    call = asyncio.create_task(asgi.AsgiTransport(listens).ask(commands.show_health()))
    await asked.wait()
    call.cancel()
    await gone.wait()
    assert heard == ["http.request", "http.disconnect"]


async def test_closing_cuts_off_what_is_under_way(agent: little_agent.LittleAgent) -> None:
    entered = asyncio.Event()

    async def never() -> None:
        entered.set()
        await asyncio.Event().wait()

    agent.before["/v1/health"] = never
    way = asgi.AsgiTransport(agent.app)
    call = asyncio.create_task(way.ask(commands.show_health()))
    await entered.wait()
    await way.close()
    with pytest.raises(errors.AgentUnreachable):
        await call
    assert agent.finished == []


# The stream


async def test_leaving_a_stream_ends_it(agent: little_agent.LittleAgent) -> None:
    agent.tell("system_changed")
    way = asgi.AsgiTransport(agent.app)
    async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
        assert (await anext(pieces)).startswith(b"id: 0\n")
        assert (await anext(pieces)).startswith(b"id: 1\n")
        assert len(agent.streams) == 1
    assert agent.streams == set()
    assert way._under_way == set()


async def test_a_stream_ends_with_the_agent_and_not_before(
    agent: little_agent.LittleAgent,
) -> None:
    agent.tell("system_changed")
    way = asgi.AsgiTransport(agent.app)
    async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
        await anext(pieces)
        agent.end_streams()
        with pytest.raises(errors.AgentUnreachable, match="went away"):
            [_ async for _ in pieces]


async def test_a_refused_stream() -> None:
    async def refuse(request: Request) -> Response:
        error = {"code": "invalid_field", "message": "No number.", "field": "after"}
        return JSONResponse({"error": error}, status_code=422)

    way = asgi.AsgiTransport(app_of(refuse, "/v1/events"))
    with pytest.raises(errors.InvalidField, match="No number"):
        await anext(way.listen(exchange.events_call(-1)))


async def test_a_fast_application_waits_for_a_slow_reader() -> None:
    made = 0

    async def many() -> AsyncIterator[bytes]:
        nonlocal made
        for made in range(1, 1001):
            yield b"%d\n" % made

    async def answer(request: Request) -> Response:
        return StreamingResponse(many())

    way = asgi.AsgiTransport(app_of(answer, "/v1/events"))
    async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
        assert await anext(pieces) == b"1\n"
        for _ in range(1000):
            await asyncio.sleep(0)
        assert made < 100
        rest: list[bytes] = []
        with pytest.raises(errors.AgentUnreachable):
            await collect(pieces, rest)
    assert made == 1000
    assert b"".join(rest) == b"".join(b"%d\n" % number for number in range(2, 1001))


async def collect(pieces: AsyncIterator[bytes], into: list[bytes]) -> None:
    async for piece in pieces:
        into.append(piece)


async def test_cancelled_calls_and_streams_leave_nothing_behind(
    agent: little_agent.LittleAgent,
) -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    way = asgi.AsgiTransport(agent.app)

    async def read() -> None:
        async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
            async for _ in pieces:
                pass

    agent.tell("system_changed")
    for number in range(300):
        both = [asyncio.create_task(way.ask(commands.show_health())), asyncio.create_task(read())]
        for _ in range(number % 15):
            await asyncio.sleep(0)
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)
    await way.close()
    gc.collect()
    assert agent.streams == set()
    assert complaints == []
    assert asyncio.all_tasks() == {asyncio.current_task()}

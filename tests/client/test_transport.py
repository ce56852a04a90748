from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.client import commands, exchange, transport
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes
from tests.client.conftest import ScriptedServer, http
from tests.client.support import little_agent

RUN = little_agent.make_run("r1")
RUN_ANSWER = http(msgspec.json.encode(RUN))
READ = commands.show_run("r1")
CANCELS = 300


@pytest.fixture
async def way(socket_path: Path) -> AsyncIterator[transport.UnixTransport]:
    """A transport; what went wrong behind the caller's back fails the test."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    made = transport.UnixTransport(socket_path, timeout_s=10)
    yield made
    await made.close()
    gc.collect()
    assert complaints == []


@pytest.fixture
async def served(
    agent: little_agent.LittleAgent, socket_path: Path
) -> AsyncIterator[little_agent.Server]:
    async with little_agent.serving(agent.app, socket_path) as server:
        yield server


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


# Calls


async def test_calls_share_one_connection(
    scripted: ScriptedServer, way: transport.UnixTransport
) -> None:
    scripted.play(scripted.keeps(RUN_ANSWER))
    for call in (READ, commands.run_task("t", {"n": 1}), READ):
        answer = await way.ask(call)
        assert exchange.read_answer(call, answer) == RUN
    await way.close()
    assert scripted.connections == 1


async def test_calls_run_at_the_same_time_and_the_rest_waits_its_turn(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    gate, inside = asyncio.Event(), asyncio.Semaphore(0)

    async def wait_inside() -> None:
        inside.release()
        await gate.wait()

    agent.before["/v1/health"] = wait_inside
    calls = [asyncio.create_task(way.ask(commands.show_health())) for _ in range(40)]
    for _ in range(transport.CONNECTIONS):
        await inside.acquire()
    assert len(agent.asked) == transport.CONNECTIONS
    gate.set()
    answers = await asyncio.gather(*calls)
    assert [answer.status for answer in answers] == [200] * 40
    assert len(agent.asked) == 40


@pytest.mark.parametrize("call", [READ, commands.run_task("t")])
async def test_a_connection_the_agent_let_go_of_is_replaced(
    scripted: ScriptedServer,
    way: transport.UnixTransport,
    call: commands.Call[shapes.RunView],
) -> None:
    scripted.play(scripted.answers(RUN_ANSWER), scripted.answers(RUN_ANSWER))
    await way.ask(READ)
    [kept] = way._idle
    # Without a turn for the loop in between: only the socket itself knows.
    while kept.is_quiet():
        pass
    assert not kept._reader.at_eof()
    assert (await way.ask(call)).status == 200
    assert scripted.connections == 2
    assert len(scripted.requests) == 2


async def test_a_stale_connection_is_replaced_for_what_can_be_repeated_only(
    scripted: ScriptedServer, way: transport.UnixTransport
) -> None:
    def answers_once(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.sendall(RUN_ANSWER)
        scripted.hear(connection)

    scripted.play(answers_once, answers_once, scripted.keeps(RUN_ANSWER))
    await way.ask(READ)
    assert (await way.ask(READ)).status == 200
    assert scripted.connections == 2
    with pytest.raises(errors.AgentUnreachable):
        await way.ask(commands.run_task("t"))
    assert len(scripted.requests) == 4
    await way.close()


# Trouble


async def test_no_socket(way: transport.UnixTransport) -> None:
    with pytest.raises(errors.AgentUnreachable) as caught:
        await way.ask(READ)
    assert caught.value.message == exchange.NOT_RUNNING
    with pytest.raises(errors.AgentUnreachable, match="not running"):
        await anext(way.listen(exchange.events_call(None)))


async def test_a_socket_nobody_listens_to(socket_path: Path, way: transport.UnixTransport) -> None:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(socket_path))
    with pytest.raises(errors.AgentUnreachable, match="not running"):
        await way.ask(READ)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"", "without an answer"),
        (RUN_ANSWER[:-10], "in the middle"),
        (RUN_ANSWER[:20], "in the middle"),
        (b"garbage\r\n\r\n", "cannot be read"),
    ],
)
async def test_a_broken_answer_is_told_and_the_next_call_works(
    scripted: ScriptedServer, way: transport.UnixTransport, sent: bytes, sentence: str
) -> None:
    scripted.play(scripted.answers(sent), scripted.keeps(RUN_ANSWER))
    with pytest.raises(errors.AgentUnreachable, match=sentence):
        await way.ask(READ)
    assert (await way.ask(READ)).status == 200
    await way.close()


async def test_an_agent_that_leaves_while_it_is_being_told(
    scripted: ScriptedServer, way: transport.UnixTransport
) -> None:
    scripted.play(lambda connection: None, scripted.keeps(RUN_ANSWER))
    with pytest.raises(errors.AgentUnreachable, match="not running"):
        await way.ask(commands.run_task("t", {"text": "x" * 3_000_000}))
    assert (await way.ask(READ)).status == 200
    await way.close()


async def test_a_connection_the_agent_ends_with_its_answer_is_not_kept(
    scripted: ScriptedServer, way: transport.UnixTransport
) -> None:
    closing = http(b"null", "200 OK", b"connection: close")
    scripted.play(scripted.answers(closing), scripted.answers(closing))
    for _ in range(2):
        assert (await way.ask(commands.run_task("t"))).body == b"null"
    assert scripted.connections == 2


async def test_a_reset_is_an_agent_that_went_away(
    scripted: ScriptedServer, way: transport.UnixTransport
) -> None:
    def leave_unread(connection: socket.socket) -> None:
        connection.recv(1)

    scripted.play(leave_unread)
    with pytest.raises(errors.AgentUnreachable):
        await way.ask(READ)


@pytest.mark.parametrize("begun", [b"", RUN_ANSWER[:10], RUN_ANSWER[:-1]])
async def test_an_answer_has_its_time(
    scripted: ScriptedServer, socket_path: Path, begun: bytes
) -> None:
    scripted.play(scripted.silent(begun))
    way = transport.UnixTransport(socket_path, timeout_s=0.05)
    with pytest.raises(errors.AgentUnreachable, match=r"did not answer within 0\.05 s"):
        await way.ask(READ)
    await way.close()


async def test_the_head_of_a_stream_has_its_time(
    scripted: ScriptedServer, socket_path: Path
) -> None:
    scripted.play(scripted.silent(b"HTTP/1.1 200 OK\r\n"))
    way = transport.UnixTransport(socket_path, timeout_s=0.05)
    with pytest.raises(errors.AgentUnreachable, match=r"did not answer within 0\.05 s"):
        await anext(way.listen(exchange.events_call(1)))
    await way.close()


async def test_closing_ends_what_is_under_way(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    entered = asyncio.Event()

    async def never() -> None:
        entered.set()
        await asyncio.Event().wait()

    agent.before["/v1/health"] = never
    call = asyncio.create_task(way.ask(commands.show_health()))
    await entered.wait()
    await way.close()
    with pytest.raises(errors.AgentUnreachable):
        await call
    with pytest.raises(errors.AgentUnreachable, match="closed"):
        await way.ask(READ)


# The stream


async def exhaust(pieces: AsyncIterator[bytes]) -> None:
    async for _ in pieces:
        pass


async def test_a_stream_ends_with_the_agent_and_not_before(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    agent.tell("system_changed")
    async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
        text = b""
        while b"id: 1\n" not in text:
            text += await anext(pieces)
        assert text.startswith(b"id: 0\n")
        agent.end_streams()
        with pytest.raises(errors.AgentUnreachable, match="went away"):
            await exhaust(pieces)


async def test_a_stream_that_is_cut(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    agent.tell("system_changed")
    async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
        await anext(pieces)
        await served.die()
        with pytest.raises(errors.AgentUnreachable):
            await exhaust(pieces)


async def test_a_refused_stream(scripted: ScriptedServer, way: transport.UnixTransport) -> None:
    detail = shapes.ErrorDetail(code="invalid_field", message="No number.", field="after")
    refusal = http(msgspec.json.encode(shapes.ErrorView(error=detail)), "422 X")
    scripted.play(scripted.answers(refusal))
    with pytest.raises(errors.InvalidField, match="No number"):
        await anext(way.listen(exchange.events_call(-1)))


# Cancelling leaves nothing behind


async def test_cancelled_calls_leave_nothing_behind(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    before = open_files()
    outcomes: list[type] = []
    for number in range(CANCELS):
        call = asyncio.create_task(way.ask(commands.show_health()))
        # Every point of the exchange is hit: before, while and after it connects and answers.
        for _ in range(number % 12):
            await asyncio.sleep(0)
        call.cancel()
        outcomes += map(type, await asyncio.gather(call, return_exceptions=True))
    assert set(outcomes) == {asyncio.CancelledError, exchange.Answer}
    assert (await way.ask(commands.show_health())).status == 200
    await way.close()
    await served.settled()
    assert open_files() == before


async def test_cancelled_streams_leave_nothing_behind(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    before = open_files()

    async def read() -> None:
        async with contextlib.aclosing(way.listen(exchange.events_call(0))) as pieces:
            await exhaust(pieces)

    agent.tell("system_changed")
    for number in range(CANCELS):
        reading = asyncio.create_task(read())
        for _ in range(number % 20):
            await asyncio.sleep(0)
        agent.tell("system_changed")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert (await way.ask(commands.show_health())).status == 200
    await way.close()
    await served.settled()
    assert agent.streams == set()
    assert open_files() == before


async def test_a_stream_that_was_only_left_is_closed_too(
    agent: little_agent.LittleAgent, served: little_agent.Server, way: transport.UnixTransport
) -> None:
    agent.tell("system_changed")
    async for _ in way.listen(exchange.events_call(0)):
        break
    gc.collect()
    await served.settled()
    assert agent.streams == set()

"""The same promises over both transports, and the way to a client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.client import asgi, commands, connect, transport
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from tests.client.support import little_agent


@pytest.fixture(params=["socket", "in process"])
async def client(
    request: pytest.FixtureRequest, agent: little_agent.LittleAgent, socket_path: Path
) -> AsyncIterator[Client]:
    if request.param == "in process":
        async with Client(asgi.AsgiTransport(agent.app)) as made:
            yield made
        return
    async with (
        little_agent.serving(agent.app, socket_path),
        Client(transport.UnixTransport(socket_path)) as made,
    ):
        yield made


async def test_a_call_is_answered(agent: little_agent.LittleAgent, client: Client) -> None:
    run, task = little_agent.make_run("r1"), little_agent.make_task("t1")
    agent.runs[run.id], agent.tasks[task.id] = run, task
    assert await client(commands.show_run("r1")) == run
    assert await client(commands.show_run("r2")) is None
    assert await client(commands.list_tasks(limit=10)) == (task,)


async def test_an_error_is_raised_as_its_class(client: Client) -> None:
    with pytest.raises(errors.TaskNotFound, match="no task of this name") as caught:
        await client(commands.show_task("t9"))
    assert caught.value.field == "task"


async def test_an_answer_that_is_none_of_ours(client: Client) -> None:
    with pytest.raises(errors.AgentUnreachable, match="status 404"):
        await client(commands.show_catalog())


async def test_many_calls_at_once(agent: little_agent.LittleAgent, client: Client) -> None:
    for number in range(100):
        agent.runs[f"r{number}"] = little_agent.make_run(f"r{number}")
    found = await asyncio.gather(*(client(commands.show_run(f"r{n}")) for n in range(100)))
    assert [run.id for run in found if run is not None] == [f"r{n}" for n in range(100)]


async def test_events_come_as_they_are_told(
    agent: little_agent.LittleAgent, client: Client
) -> None:
    agent.put_run(little_agent.make_run("r1"))
    agent.progress("r1", 5)
    async with contextlib.aclosing(client.events(after=1)) as events:
        hello = await anext(events)
        assert (hello.type, hello.seq) == ("hello", 1)
        assert await anext(events) == agent.told[1]
        for done in range(50):
            agent.progress("r1", done)
            assert await anext(events) == agent.told[-1]


async def test_a_gap_is_told(agent: little_agent.LittleAgent, client: Client) -> None:
    for _ in range(3):
        agent.tell("system_changed")
    agent.forget()
    async with contextlib.aclosing(client.events(after=1)) as events:
        told = [await anext(events), await anext(events)]
        assert [(event.type, event.seq) for event in told] == [("hello", 3), ("resync", 3)]


async def test_the_stream_ends_with_the_agent(
    agent: little_agent.LittleAgent, client: Client
) -> None:
    async with contextlib.aclosing(client.events()) as events:
        await anext(events)
        agent.end_streams()
        with pytest.raises(errors.AgentUnreachable):
            await anext(events)


async def test_two_streams_and_calls_do_not_disturb_one_another(
    agent: little_agent.LittleAgent, client: Client
) -> None:
    agent.tell("system_changed")
    async with (
        contextlib.aclosing(client.events(after=0)) as one,
        contextlib.aclosing(client.events(after=0)) as other,
    ):
        await anext(one)
        assert (await client(commands.show_health())).seq == 1
        await one.aclose()
        assert (await anext(other)).type == "hello"
        assert (await anext(other)).seq == 1


# connect()


@pytest.fixture
async def served_home(agent: little_agent.LittleAgent, home: Path) -> AsyncIterator[Path]:
    (home / "run").mkdir()
    async with little_agent.serving(agent.app, home / "run" / "agent.sock"):
        yield home


async def test_connect_awaits_or_blocks(agent: little_agent.LittleAgent, served_home: Path) -> None:
    def ask() -> str:
        with connect() as client:
            return client(commands.show_health()).home

    async with connect() as client:
        assert (await client(commands.show_health())).home == "/home"
    assert await asyncio.to_thread(ask) == "/home"


@pytest.mark.parametrize("kind", ["folder", "text", "home"])
async def test_connect_takes_a_home(
    served_home: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    chosen = {"folder": served_home, "text": str(served_home), "home": paths.find_home()}[kind]
    monkeypatch.setenv("BGTASKS_HOME", "/nowhere")
    async with connect(chosen) as client:
        assert (await client(commands.show_health())).api == 1


async def test_a_connector_opens_as_many_clients_as_it_is_asked_for(served_home: Path) -> None:
    way = connect()
    async with way as one:
        async with way as other:
            assert one is not other
            await other(commands.show_health())
        await one(commands.show_health())


async def test_connect_without_an_agent(home: Path) -> None:
    async with connect() as client:
        with pytest.raises(errors.AgentUnreachable, match="bgtasks agent start"):
            await client(commands.show_health())
    with connect() as blocking, pytest.raises(errors.AgentUnreachable, match="not running"):
        blocking(commands.show_health())

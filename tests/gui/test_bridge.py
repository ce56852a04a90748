from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.transport import UnixTransport
from bgtasks_gui.core import errors
from bgtasks_gui.gui import bridge as bridges
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.wire import shapes, times
from tests.agent.support import embedded
from tests.client.support.little_agent import LittleAgent, make_run, make_task
from tests.flows import living
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect

#: So seldom that nothing is told by its time while a test lasts.
_NEVER_MS = 3_600_000
Loop = asyncio.AbstractEventLoop


@contextlib.asynccontextmanager
async def running(bridge: Bridge) -> AsyncIterator[Bridge]:
    following = asyncio.ensure_future(bridge.run())
    try:
        yield bridge
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


@pytest.fixture
def little() -> LittleAgent:
    return LittleAgent()


@pytest.fixture
async def bridge(window_loop: Loop, little: LittleAgent) -> AsyncIterator[Bridge]:
    """Over a little agent that has one task and one run."""
    little.tasks["t1"], little.runs["r1"] = make_task("t1"), make_run("r1")
    async with Client(asgi.AsgiTransport(little.app)) as client:
        one = Bridge(client)
        async with running(one):
            yield one


# Gathering


async def test_the_first_picture_is_told_at_once(bridge: Bridge) -> None:
    assert not bridge.is_loaded
    bridge.set_pace(_NEVER_MS)
    told, connections = collect(bridge.changed), collect(bridge.connection_changed)
    await looping.until(lambda: told)
    assert (bridge.is_connected, bridge.is_loaded, bridge.trouble) == (True, True, "")
    [(changes,)] = told
    assert isinstance(changes, Changes)
    assert (changes.tasks.keys(), changes.runs.keys()) == ({"t1"}, {"r1"})
    assert len(connections) == 1


async def test_what_comes_fast_is_told_together(bridge: Bridge, little: LittleAgent) -> None:
    await looping.until(lambda: bridge.is_connected)
    bridge.set_pace(_NEVER_MS)
    told = collect(bridge.changed)
    for number in range(2, 30):
        little.put_run(make_run(f"r{number}"))
        little.put_run(make_run(f"r{number}", state="completed"))
    await looping.until(lambda: bridge.mirror.seq == little.seq)
    assert told == []
    bridge.tell()
    [(changes,)] = told
    assert isinstance(changes, Changes)
    assert changes.runs.keys() == {f"r{number}" for number in range(2, 30)}
    bridge.tell()
    assert len(told) == 1


async def test_what_waits_is_told_when_the_pace_quickens(
    bridge: Bridge, little: LittleAgent
) -> None:
    await looping.until(lambda: bridge.is_connected)
    bridge.set_pace(_NEVER_MS)
    told = collect(bridge.changed)
    little.put_run(make_run("r2"))
    await looping.until(lambda: bridge.mirror.seq == little.seq)
    assert told == []
    bridge.set_pace(bridges.VISIBLE_MS)
    await looping.until(lambda: told)


async def test_a_pace_of_its_own_keeps_rounds_apart(bridge: Bridge, little: LittleAgent) -> None:
    await looping.until(lambda: bridge.is_connected)
    bridge.set_pace(100)
    at: list[float] = []
    clock = asyncio.get_running_loop().time
    bridge.changed.connect(lambda _: at.append(clock()))
    number = 2
    while len(at) < 4:
        little.put_run(make_run(f"r{number}"))
        number += 1
        await asyncio.sleep(0)
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    # A timer of Qt may come a twentieth too early.
    assert min(gaps) > 0.09
    assert number > 20


async def test_a_quiet_time_before_makes_the_next_change_come_at_once(
    bridge: Bridge, little: LittleAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    await looping.until(lambda: bridge.is_connected)
    bridge.set_pace(_NEVER_MS)
    monkeypatch.setattr(bridge, "_told_at", bridge._told_at - 2 * _NEVER_MS / 1000)
    told = collect(bridge.changed)
    little.put_run(make_run("r2"))
    await looping.until(lambda: told)


async def test_a_lost_connection_is_told_before_its_time(stage: Stage) -> None:
    stage.load()
    stage.bridge.set_pace(_NEVER_MS)
    told, connections = collect(stage.bridge.changed), collect(stage.bridge.connection_changed)
    stage.bridge._take(Changes(printed=frozenset({"r1"})))
    assert told == []
    stage.bridge._take(Changes(connected=False, trouble="It went away."))
    assert told == [(Changes(printed=frozenset({"r1"}), connected=False, trouble="It went away."),)]
    assert len(connections) == 1
    assert (stage.bridge.is_connected, stage.bridge.is_loaded) == (False, True)
    assert stage.bridge.trouble == "It went away."


async def test_an_agent_that_was_never_there_leaves_nothing_loaded(window_loop: Loop) -> None:
    async with Client(UnixTransport("/nowhere/agent.sock")) as client:
        async with running(Bridge(client)) as bridge:
            told = collect(bridge.connection_changed)
            await looping.until(lambda: told)
        assert (bridge.is_connected, bridge.is_loaded) == (False, False)
        assert bridge.trouble != ""


# The machine and the pause


async def test_the_machine_is_read_at_first_and_after_every_change(
    agent: embedded.Embedded, agent_client: Client
) -> None:
    async with running(Bridge(agent_client)) as bridge:
        assert bridge.pause is None
        told = collect(bridge.system_changed)
        await looping.until(lambda: bridge.system is not None)
        assert bridge.pause == shapes.PauseView(paused=False, until=None)
        until = times.stamp(agent.agent.clock.now() + timedelta(hours=1))
        await agent_client(commands.pause_everything(until))
        await looping.until(lambda: bridge.pause == shapes.PauseView(paused=True, until=until))
        await agent_client(commands.resume_everything())
        await looping.until(lambda: bridge.pause == shapes.PauseView(paused=False, until=None))
        assert len(told) >= 3


async def test_a_machine_that_cannot_be_read_is_read_at_the_next_change(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "_SYSTEM_S", 0)
    told, route = collect(stage.bridge.system_changed), "GET /v1/system"
    reading = asyncio.ensure_future(stage.bridge._read_system())
    stage.bridge._take(Changes(system=True))
    await looping.until(lambda: stage.way.asked == [route])
    stage.way.on(route, views.system(tasks=3))
    await asyncio.sleep(0)
    assert (stage.bridge.system, told) == (None, [])
    stage.bridge._take(Changes(system=True))
    await looping.until(lambda: told)
    assert stage.bridge.system == views.system(tasks=3)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_the_machine_is_read_again_while_somebody_looks(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The level of a battery is no event."""
    monkeypatch.setattr(bridges, "_SYSTEM_S", 0)
    monkeypatch.setattr(bridges, "_SYSTEM_AGAIN_S", 0.01)
    stage.way.on("GET /v1/system", views.system())
    told = collect(stage.bridge.system_changed)
    reading = asyncio.ensure_future(stage.bridge._read_system())
    await looping.until(lambda: len(told) > 2)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_nothing_is_read_again_while_nobody_looks_until_somebody_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "_SYSTEM_AGAIN_S", 0.0)
    stage.way.on("GET /v1/system", views.system())
    told = collect(stage.bridge.system_changed)
    stage.bridge.set_pace(bridges.HIDDEN_MS)
    reading = asyncio.ensure_future(stage.bridge._read_system())
    await looping.until(lambda: stage.bridge._system_wanted._waiters)
    assert told == []
    stage.bridge.set_pace(bridges.VISIBLE_MS)
    await looping.until(lambda: told)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_another_reason_for_being_away_is_no_news(stage: Stage) -> None:
    told = collect(stage.bridge.connection_changed)
    stage.lose("It was never there.")
    stage.lose("Now it refuses.")
    assert (len(told), stage.bridge.trouble) == (1, "Now it refuses.")
    stage.load()
    stage.lose("It went away.")
    stage.lose("Now it refuses.")
    stage.load()
    assert len(told) == 4


async def test_its_end_ends_everything_it_began(bridge: Bridge, little: LittleAgent) -> None:
    await looping.until(lambda: bridge.is_connected and little.streams)
    before = asyncio.all_tasks()
    async with Client(asgi.AsgiTransport(little.app)) as client:
        async with running(Bridge(client)) as other:
            await looping.until(lambda: other.is_connected and len(little.streams) == 2)
        await looping.until(lambda: len(little.streams) == 1)
    await looping.until(lambda: asyncio.all_tasks() <= before)


# A real agent that goes and comes back


@pytest.fixture
def house(home: Path) -> Iterator[living.Living]:
    one = living.Living(home)
    try:
        one.start()
        yield one
    finally:
        one.clear_away()


async def test_a_stopped_agent_is_told_and_found_again(
    window_loop: Loop, house: living.Living
) -> None:
    first = await asyncio.to_thread(house.add, "first", "true")
    async with Client(UnixTransport(house.home.agent_socket)) as client:
        async with running(Bridge(client)) as bridge:
            connections = collect(bridge.connection_changed)
            await looping.until(lambda: bridge.is_connected)
            assert bridge.mirror.tasks.keys() == {first.id}
            await asyncio.to_thread(house.stop)
            await looping.until(lambda: not bridge.is_connected)
            assert bridge.is_loaded
            assert bridge.trouble.endswith(".")
            # What was known is kept, to be read.
            assert bridge.mirror.tasks.keys() == {first.id}
            with pytest.raises(errors.AgentUnreachable):
                await client(commands.show_health())
            await asyncio.to_thread(house.start)
            await looping.until(lambda: bridge.is_connected)
            assert bridge.trouble == ""
            second = await asyncio.to_thread(house.add, "second", "true")
            await looping.until(lambda: second.id in bridge.mirror.tasks)
            await asyncio.to_thread(house.kill)
            await looping.until(lambda: not bridge.is_connected)
        assert len(connections) == 4

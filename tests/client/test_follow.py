from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bgtasks_gui.client import asgi, commands, exchange, follow, transport
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.core import runs
from tests.client.support.little_agent import LittleAgent, make_run, make_task, serving

ALL_OF_RUN = frozenset(make_run("r").__struct_fields__)


class Follower:
    """Follows an agent with a clock that only moves when the test says so."""

    def __init__(self, way: transport.Transport, mirror: Mirror) -> None:
        self.mirror = mirror
        self.slept: list[float] = []
        #: Released once for each sleep that began, and by the test to end one.
        self.asleep = asyncio.Semaphore(0)
        self.turn = asyncio.Semaphore(0)
        self.changes: AsyncGenerator[Changes, None] = follow.follow(
            Client(way), mirror, sleep=self._sleep
        )

    async def next(self) -> Changes:
        return await asyncio.wait_for(anext(self.changes), 10)

    async def _sleep(self, delay_s: float) -> None:
        self.slept.append(delay_s)
        self.asleep.release()
        await self.turn.acquire()


@pytest.fixture
async def follower(agent: LittleAgent) -> AsyncIterator[Follower]:
    """Follows the agent in the same process."""
    made = Follower(asgi.AsgiTransport(agent.app), Mirror())
    yield made
    await made.changes.aclose()
    assert agent.streams == set()


@pytest.fixture
async def distant(socket_path: Path) -> AsyncIterator[Follower]:
    """Follows an agent behind a socket, if there is one."""
    way = transport.UnixTransport(socket_path)
    made = Follower(way, Mirror())
    yield made
    await made.changes.aclose()
    await way.close()


def test_waits_get_longer_up_to_five_seconds() -> None:
    assert list(itertools.islice(follow.backoff(), 8)) == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]


async def test_the_first_changes_hold_everything_there_is(
    agent: LittleAgent, follower: Follower
) -> None:
    agent.tasks["t1"] = make_task("t1")
    agent.runs["r1"], agent.runs["r2"] = make_run("r1"), make_run("r2", state="failed")
    changes = await follower.next()
    assert changes.connected is True
    assert changes.tasks.keys() == {"t1"}
    assert changes.runs == {"r1": ALL_OF_RUN, "r2": ALL_OF_RUN}
    assert dict(follower.mirror.runs) == agent.runs


async def test_many_tasks_and_runs_are_read_in_pages(
    agent: LittleAgent, follower: Follower
) -> None:
    # More tasks of one name around the edge of a page than fit on either side of it.
    names = [f"n{number:04}" for number in range(990)] + ["same"] * 20 + ["z"] * 5
    for number, name in enumerate(names):
        agent.tasks[f"t{number}"] = make_task(f"t{number}", name=name)
    for number in range(450):
        agent.runs[f"a{number:03}"] = make_run(f"a{number:03}")
    for number in range(700):
        agent.runs[f"b{number:03}"] = make_run(f"b{number:03}", state="completed")
    changes = await follower.next()
    assert changes.tasks.keys() == agent.tasks.keys()
    assert len(follower.mirror.active_runs()) == 450
    assert min(run_id for run_id in changes.runs if run_id.startswith("b")) == "b200"
    assert len(changes.runs) == 950


async def test_a_thousand_tasks_of_one_name_end_the_page_too(
    agent: LittleAgent, follower: Follower
) -> None:
    for number in range(1000):
        agent.tasks[f"t{number}"] = make_task(f"t{number}", name="same")
    assert len((await follower.next()).tasks) == 1000


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/runs", "/v1/events"])
async def test_nothing_that_happens_while_it_loads_is_lost(
    agent: LittleAgent, follower: Follower, path: str
) -> None:
    agent.runs["r1"] = make_run("r1")

    async def happen() -> None:
        del agent.before[path]
        agent.put_task(make_task("t1"))
        agent.put_run(make_run("r1", state="completed"))
        agent.put_run(make_run("r2"))

    agent.before[path] = happen
    await follower.next()
    while follower.mirror.seq < agent.seq:
        await follower.next()
    assert dict(follower.mirror.runs) == agent.runs
    assert follower.mirror.tasks.keys() == {"t1"}


async def test_events_become_changes(agent: LittleAgent, follower: Follower) -> None:
    agent.put_run(make_run("r1"))
    await follower.next()
    agent.progress("r1", 5)
    assert await follower.next() == Changes(runs={"r1": frozenset({"progress"})})
    agent.tell("system_changed")
    assert await follower.next() == Changes(system=True)


async def test_what_came_in_the_meantime_comes_as_one(
    agent: LittleAgent, follower: Follower
) -> None:
    agent.put_run(make_run("r1"))
    await follower.next()
    agent.progress("r1", 1)
    await follower.next()
    for done in range(2, 5000):
        agent.progress("r1", done)
    agent.put_run(make_run("r2"))
    found = Changes()
    steps = 0
    while follower.mirror.seq < agent.seq:
        found = found.then(await follower.next())
        steps += 1
    assert found == Changes(runs={"r1": frozenset({"progress"}), "r2": ALL_OF_RUN})
    assert steps < 500


async def test_events_without_an_effect_are_not_told(
    agent: LittleAgent, follower: Follower
) -> None:
    agent.put_run(make_run("r1"))
    await follower.next()
    agent.put_run(make_run("r1"))
    agent.tell("sun_rose")
    agent.tell("system_changed")
    assert await follower.next() == Changes(system=True)


async def test_a_gap_is_closed_by_reading_everything_anew(
    agent: LittleAgent, follower: Follower
) -> None:
    agent.put_run(make_run("r1"))
    agent.put_task(make_task("t1"))
    await follower.next()
    # The agent forgot these events, and says so.
    agent.runs["r1"] = make_run("r1", state="completed")
    agent.runs["r2"] = make_run("r2")
    del agent.tasks["t1"]
    agent.tell_gap()
    changes = await follower.next()
    assert changes == Changes(
        runs={"r1": frozenset({"state", "status"}), "r2": ALL_OF_RUN},
        removed_tasks=frozenset({"t1"}),
    )
    agent.progress("r2", 5)
    assert (await follower.next()).runs == {"r2": frozenset({"progress"})}


async def test_a_gap_before_the_stream_was_open_is_closed_too(
    agent: LittleAgent, follower: Follower
) -> None:
    async def happen() -> None:
        agent.put_run(make_run("r1"))
        agent.forget()

    agent.before["/v1/events"] = happen
    while "r1" not in follower.mirror.runs or follower.mirror.seq < agent.seq:
        await follower.next()
    agent.progress("r1", 5)
    assert (await follower.next()).runs == {"r1": frozenset({"progress"})}


async def test_an_absent_agent_is_told_once_and_waited_for(
    agent: LittleAgent, distant: Follower, socket_path: Path
) -> None:
    assert await distant.next() == Changes(connected=False, trouble=exchange.NOT_RUNNING)
    waiting = asyncio.create_task(distant.next())
    for _ in range(6):
        distant.turn.release()
    for _ in range(7):
        await distant.asleep.acquire()
    assert distant.slept == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert not waiting.done()
    async with serving(agent.app, socket_path):
        agent.put_run(make_run("r1"))
        distant.turn.release()
        changes = await waiting
        assert changes.connected is True
        assert changes.runs == {"r1": ALL_OF_RUN}


async def test_it_comes_back_by_itself_and_tells_what_changed_meanwhile(
    agent: LittleAgent, distant: Follower, socket_path: Path
) -> None:
    agent.put_run(make_run("r1"))
    agent.put_task(make_task("t2"))
    async with serving(agent.app, socket_path) as server:
        await distant.next()
        for number in range(3):
            await server.die()
            lost = await distant.next()
            assert lost.connected is False
            assert lost.trouble
            assert "r1" in distant.mirror.runs
            # A new agent counts its events from the beginning.
            agent.seq, agent.told = 0, []
            agent.put_task(make_task("t2", name=f"name {number}"))
            await server.start()
            distant.turn.release()
            found = await distant.next()
            assert found == Changes(connected=True, tasks={"t2": frozenset({"name"})})
            agent.put_run(make_run(f"new {number}"))
            assert (await distant.next()).runs == {f"new {number}": ALL_OF_RUN}
    # Each time it was reached, the waits began anew.
    assert distant.slept == [0.2] * 3


async def test_another_trouble_is_told(distant: Follower, socket_path: Path) -> None:
    assert (await distant.next()).trouble == exchange.NOT_RUNNING
    async with serving(Starlette(), socket_path):
        distant.turn.release()
        changes = await distant.next()
    assert changes.connected is False
    assert "status 404" in str(changes.trouble)


async def test_what_was_taken_in_before_the_agent_was_lost_is_told(
    agent: LittleAgent, follower: Follower
) -> None:
    agent.put_run(make_run("r1"))
    await follower.next()
    agent.put_run(make_run("r1", state="completed"))
    agent.end_streams()
    found = Changes()
    while found.connected is None:
        found = found.then(await follower.next())
    assert found.connected is False
    assert found.runs == {"r1": frozenset({"state", "status"})}
    assert follower.mirror.runs["r1"].state is runs.RunState.COMPLETED


async def test_what_a_moment_with_the_agent_brought_is_told_with_the_same_trouble_again(
    agent: LittleAgent, follower: Follower
) -> None:
    await follower.next()
    agent.end_streams()
    lost = await follower.next()
    agent.runs["r1"] = make_run("r1")

    async def end_before_all_is_read() -> None:
        agent.end_streams()
        for _ in range(100):
            await asyncio.sleep(0)

    agent.before["/v1/runs"] = end_before_all_is_read
    follower.turn.release()
    assert await follower.next() == Changes(
        connected=False, trouble=lost.trouble, runs={"r1": ALL_OF_RUN}
    )


class BrokenTransport(asgi.AsgiTransport):
    """Cannot listen, for no reason a person could understand."""

    def listen(self, call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        raise ValueError(f"oops: {call.path}")


async def test_a_bug_in_reading_is_not_hidden(agent: LittleAgent) -> None:
    follower = Follower(BrokenTransport(agent.app), Mirror())
    with pytest.raises(ValueError, match="oops"):
        [_ async for _ in follower.changes]


async def test_leaving_at_any_point_leaves_nothing_behind(
    agent: LittleAgent, socket_path: Path
) -> None:
    agent.put_run(make_run("r1"))
    async with serving(agent.app, socket_path) as server:
        before = asyncio.all_tasks()
        way = transport.UnixTransport(socket_path)
        for number in range(100):
            following = asyncio.create_task(_drain(Client(way)))
            for _ in range(number):
                await asyncio.sleep(0)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        await way.close()
        await server.settled()
        assert asyncio.all_tasks() == before
        assert agent.streams == set()


async def _drain(client: Client) -> None:
    async with contextlib.aclosing(follow.follow(client, Mirror())) as changes:
        async for _ in changes:
            pass

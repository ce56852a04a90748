"""What is kept of removed tasks, and how they come back through the API of a whole agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bgtasks_gui.agent.upkeep import removals
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, ids, ports, runs, tasks
from bgtasks_gui.wire import codec
from tests.agent.conftest import Make
from tests.agent.support import embedded
from tests.fakes import manual_clock, samples

NOW = manual_clock.DEFAULT_NOW
HOURLY = {"type": "interval", "every": "PT1H"}
EVENT = {"type": "custom_event", "name": "go"}


@pytest.fixture
async def ask(agent: embedded.Embedded) -> AsyncIterator[Client]:
    async with Client(asgi.AsgiTransport(agent.agent.app)) as one:
        yield one


async def refused(ask: Client, task_id: str) -> errors.UserError:
    with pytest.raises(errors.UserError) as caught:
        await ask(commands.restore_task(task_id))
    return caught.value


def test_the_last_ones_are_kept() -> None:
    kept = removals.Removals()
    made = [ports.Standing(task=samples.a_task(number)) for number in range(removals.MOST + 1)]
    for one in made[:-1]:
        kept.keep(one)
    # One that is removed a second time is the newest again.
    kept.keep(made[0])
    kept.keep(made[-1])
    assert kept.find(made[1].task.id) is None
    assert [kept.find(one.task.id) for one in (made[0], *made[2:])] == [made[0], *made[2:]]
    kept.forget(made[0].task.id)
    kept.forget(made[0].task.id)
    assert kept.find(made[0].task.id) is None


async def test_a_removed_task_comes_back_as_it_was(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    payload = {"argv": [f"{gate.wait}; exit 3"], "shell": True, "cwd": "/"}
    made = await agent.register(
        "t", "command", payload | {"env": {"API_TOKEN": "s3cret"}},
        triggers=[HOURLY, EVENT], group="home", environment={"LANG": "C"},
    )  # fmt: skip
    await ask(commands.disable_task("t"))
    before = await agent.agent.store.task(made.id)
    run = await ask(commands.run_task("t"))
    await agent.reached(run, "running")
    await ask(commands.remove_task("t"))
    # What was left running ends while the task is away.
    gate.open()
    await agent.ended(run)
    back = await ask(commands.restore_task(made.id))
    after = await agent.agent.store.task(made.id)
    assert after == before
    assert after is not None
    assert codec.plain(after.payload)["env"] == {"API_TOKEN": "s3cret"}
    assert (back.id, back.enabled, back.group) == (made.id, False, "home")
    assert back.last_run is not None
    assert (back.last_run.id, back.last_run.state) == (run.id, "failed")
    assert back.last_exit_reason == "Other"
    assert back == await ask(commands.show_task("t"))
    assert [one.id for one in await ask(commands.list_runs(task=made.id))] == [run.id]
    told = [str(one.__struct_config__.tag) for one in agent.told]
    assert [one for one in told if one.startswith("task_")][-2:] == ["task_removed", "task_added"]
    on = await ask(commands.enable_task("t"))
    assert on.next_run_at is not None
    assert len((await ask(commands.emit_event("go"))).runs) == 1


async def test_what_comes_back_is_planned_from_now_on(make: Make) -> None:
    clock = manual_clock.ManualClock()
    agent = await make(clock=clock).start()
    ask = Client(asgi.AsgiTransport(agent.agent.app))
    once = {"type": "date", "at": NOW + timedelta(minutes=1)}
    made = await agent.add("t", "true", triggers=[HOURLY, once])
    await ask(commands.remove_task("t"))
    clock.advance(timedelta(hours=3, minutes=5))
    back = await ask(commands.restore_task(made.id.upper()))
    assert back.next_run_at is not None
    assert datetime.fromisoformat(back.next_run_at) == NOW + timedelta(hours=4)
    # What was planned while it was away is no missed run.
    assert await ask(commands.list_runs()) == ()
    clock.advance(timedelta(hours=1))
    [ended] = await agent.until(lambda: agent.told_ended(made))
    assert ended.run.firing.planned_at == NOW + timedelta(hours=4)


async def test_what_cannot_come_back_says_why(agent: embedded.Embedded, ask: Client) -> None:
    made = await agent.add("t", "true")
    error = await refused(ask, made.id)
    assert isinstance(error, errors.NotPossibleNow)
    assert "'t' is registered" in error.message
    await ask(commands.remove_task("t"))
    other = await agent.add("t", "echo")
    error = await refused(ask, made.id)
    assert isinstance(error, errors.DuplicateName)
    assert (error.field, "'t'" in error.message) == ("name", True)
    # Once the name is free, it comes back after all, and once.
    await ask(commands.remove_task(other.id))
    assert (await ask(commands.restore_task(made.id))).id == made.id
    assert isinstance(await refused(ask, made.id), errors.NotPossibleNow)
    unknown = ids.make_id(1, 1)
    error = await refused(ask, unknown)
    assert isinstance(error, errors.TaskNotFound)
    assert unknown in error.message
    assert str(removals.MOST) in error.message


async def test_twins_come_back_beside_one_another(agent: embedded.Embedded, ask: Client) -> None:
    first = await agent.add("t", "true")
    spec = tasks.TaskSpec(name="t", kind="command", payload=first.payload)
    second = await ask(commands.register_task(spec, if_exists="keep_both"))
    for gone in ((first.id, second.id), (second.id, first.id)):
        for one in gone:
            await ask(commands.remove_task(one))
        for one in gone:
            await ask(commands.restore_task(one))
        assert {one.id for one in await ask(commands.list_tasks())} == {first.id, second.id}


async def test_a_run_that_completed_before_is_the_last_one_again(
    agent: embedded.Embedded, ask: Client
) -> None:
    made = await agent.add("t", "true")
    ended = await agent.ended(await agent.run(made))
    assert ended.state is runs.RunState.COMPLETED
    await ask(commands.remove_task("t", cancel=True))
    back = await ask(commands.restore_task(made.id))
    assert back.last_run is not None
    assert (back.last_run.id, back.last_exit_reason) == (ended.id, "Completed")

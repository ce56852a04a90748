"""What the doors share: finding, planning and keeping tasks, over a whole agent."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import errors, tasks
from tests.agent.support import embedded

HOURLY = {"type": "interval", "every": "PT1H"}
DAILY = {"type": "cron", "expression": "0 18 * * *", "zone": "UTC"}
EVENT = {"type": "custom_event", "name": "go"}


async def test_a_task_is_found_by_id_and_by_name(agent: embedded.Embedded) -> None:
    office, task = agent.agent.office, await agent.add("t", "true")
    assert await office.find_task("t") == task
    assert await office.find_task(task.id) == task
    with pytest.raises(errors.TaskNotFound, match="There is no task 'T '") as caught:
        await office.find_task("T ")
    assert caught.value.field == "task"


async def test_a_name_close_by_is_offered(agent: embedded.Embedded) -> None:
    await agent.add("nightly backup", "true")
    with pytest.raises(errors.TaskNotFound, match="did you mean 'nightly backup'"):
        await agent.agent.office.find_task("nigthly backup")


async def test_a_run_that_lives_is_the_ledgers(
    agent: embedded.Embedded, gate: embedded.Gate
) -> None:
    office = agent.agent.office
    task = await agent.add("t", gate.wait)
    assert await office.find_run("t") is None
    assert await office.find_run("nobody") is None
    run = await agent.reached(await agent.run(task), "running")
    assert await office.find_run(run.id) == agent.now(run)
    gate.open()
    ended = await agent.ended(run)
    assert await office.find_run("t") == ended


async def test_chances_of_all_triggers_come_in_order_and_once(agent: embedded.Embedded) -> None:
    expiry = agent.agent.clock.now() + timedelta(days=2)
    task = await agent.add("t", "true", triggers=(HOURLY, DAILY, DAILY), expires_at=expiry)
    found = [chance.at for chance in agent.agent.office.chances(task, 1000)]
    assert found == sorted(set(found))
    assert found[-1] < expiry
    assert len(found) in range(48, 52)
    assert len(list(agent.agent.office.chances(task, 3))) == 3


async def test_a_kept_task_is_planned_and_heard_as_it_is_now(agent: embedded.Embedded) -> None:
    app = agent.agent
    task = await agent.add("t", "true", triggers=(HOURLY, EVENT, DAILY))
    assert [one.position for one in await app.store.planned(task.id)] == [0, 2]
    assert len(await app.store.listeners("event:go")) == 1
    fewer = msgspec.structs.replace(task, triggers=task.triggers[:1])
    await app.office.keep_task(fewer)
    assert [one.position for one in await app.store.planned(task.id)] == [0]
    assert await app.store.listeners("event:go") == []
    await app.office.keep_task(msgspec.structs.replace(fewer, enabled=False))
    assert await app.store.planned(task.id) == []
    assert app.timetable.next_wake is None


async def test_a_task_that_takes_itself_out_is_not_started_again(agent: embedded.Embedded) -> None:
    """Concepts R11."""
    app = agent.agent
    task = await agent.add("t", "true", triggers=(HOURLY,))
    await app.office.unschedule(task.id, "no more work")
    view = await app.office.show_task(task)
    assert (view.enabled, view.registered, view.next_run_at) == (True, False, None)
    assert view.unscheduled == "no more work"
    await app.office.unschedule("gone", "nobody is there")


async def test_a_task_that_was_removed_cannot_be_shown(agent: embedded.Embedded) -> None:
    task = tasks.Task(
        id="gone", name="t", kind="command", payload=msgspec.Raw(b"{}"),
        registered_at=agent.agent.clock.now(), updated_at=agent.agent.clock.now(),
    )  # fmt: skip
    with pytest.raises(errors.TaskNotFound, match="removed"):
        await agent.agent.office.show_task(task)

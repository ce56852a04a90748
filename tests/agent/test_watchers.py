"""Event triggers: signals find the tasks that listen."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import runs, tasks
from bgtasks_gui.wire import codec
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, why


def on_event(name: str, recurrence: str = "always") -> tuple[dict[str, str], ...]:
    return ({"type": "custom_event", "name": name, "recurrence": recurrence},)


async def test_an_event_runs_who_listens_with_its_data_as_arguments(agent: Embedded) -> None:
    task = await agent.add("hears", 'echo "$BGTASKS_ARG_DISK"', triggers=on_event("mounted"))
    other = await agent.add("deaf", "echo no", triggers=on_event("unmounted"))
    [run] = await agent.agent.watchers.raised("mounted", {"disk": "usb"})
    assert (run.task_id, run.firing.type, run.firing.position) == (task.id, "custom_event", 0)
    assert (await agent.ended(run)).state is runs.RunState.COMPLETED
    assert agent.log(run) == "usb\n"
    assert await agent.stored(other) == []


async def test_a_trigger_that_fires_once_is_silent_until_the_next_agent(make: Make) -> None:
    agent = await make().start()
    task = await agent.add("first", "true", triggers=on_event("login", "once"))
    [run] = await agent.agent.watchers.raised("login", {})
    await agent.ended(run)
    assert await agent.agent.watchers.raised("login", {}) == []
    await agent.stop()
    again = await make().start()
    [second] = await again.agent.watchers.raised("login", {})
    await again.ended(second)
    assert len(await again.stored(task)) == 2


async def test_a_disabled_task_does_not_listen(agent: Embedded) -> None:
    await agent.add("off", "true", triggers=on_event("ping"), enabled=False)
    assert await agent.agent.watchers.raised("ping", {}) == []


async def test_a_run_follows_another_that_ended_as_asked(agent: Embedded) -> None:
    first = await agent.add("first", 'exit "$BGTASKS_ARG_STATUS"')
    after = ({"type": "after", "task": first.id, "outcomes": ["failed"]},)
    follower = await agent.add("follows", 'echo "$BGTASKS_TRIGGER"', triggers=after)
    await agent.ended(await agent.run(first, status=0))
    failed = await agent.ended(await agent.run(first, status=4))
    assert why(failed) == ("failed", "exit_status")

    def followed() -> runs.Run | None:
        told = [getattr(one, "run", None) for one in agent.told]
        return next((one for one in told if one and one.task_id == follower.id), None)

    run = await agent.until(followed)
    await agent.ended(run)
    assert codec.plain(run.firing.details)["run_id"] == failed.id
    assert [one.id for one in await agent.stored(follower)] == [run.id]
    assert agent.log(run) == "after\n"


async def test_a_start_of_the_agent_and_of_the_computer_are_told_apart(make: Make) -> None:
    agent = await make().start()
    each = await agent.add("each", "true", triggers=({"type": "startup"},))
    boot = await agent.add("boot", "true", triggers=({"type": "startup", "per": "boot"},))
    await agent.agent.runner.settle()
    await agent.stop()
    again = await make().start()
    await again.agent.runner.settle()
    [run] = await again.stored(each)
    assert run.firing.type == "startup"
    # The computer has not been started since the first agent was.
    assert await again.stored(boot) == []
    asked = await again.agent.watchers.started("another boot", "this boot")
    assert boot.id in {run.task_id for run in asked}


async def test_a_task_that_cannot_be_read_keeps_no_other_from_hearing(
    agent: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    good = await agent.add("good", "true", triggers=on_event("ping"))
    strange = {
        "unreadable": (msgspec.Raw(b'{"type": "full_moon"}'),),
        "shorter": (),
        "of time": (msgspec.Raw(b'{"type": "interval", "every": "PT1H"}'),),
    }
    for name, triggers in strange.items():
        bad = msgspec.structs.replace(
            good, id=agent.agent.ledger.new_task_id(), name=name, triggers=triggers
        )
        listener = tasks.Listener(task_id=bad.id, position=0, topic="event:ping")
        await agent.agent.ledger.put_task(bad, (), (listener,))
    [run] = await agent.agent.watchers.raised("ping", {})
    assert run.task_id == good.id
    assert caplog.text.count("a task did not hear") == 1
    await agent.ended(run)

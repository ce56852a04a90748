"""The agent and the machine through the API of a whole agent."""

from __future__ import annotations

import os
from datetime import timedelta

import msgspec
import pytest

import bgtasks_gui
from bgtasks_gui import settings
from bgtasks_gui.agent.api import system
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import codec, routes, times
from tests.agent.conftest import Make
from tests.agent.support import embedded

EVENT = {"type": "custom_event", "name": "go"}


async def refused(ask: Client, call: commands.Call[object]) -> tuple[str, str | None, str]:
    with pytest.raises(errors.UserError) as caught:
        await ask(call)
    return caught.value.code, caught.value.field, caught.value.message


async def test_health(agent: embedded.Embedded, ask: Client) -> None:
    found = await ask(commands.show_health())
    assert (found.api, found.version) == (routes.API_VERSION, bgtasks_gui.__version__)
    assert (found.pid, found.home) == (os.getpid(), str(agent.home.root))
    await agent.add("t", "true")
    assert (await ask(commands.show_health())).seq > found.seq


async def test_the_catalog_lists_everything(ask: Client) -> None:
    found = await ask(commands.show_catalog())
    assert [one.name for one in found.kinds] == [kind.name for kind in KINDS]
    tags = [str(one.__struct_config__.tag) for one in TRIGGERS]
    assert [one.name for one in found.triggers] == tags
    assert all(codec.plain(one.schema) for one in (*found.kinds, *found.conditions))
    assert found == await ask(commands.show_catalog())


async def test_facts_of_agent_and_machine(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    hourly = ({"type": "interval", "every": "PT1H"},)
    task = await agent.add("t", gate.wait, triggers=hourly)
    await agent.reached(await agent.run(task), "running")
    found = await ask(commands.show_system())
    assert (found.active, found.tasks) == ({"running": 1}, 1)
    assert (found.pause.paused, found.notices) == (False, ())
    assert found.next_wake_at is not None
    facts = {fact.name: fact for fact in found.facts}
    assert facts["supervisor"].ok
    assert facts["supervisor"].value.endswith("1 run")
    assert str(agent.home.root) in facts["disk"].value


# Settings


async def test_whoever_depends_on_settings_hears_of_those_that_are_kept(
    agent: embedded.Embedded,
) -> None:
    whole = agent.agent

    async def stop(cancel: bool) -> int:
        return 0

    door = system.SystemDoor(whole.office, whole.bus, whole.watchers, notices=tuple, stop=stop)
    heard: list[settings.Settings] = []
    door.on_settings = lambda: heard.append(whole.office.settings)
    with pytest.raises(errors.InvalidField):
        await door.change_settings(body=settings.Settings(quiet_to="07:00"))
    assert heard == []
    new = settings.Settings(quiet_from="22:00", quiet_to="07:00")
    await door.change_settings(body=new)
    assert heard == [new]


async def test_a_setting_takes_effect_and_is_kept(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate, make: Make
) -> None:
    task = await agent.add(
        "t", gate.wait, overlap=tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=9)
    )
    new = settings.Settings(history_days=3, max_running=1)
    assert await ask(commands.change_settings(new)) == new
    assert await ask(commands.show_settings()) == new
    await agent.reached(await agent.run(task), "running")
    waiting = await agent.reached(await agent.run(task), "waiting")
    await ask(commands.change_settings(msgspec.structs.replace(new, max_running=2)))
    await agent.reached(waiting, "running")
    assert settings.load(agent.home.settings).history_days == 3


async def test_a_setting_that_cannot_be_changes_nothing(
    agent: embedded.Embedded, ask: Client
) -> None:
    body = b'{"history_days": 7, "history_rows": 1000, "max_running": 0}'
    call = commands.Call("PUT", "/v1/settings", settings.Settings, body=body)
    code, field, _ = await refused(ask, call)
    assert (code, field) == ("invalid_field", "max_running")
    assert await ask(commands.show_settings()) == settings.Settings()
    agent.home.settings.mkdir()
    code, _, message = await refused(
        ask, commands.change_settings(settings.Settings(max_running=5))
    )
    assert code == "storage_unavailable"
    assert "cannot be written" in message
    assert await ask(commands.show_settings()) == settings.Settings()


# Events


async def test_an_event_runs_who_waits_for_it_with_its_data(
    agent: embedded.Embedded, ask: Client
) -> None:
    task = await agent.add("t", 'echo "$BGTASKS_ARG_N"', triggers=(EVENT,))
    await agent.add("other", "true", triggers=({"type": "custom_event", "name": "stop"},))
    found = await ask(commands.emit_event("go", {"n": 3}))
    [run] = found.runs
    assert (found.event, run.task_id, run.trigger.type) == ("go", task.id, "custom_event")
    assert codec.plain(run.trigger.details) == {"n": 3}
    assert codec.plain(run.trigger.arguments) == {"n": 3}
    await agent.ended(run)
    assert agent.log(run) == "3\n"
    assert (await ask(commands.emit_event("nobody/waits for this"))).runs == ()


async def test_data_are_an_object(ask: Client) -> None:
    call = commands.Call("POST", "/v1/emit/go", object, body=b'{"data": "text"}')
    code, field, _ = await refused(ask, call)
    assert (code, field) == ("invalid_field", "data")


# The pause


async def test_a_pause_holds_everything_until_it_is_lifted(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    running = await agent.reached(await agent.run(await agent.add("a", gate.wait)), "running")
    assert (await ask(commands.pause_everything())).paused
    shown = await ask(commands.show_run(running.id))
    assert shown is not None
    assert shown.state == "suspended"
    waiting = await agent.reached(await agent.run(await agent.add("b", "true")), "waiting")
    found = await ask(commands.resume_everything())
    assert (found.paused, found.until) == (False, None)
    assert (await agent.ended(waiting)).state == "completed"
    gate.open()
    assert (await agent.ended(running)).state == "completed"


async def test_a_pause_has_an_end_to_come(agent: embedded.Embedded, ask: Client) -> None:
    now = agent.agent.clock.now()
    until = times.stamp(now + timedelta(hours=1))
    found = await ask(commands.pause_everything(until))
    assert (found.paused, found.until) == (True, until)
    assert (await ask(commands.show_system())).pause == found
    await ask(commands.resume_everything())
    past = times.stamp(now - timedelta(seconds=1))
    for wrong, words in ((past, "has passed"), ("soon", "no time"), ("2999-01-01", "no time")):
        code, field, message = await refused(ask, commands.pause_everything(wrong))
        assert (code, field) == ("invalid_field", "until")
        assert words in message
    assert not (await ask(commands.show_system())).pause.paused


# The end


async def test_a_stop_leaves_runs_alone(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    run = await agent.reached(await agent.run(await agent.add("t", gate.wait)), "running")
    found = await ask(commands.stop_agent())
    assert (found.stopping, found.left_running) == (True, 1)
    assert agent.agent.stopped.is_set()
    await agent.stop()
    assert run.process is not None
    assert run.process.pid in embedded.living(agent.home)


async def test_a_stop_that_cancels_ends_runs_and_starts_none(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("t", gate.wait, overlap=queue)
    run = await agent.reached(await agent.run(task), "running")
    waiting = await agent.reached(await agent.run(task), "waiting")
    found = await ask(commands.stop_agent(cancel=True))
    assert found.left_running == 0
    assert embedded.why(await agent.ended(run)) == ("canceled", "terminating")
    # It waits for the next agent.
    assert agent.now(waiting).state == "waiting"

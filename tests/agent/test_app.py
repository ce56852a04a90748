"""The agent put together: how it comes up, and that it goes down in order."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
from pathlib import Path

import pytest

from bgtasks_gui import paths, settings
from bgtasks_gui.agent import app
from bgtasks_gui.agent.line import supervision
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, runs
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, living, settles, why


async def test_embedded_it_answers_without_a_socket(agent: Embedded) -> None:
    async with Client(asgi.AsgiTransport(agent.agent.app)) as ask:
        health = await ask(commands.show_health())
        system = await ask(commands.show_system())
    assert health.home == str(agent.home.root)
    assert system.notices == ()
    assert not agent.home.agent_socket.exists()


async def test_it_leaves_nothing_behind_but_the_home(make: Make, place: paths.Home) -> None:
    agent = await make().start()
    await agent.ended(await agent.run(await agent.add("short", "true")))
    await agent.stop()
    assert living(place) == {}
    with sqlite3.connect(place.database) as base:
        assert base.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    base.close()


async def test_stopping_leaves_runs_to_the_supervisor(make: Make, gate: Gate) -> None:
    agent = await make().start()
    run = await agent.run(await agent.add("long", f"echo ready; {gate.wait}"))
    await agent.printed(run, "ready")
    await agent.stop()
    assert len(living(agent.home)) == 2
    again = await make().start()
    assert again.now(run).state is runs.RunState.RUNNING
    gate.open()
    assert (await again.ended(run)).state is runs.RunState.COMPLETED


async def test_stopping_with_its_work_ends_the_work_and_says_so(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "echo ready; sleep 1000"))
    await agent.printed(run, "ready")
    await agent.agent.cancel_all()
    assert why(agent.now(run)) == ("canceled", "terminating")


async def test_a_damaged_database_is_set_aside_and_that_is_said(
    make: Make, place: paths.Home
) -> None:
    place.root.mkdir(exist_ok=True)
    place.database.write_text("this is no database, but somebody may want it back")
    agent = await make().start()
    async with Client(asgi.AsgiTransport(agent.agent.app)) as ask:
        [notice] = (await ask(commands.show_system())).notices
    [kept] = [one for one in place.root.iterdir() if ".unreadable-" in one.name]
    assert kept.name in notice
    assert "somebody may want it back" in kept.read_text()


@pytest.mark.parametrize("spoil", ["settings", "lock"])
async def test_a_start_that_fails_takes_down_what_was_up(place: paths.Home, spoil: str) -> None:
    paths.make_home(place)
    if spoil == "settings":
        place.settings.write_text('{"history_days": -1}')
        with pytest.raises(errors.InvalidField, match="history_days"):
            await app.Agent(place, serve=False).start()
        place.settings.write_text("{}")
    else:
        with app.lock.hold(place.agent_lock), pytest.raises(errors.AgentAlreadyRunning):
            await app.Agent(place, serve=False).start()
    agent = app.Agent(place, serve=False)
    await agent.start()
    assert agent.office.settings == settings.Settings()
    await agent.stop()


async def test_a_lost_supervisor_is_replaced_and_work_goes_on(agent: Embedded) -> None:
    first = agent.agent.runner.line.pid
    assert first is not None
    task = await agent.add("short", "echo done")
    os.kill(first, signal.SIGKILL)
    await settles(lambda: agent.agent.runner.line.pid not in {None, first})
    run = await agent.run(task)
    assert (await agent.ended(run)).state is runs.RunState.COMPLETED
    assert agent.log(run) == "done\n"


async def test_a_supervisor_that_cannot_be_replaced_at_once_is_tried_again(
    agent: Embedded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, tries = agent.agent.runner.line.pid, list[int]()
    assert first is not None
    real = supervision.Supervision.open

    async def reluctant(line: supervision.Supervision) -> list[supervision.Known]:
        tries.append(1)
        if len(tries) < 3:
            raise errors.SupervisorLost("There is no room for one.")
        return await real(line)

    monkeypatch.setattr(supervision.Supervision, "open", reluctant)
    os.kill(first, signal.SIGKILL)
    await settles(lambda: len(tries) == 3 and agent.agent.runner.line.pid not in {None, first})
    assert "There is no room for one. Trying again." in caplog.text
    run = await agent.run(await agent.add("short", "true"))
    assert (await agent.ended(run)).state is runs.RunState.COMPLETED


async def test_stopping_does_not_wait_for_a_supervisor_that_cannot_be_had(
    agent: Embedded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = agent.agent.runner.line.pid
    assert first is not None

    async def never(line: supervision.Supervision) -> list[supervision.Known]:
        raise errors.SupervisorLost("There is no room for one.")

    monkeypatch.setattr(supervision.Supervision, "open", never)
    os.kill(first, signal.SIGKILL)
    await settles(lambda: "Trying again" in caplog.text)
    await agent.stop()


async def test_a_run_that_is_being_started_is_ended_with_the_agent(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    assert agent.now(run).state is runs.RunState.PENDING
    await agent.agent.cancel_all()
    assert why(agent.now(run)) == ("canceled", "terminating")


async def test_two_homes_do_not_know_of_one_another(agent: Embedded) -> None:
    root = Path(tempfile.mkdtemp(prefix="bgt-"))
    other = Embedded(paths.find_home({"BGTASKS_HOME": str(root)}))
    try:
        await other.start()
        await agent.add("here", "true")
        assert await other.agent.store.count_tasks() == 0
    finally:
        await other.stop()
        shutil.rmtree(root)

"""Long work that says what it does is watched, and not ended on a doubt (concepts R106, R108)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import client, paths
from bgtasks_gui.agent import app
from bgtasks_gui.client import commands
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import tasks
from bgtasks_gui.wire import codec, shapes
from tests.agent.support import embedded
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine
from tests.flows.living import PATIENCE_S

LOOK = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


class Followed:
    """An agent whose time the test lets pass, and somebody who asks it over its socket."""

    def __init__(self, agent: app.Agent, clock: ManualClock, ask: Client, folder: Path) -> None:
        self.ask = ask
        self._agent, self._clock, self._folder = agent, clock, folder

    async def begin(self, script: str, *modes: str, **fields: object) -> shapes.RunView:
        """A run of a task that declares these modes, once it is shown as that."""
        payload = codec.raw({"argv": [script], "shell": True, "cwd": str(self._folder)})
        spec = tasks.TaskSpec(name="work", kind="command", payload=payload, modes=modes, **fields)
        await self.ask(commands.register_task(spec))
        run = await self.ask(commands.run_task("work"))
        await self.until(lambda all_: any(one.run_id == run.id for one in all_))
        return run

    async def until(self, holds: Callable[[tuple[shapes.ContinuousView, ...]], bool]) -> None:
        """Return once this holds of what goes on."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(await self.ask(background.list_continuous())):
                pass

    async def log(self, run: shapes.RunView, text: str) -> None:
        """Return once the run has printed this."""
        while text not in (await self.ask(commands.read_log(run.id, wait=PATIENCE_S))).text:
            pass

    async def show(self, run: shapes.RunView) -> shapes.RunView:
        found = await self.ask(commands.show_run(run.id))
        assert found is not None
        return found

    async def ended(self, run: shapes.RunView) -> shapes.RunView:
        """The run once it is over. It is asked for: what is told of it waits for the clock."""
        async with asyncio.timeout(PATIENCE_S):
            while (now := await self.show(run)).completed_at is None:
                pass
        return now

    async def passes(self, time: timedelta) -> None:
        """Time goes on; what is looked at on the way is seen before it does."""
        for _ in range(time // LOOK):
            await self._clock.advance_async(LOOK)
            await embedded.settles(self._is_idle)

    def _is_idle(self) -> bool:
        looking = self._agent.background.overseeing._checking._looking
        return looking is None or looking.done()


@pytest.fixture
async def one(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Followed]:
    """An agent on a computer that tells nothing: no D-Bus answers there, and no sound server."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={home}/none")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{home}/none")
    place, clock = paths.find_home(), ManualClock()
    agent = app.Agent(place, clock=clock, computer=ScriptedMachine())
    try:
        await agent.start()
        async with client.connect(place) as ask:
            yield Followed(agent, clock, ask, home)
    finally:
        await agent.stop()
        embedded.clear_away(place)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[embedded.Gate]:
    """Something that runs wait at."""
    made = embedded.Gate(tmp_path / "gate")
    yield made
    made.close()


async def test_what_cannot_be_checked_goes_on(one: Followed, gate: embedded.Gate) -> None:
    run = await one.begin(gate.wait, "audioRecording")
    await one.passes(10 * MINUTE)
    [shown] = await one.ask(background.list_continuous())
    [check] = shown.checks
    assert (check.mode, check.used) == ("audioRecording", None)
    assert check.sentence.startswith("It cannot be checked here: ")
    assert (await one.show(run)).state == "running"
    gate.open()
    assert (await one.ended(run)).state == "completed"
    await one.until(lambda left: left == ())


async def test_a_transfer_of_data_that_stands_still_is_ended(
    one: Followed, gate: embedded.Gate
) -> None:
    run = await one.begin(f"{gate.wait}; echo '10 %'; exec sleep 1000", "dataTransfer")
    gate.open()
    await one.log(run, "10 %")
    # What it printed is told of within a moment.
    await one.passes(LOOK)
    await one.until(lambda shown: shown[0].checks[0].used is True)
    await one.passes(9 * MINUTE)
    [shown] = await one.ask(background.list_continuous())
    assert shown.checks[0].sentence.startswith("No progress for 9 min")
    assert (await one.show(run)).state == "running"
    await one.passes(MINUTE)
    ended = await one.ended(run)
    assert ended.reason is not None
    assert (ended.state, ended.reason.code, ended.reason.ohos) == ("canceled", "no_progress", 12)
    assert await one.ask(background.list_continuous()) == ()


async def test_work_that_computes_for_long_asks_the_computer_to_stay_awake(
    one: Followed, gate: embedded.Gate
) -> None:
    run = await one.begin(gate.wait, "taskKeeping")
    [hold] = (await one.ask(background.show_background())).holds
    assert hold.why.startswith("work: Computes for long")
    await one.ask(commands.suspend_run(run.id))
    assert (await one.ask(background.show_background())).holds == ()
    await one.ask(commands.resume_run(run.id))
    gate.open()
    assert (await one.ended(run)).state == "completed"
    await one.until(lambda left: left == ())
    assert (await one.ask(background.show_background())).holds == ()

"""The parts together: what one of them does, the others hear of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent.background import service
from bgtasks_gui.core import events, progress, reasons
from bgtasks_gui.core.background import access, continuous
from bgtasks_gui.core.background.modes import Mode
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, settles, why
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine

PLAYER = access.Access(owner="player", modes=(Mode.TASK_KEEPING, Mode.DATA_TRANSFER))
_Code = reasons.Code


class Lived:
    """All of it beside a running agent."""

    def __init__(self, agent: Embedded, machine: ScriptedMachine) -> None:
        self.agent = agent
        self.machine = machine
        inner = agent.agent
        self.all = service.Background(
            inner.ledger, inner.bus, inner.runner, machine, inner.clock
        )  # fmt: skip

    async def begin(self) -> Lived:
        await self.all.restore(self.agent.agent.store)
        self.all.start()
        return self

    def told(self, kind: type[events.Event]) -> list[str]:
        """What became of each, in order."""
        return [one.what for one in self.agent.told if isinstance(one, kind)]

    async def until_told(self, kind: type[events.Event], what: str) -> None:
        await self.agent.until(lambda: what in self.told(kind) or None)

    async def start(self, *modes: Mode, **fields: object) -> continuous.ContinuousTask:
        base = {"owner": "player", "ability": "main", "title": "Computing", "text": "A film"}
        return await self.all.conducting.start(
            continuous.Wish(**(base | {"modes": modes or (Mode.TASK_KEEPING,)} | fields))
        )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def one(
    make: Make, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Lived]:
    """It lives, and the player may compute and load; nothing keeps the real computer awake."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    found = await Lived(await make(clock=clock).start(), ScriptedMachine()).begin()
    await found.all.grants.grant(PLAYER)
    yield found
    await found.all.close()


async def test_what_keeps_awake_holds_the_computer_for_as_long_as_it_goes_on(one: Lived) -> None:
    await one.start(keeps_awake=True)
    await one.start(ability="other")
    [hold] = one.all.holds.views()
    assert hold.what == "sleep:shutdown"
    assert hold.why.startswith("Computing: A film")
    await one.all.conducting.stop("player", "main")
    assert one.all.holds.views() == ()


async def test_an_update_may_let_the_computer_sleep(one: Lived) -> None:
    await one.start(keeps_awake=True)
    asked = continuous.Wish(owner="player", ability="main", modes=(Mode.DATA_TRANSFER,))
    await one.all.conducting.update(asked)
    assert one.all.holds.views() == ()


async def test_the_use_of_modes_is_watched_and_shown(one: Lived) -> None:
    task = await one.start(Mode.DATA_TRANSFER)
    [check] = one.all.checks(task)
    assert (check.mode, check.used) == ("dataTransfer", None)
    said = continuous.Transferred(title="t", file_name="f", value=5)
    one.all.conducting.progress(task.id, task.notification_id, said)
    [check] = one.all.checks(task)
    assert check.used is True
    await one.all.conducting.stop("player", "main")
    assert one.all.checks(task) == ()


async def test_what_makes_no_progress_is_cancelled(one: Lived, clock: ManualClock) -> None:
    await one.start(Mode.DATA_TRANSFER)
    for _ in range(21):
        await clock.advance_async(timedelta(seconds=30))
    await one.until_told(events.ContinuousChanged, "canceled")
    [told] = [one_.reason for one_ in one.agent.told if getattr(one_, "what", "") == "canceled"]
    assert (told.code, told.detail) == (_Code.NO_PROGRESS, "10 min")
    assert one.all.conducting.going() == ()


async def test_misuse_ends_all_of_a_program_but_one_of_a_person(
    one: Lived, gate: Gate
) -> None:  # fmt: skip
    first, _ = await one.start(), await one.start(ability="other")
    one.all._misused(first.id, "sound is recorded")
    one.all._misused(99, "sound is recorded")
    await one.agent.agent.runner.settle()
    assert one.told(events.ContinuousChanged)[-2:] == ["canceled", "canceled"]
    own = [await one.agent.add(name, gate.wait, modes=("taskKeeping",)) for name in "ab"]
    ran = [await one.agent.run(task) for task in own]
    await one.agent.until(lambda: len(one.all.conducting.going()) == 2)
    [mine] = [each for each in one.all.conducting.going() if each.run_id == ran[0].id]
    one.all._misused(mine.id, "sound is recorded")
    assert why(await one.agent.ended(ran[0])) == ("canceled", "mode_misuse")
    assert [each.run_id for each in one.all.conducting.going()] == [ran[1].id]
    one.all._unused(mine.id, _Code.NO_PROGRESS, "over already")
    await one.agent.agent.runner.settle()


async def test_a_suspended_run_keeps_nobody_awake(one: Lived, gate: Gate) -> None:
    run = await one.agent.run(await one.agent.add("walk", gate.wait, modes=("taskKeeping",)))
    await one.until_told(events.ContinuousChanged, "started")
    assert len(one.all.holds.views()) == 1
    await one.agent.suspend(await one.agent.reached(run, "running"))
    assert one.all.holds.views() == ()
    await one.agent.resume(run)
    await settles(lambda: len(one.all.holds.views()) == 1)
    gate.open()
    await one.agent.ended(run)
    await one.until_told(events.ContinuousChanged, "stopped")
    assert one.all.holds.views() == ()


async def test_the_processes_of_a_run_are_those_that_are_looked_at(one: Lived, gate: Gate) -> None:
    run = await one.agent.run(
        await one.agent.add("walk", f"echo ready; {gate.wait}", modes=("taskKeeping",))
    )
    await one.agent.printed(run, "ready")
    process = one.agent.now(run).process
    assert process is not None
    assert process.pid in await one.all._processes(run.id)
    assert await one.all._processes(None) == frozenset()
    gate.open()
    await one.agent.ended(run)
    assert await one.all._processes(run.id) == frozenset()


async def test_how_far_a_run_is_counts_as_its_data_transfer(one: Lived, gate: Gate) -> None:
    task = await one.agent.add("load", gate.wait, modes=("dataTransfer",))
    run = await one.agent.run(task)
    await one.until_told(events.ContinuousChanged, "started")
    [own] = one.all.conducting.going()
    figure = events.RunProgressed(
        at=one.agent.agent.clock.now(), run_id=run.id, task_id=task.id,
        progress=progress.Progress(done=10, total=100, rate=5.0),
    )  # fmt: skip
    one.agent.agent.bus.publish(figure)
    [check] = one.all.checks(own)
    assert check.used is True
    gate.open()
    await one.agent.ended(run)


async def test_a_delay_is_told_at_each_step(one: Lived, clock: ManualClock) -> None:
    await one.all.delaying.request("player", "saving", "c")
    await one.all.delaying.cancel(1, "player")
    await one.all.delaying.request("player", "saving", "c")
    await clock.advance_async(timedelta(minutes=3))
    steps = ["granted", "canceled", "granted", "expiring", "ended"]
    assert one.told(events.DelayChanged) == steps


async def test_the_run_that_a_delay_was_for_ends_with_it(
    one: Lived, clock: ManualClock, gate: Gate
) -> None:
    runs = [await one.agent.run(await one.agent.add(name, gate.wait)) for name in "ab"]
    for run in runs:
        await one.agent.reached(run, "running")
        await one.all.delaying.request(run.id, "saving", "c", run.id)
    await one.agent.cancel(runs[1])
    await one.agent.ended(runs[1])
    assert one.told(events.DelayChanged)[-1] == "canceled"
    await clock.advance_async(timedelta(minutes=3))
    assert why(await one.agent.ended(runs[0])) == ("canceled", "time_limit")


async def test_a_low_battery_makes_delays_short(one: Lived) -> None:
    one.machine.say(on_ac_power=False, battery=10.0)
    delay = await one.all.delaying.request("player", "saving", "c")
    assert delay.granted == timedelta(minutes=1)


async def test_with_the_screen_off_nobody_is_in_front(one: Lived, clock: ManualClock) -> None:
    await one.all.delaying.request("player", "saving", "c")
    await one.all.delaying.set_front("player", True)
    clock.advance(timedelta(minutes=1))
    assert one.all.delaying.find(1, "player").left == timedelta(minutes=3)
    one.machine.say(screen_on=False)
    one.all.look_at_machine()
    clock.advance(timedelta(minutes=1))
    assert one.all.delaying.find(1, "player").left == timedelta(minutes=2)


async def test_the_next_agent_takes_all_of_it_up(
    one: Lived, make: Make, clock: ManualClock
) -> None:
    task = await one.start(keeps_awake=True)
    await one.all.close()
    await one.agent.stop()
    later = await Lived(await make(clock=clock).start(), ScriptedMachine()).begin()
    assert later.all.grants.all() == (PLAYER,)
    assert [each.id for each in later.all.conducting.going()] == [task.id]
    assert len(later.all.holds.views()) == 1
    assert [check.mode for check in later.all.checks(task)] == ["taskKeeping"]
    await later.all.close()

"""The parts together: what one of them does, the others hear of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.core import events
from bgtasks_gui.core.background import access, codes, continuous, resources
from bgtasks_gui.core.background.modes import Mode
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine

PLAYER = access.Access(owner="player", modes=(Mode.TASK_KEEPING, Mode.DATA_TRANSFER))

INDEXER = access.Access(owner="indexer", is_system=True)


class Lived:
    """All of it in a running agent."""

    def __init__(self, agent: Embedded, machine: ScriptedMachine) -> None:
        self.agent = agent
        self.machine = machine
        self.all = agent.agent.background

    def told(self, kind: type[events.Event]) -> list[str]:
        """What became of each, in order."""
        return [one.what for one in self.agent.told if isinstance(one, kind)]

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
) -> Lived:
    """It lives, and the player may compute and load; nothing keeps the real computer awake."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    machine = ScriptedMachine()
    found = Lived(await make(clock=clock, computer=machine).start(), machine)
    await found.all.grants.grant(PLAYER)
    return found


async def test_what_keeps_awake_holds_the_computer_for_as_long_as_it_goes_on(one: Lived) -> None:
    await one.start(keeps_awake=True)
    await one.start(ability="other")
    [hold] = one.all.holds.views()
    assert hold.what == "sleep:shutdown"
    assert hold.why.startswith("Computing: A film")
    await one.all.conducting.stop("player", "main")
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
    one.agent.agent.bus.publish(events.SystemChanged(at=clock.now()))
    clock.advance(timedelta(minutes=1))
    assert one.all.delaying.find(1, "player").left == timedelta(minutes=2)


async def test_resources_keep_the_computer_awake_until_their_owner_may_not_hold_them(
    one: Lived, clock: ManualClock
) -> None:
    await one.all.grants.grant(INDEXER)
    asked = {"owner": "indexer", "is_apply": True, "timeout_ms": 60_000, "reason": "indexing"}
    await one.all.resourcing.act(resources.Request(resource_types=129, **asked))
    told = [each for each in one.agent.told if isinstance(each, events.SystemChanged)]
    assert told
    assert [hold.what for hold in one.all.holds.views()] == ["sleep:shutdown"] * 2
    await clock.advance_async(timedelta(minutes=1))
    assert (one.all.holds.views(), one.all.resourcing.held()) == ((), ())
    await one.all.resourcing.act(resources.Request(resource_types=1, **asked))
    await one.all.grants.grant(access.Access(owner="indexer"))
    assert one.all.resourcing.held() == ()


async def test_who_is_forgotten_has_nothing_any_more(one: Lived) -> None:
    await one.all.grants.grant(INDEXER)
    asked = {"owner": "indexer", "is_apply": True, "is_persist": True, "reason": "indexing"}
    await one.all.resourcing.act(resources.Request(resource_types=1, **asked))
    await one.all.delaying.request("indexer", "saving", "c")
    await one.all.grants.remove("indexer")
    assert one.all.holds.views() == ()
    assert one.told(events.DelayChanged) == ["granted", "canceled"]


async def test_the_next_agent_takes_all_of_it_up(
    one: Lived, make: Make, clock: ManualClock
) -> None:
    task = await one.start(keeps_awake=True)
    await one.all.grants.grant(INDEXER)
    asked = {"owner": "indexer", "is_apply": True, "is_persist": True, "reason": "indexing"}
    held = await one.all.resourcing.act(resources.Request(resource_types=128, **asked))
    await one.agent.stop()
    later = Lived(await make(clock=clock).start(), one.machine)
    assert later.all.grants.all() == (INDEXER, PLAYER)
    assert later.all.resourcing.held() == held
    assert [each.id for each in later.all.conducting.going()] == [task.id]
    assert len(later.all.holds.views()) == 2
    assert [check.mode for check in later.all.checks(task)] == ["taskKeeping"]


async def test_what_is_closed_hears_nothing_more(one: Lived, gate: Gate) -> None:
    await one.all.close()
    run = await one.agent.run(await one.agent.add("walk", gate.wait, modes=("taskKeeping",)))
    await one.agent.reached(run, "running")
    await one.agent.agent.runner.settle()
    assert one.all.conducting.going() == ()
    assert one.all.holds.views() == ()


async def test_a_delay_is_for_a_run_that_goes_on_and_is_the_program_s_own(
    one: Lived, gate: Gate
) -> None:
    with pytest.raises(codes.BadParameter, match="This run is not going on") as caught:
        await one.all.delaying.request("player", "saving", "c", "x")
    assert caught.value.field == "run"
    run = await one.agent.run(await one.agent.add("a", gate.wait, owner="editor"))
    await one.agent.reached(run, "running")
    with pytest.raises(codes.PermissionDenied, match="belongs to another program"):
        await one.all.delaying.request("player", "saving", "c", run.id)
    assert (await one.all.delaying.request("editor", "saving", "c", run.id)).run_id == run.id

"""What continuous tasks declare is watched, and what they need held, over a whole agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent.background import conducting, delaying, granting, holds, overseeing
from bgtasks_gui.core import events, progress, runs
from bgtasks_gui.core.background import access, continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes import finding
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, settles, why
from tests.fakes.manual_clock import ManualClock
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content

MINUTE = timedelta(minutes=1)
LOOK = timedelta(seconds=30)
PLAYER = access.Access(
    owner="player", modes=(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER, Mode.LOCATION)
)
SILENT = finding.unused(Code.MODE_NOT_USED_AUDIO_PLAYBACK, "Its media session is paused.")
NOWHERE = finding.unused(Code.MODE_NOT_USED_LOCATION, "No program asks for the location.")
UNTOLD = finding.unknown("pactl is not installed")
FILM = Entity(make_content(300_000))
HALF = 100_000
_S = runs.RunState


class Computer:
    """Says of each mode what the test lets it say; else that it is not known."""

    def __init__(self) -> None:
        self.says: dict[Mode, finding.Finding] = {}
        self.is_recording = False
        self.asked: list[tuple[Mode, frozenset[int]]] = []

    async def look(self, mode: Mode, pids: frozenset[int]) -> finding.Finding:
        self.asked.append((mode, pids))
        if self.is_recording and mode is Mode.AUDIO_RECORDING:
            return finding.used("Sound is being recorded.", pids)
        return self.says.get(mode, UNTOLD)


class Overseen:
    """Continuous tasks beside a running agent, and somebody who watches over them."""

    def __init__(self, agent: Embedded, clock: ManualClock, nowhere: str) -> None:
        self.agent, self.clock = agent, clock
        self.computer = Computer()
        inner = agent.agent
        self.grants = granting.Granting(inner.ledger)
        self.conducting = conducting.Conducting(
            inner.ledger, inner.bus, inner.runner, self.grants, clock
        )
        self.delays = delaying.Delaying(inner.ledger, clock, lambda: False)
        self.holds = holds.Holds(clock, nowhere)
        self.overseeing = overseeing.Overseeing(
            inner.bus, inner.runner, self.conducting, self.delays, self.holds, self.computer.look
        )

    async def begin(self) -> Overseen:
        # In place of the agent's own.
        await self.agent.agent.background.close()
        store = self.agent.agent.store
        await self.grants.restore(store)
        await self.grants.grant(PLAYER)
        await self.delays.restore(store)
        await self.conducting.restore(store)
        self.overseeing.restore()
        self.delays.start()
        return self

    async def close(self) -> None:
        await self.overseeing.close()
        await self.delays.close()
        await self.holds.close()

    async def starts(self, *modes: Mode, **fields: object) -> continuous.ContinuousTask:
        base = {"owner": "player", "ability": "main", "title": "Playing", "text": "A song"}
        wish = continuous.Wish(**(base | {"modes": modes} | fields))
        return await self.conducting.start(wish)

    async def at_work(self, script: str, *modes: str, **fields: object) -> runs.Run:
        """A run that is at work, and shown as that."""
        run = await self.agent.run(await self.agent.add("walk", script, modes=modes, **fields))
        await self.agent.until(lambda: self.of(run))
        await self.agent.reached(run, "running")
        return run

    def of(self, run: runs.Run) -> list[continuous.ContinuousTask]:
        return [one for one in self.conducting.going() if one.run_id == run.id]

    async def passes(self, time: timedelta) -> None:
        """Time goes on, and every look is over."""
        for _ in range(time // LOOK):
            await self.clock.advance_async(LOOK)
            await settles(self._is_idle)
        await self.agent.agent.runner.settle()

    def _is_idle(self) -> bool:
        looking = self.overseeing._checking._looking
        return looking is None or looking.done()

    def canceled(self) -> list[tuple[int, Code, str | None]]:
        return [
            (one.task.id, one.reason.code, one.reason.detail)
            for one in self.agent.told
            if isinstance(one, events.ContinuousChanged) and one.reason is not None
        ]

    def checks(self, id: int) -> list[tuple[str, bool | None, str]]:
        return [(one.mode, one.used, one.sentence) for one in self.overseeing.checks_of(id)]

    def held_for(self) -> list[str]:
        """Why the computer is kept from sleep; what it says of itself left out."""
        return [view.why.partition(". ")[0] for view in self.holds.views()]


@pytest.fixture
async def one(make: Make, tmp_path: Path) -> AsyncIterator[Overseen]:
    """Somebody who watches over the player; nothing keeps the real computer awake."""
    clock = ManualClock()
    agent = await make(clock=clock).start()
    found = await Overseen(agent, clock, f"unix:path={tmp_path}/none").begin()
    yield found
    await found.close()


async def test_what_is_not_done_is_ended_with_the_reason_that_was_found(one: Overseen) -> None:
    one.computer.says = {Mode.AUDIO_PLAYBACK: SILENT, Mode.LOCATION: NOWHERE}
    first = await one.starts(Mode.AUDIO_PLAYBACK)
    second = await one.starts(Mode.LOCATION, ability="walk")
    assert one.checks(first.id) == [("audioPlayback", None, "It has not been looked at yet.")]
    await one.passes(LOOK)
    assert one.checks(first.id) == [("audioPlayback", False, SILENT.sentence)]
    await one.conducting.stop("player", "walk")
    await one.passes(LOOK)
    silence = "its media session is paused"
    assert one.canceled() == [(first.id, Code.MODE_NOT_USED_AUDIO_PLAYBACK, silence)]
    assert one.conducting.going() == ()
    assert one.checks(first.id) == one.checks(second.id) == []
    asked = len(one.computer.asked)
    await one.passes(MINUTE)
    assert len(one.computer.asked) == asked


async def test_what_cannot_be_told_goes_on(one: Overseen) -> None:
    task = await one.starts(Mode.AUDIO_PLAYBACK, Mode.LOCATION)
    await one.passes(20 * MINUTE)
    assert one.conducting.going() == (task,)
    assert [used for _, used, _ in one.checks(task.id)] == [None, None]


async def test_other_modes_are_looked_at_from_now_on(one: Overseen) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    task = await one.starts(Mode.AUDIO_PLAYBACK)
    wish = continuous.Wish(owner="player", ability="main", modes=(Mode.LOCATION,))
    await one.passes(MINUTE)
    await one.conducting.update(wish)
    await one.passes(MINUTE - LOOK)
    assert [mode for mode, *_ in one.checks(task.id)] == ["location"]
    await one.passes(LOOK)
    assert [code for _, code, _ in one.canceled()] == [Code.MODE_NOT_USED_LOCATION]


async def test_what_goes_on_since_an_earlier_agent_is_watched(
    one: Overseen, make: Make, tmp_path: Path
) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    task = await one.starts(Mode.LOCATION, keeps_awake=True)
    await one.close()
    await one.agent.stop()
    await one.passes(MINUTE)
    assert one.canceled() == []
    agent = await make(clock=one.clock).start()
    later = await Overseen(agent, one.clock, f"unix:path={tmp_path}/none").begin()
    later.computer.says = one.computer.says
    assert later.held_for() == ["Playing: A song"]
    await later.passes(MINUTE)
    assert [(id, code) for id, code, _ in later.canceled()] == [
        (task.id, Code.MODE_NOT_USED_LOCATION)
    ]
    assert later.held_for() == []
    await later.close()


# Runs


async def test_its_own_processes_are_looked_at_and_the_run_ends_with_it(
    one: Overseen, gate: Gate
) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    run = await one.at_work(gate.wait, "location")
    process = one.agent.now(run).process
    assert process is not None
    await one.passes(LOOK)
    assert {mode for mode, _ in one.computer.asked} == {Mode.LOCATION, Mode.AUDIO_RECORDING}
    assert all(process.pid in pids for _, pids in one.computer.asked)
    await one.passes(LOOK)
    assert why(await one.agent.ended(run)) == ("canceled", "mode_not_used_location")
    assert [code for _, code, _ in one.canceled()] == [Code.MODE_NOT_USED_LOCATION]


async def test_a_run_that_is_suspended_or_about_to_end_is_not_judged(
    one: Overseen, gate: Gate
) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    script = f"trap : TERM; echo ready; {gate.wait}; {gate.wait}"
    run = await one.at_work(script, "location", grace=MINUTE)
    await one.agent.printed(run, "ready")
    await one.agent.suspend(run)
    await one.passes(20 * MINUTE)
    assert one.canceled() == []
    await one.agent.resume(run)
    await one.passes(LOOK)
    assert one.canceled() == []
    await one.agent.cancel(run)
    await one.passes(LOOK)
    assert one.agent.now(run).state is _S.CANCELING
    assert one.canceled() == []
    gate.open()
    gate.open()
    assert why(await one.agent.ended(run)) == ("canceled", "user_cancel")
    await one.passes(LOOK)
    assert [code for _, code, _ in one.canceled()] == [Code.USER_CANCEL]


async def test_misuse_ends_all_of_a_program_but_only_one_of_a_person(
    one: Overseen, gate: Gate
) -> None:
    song = await one.starts(Mode.AUDIO_PLAYBACK)
    run = await one.at_work(gate.wait, "location", owner="player")
    one.computer.is_recording = True
    await one.passes(LOOK)
    misuse = "mode_misuse"
    assert why(await one.agent.ended(run)) == ("canceled", misuse)
    assert [code.value for _, code, _ in one.canceled()] == [misuse, misuse]
    assert one.canceled()[0][0] == song.id
    one.computer.is_recording = False
    ran = [
        await one.agent.run(await one.agent.add(name, gate.wait, modes=("audioRecording",)))
        for name in "ab"
    ]
    await one.agent.until(lambda: all(map(one.of, ran)))
    one.overseeing._misused(one.of(ran[0])[0].id, "sound is recorded")
    assert why(await one.agent.ended(ran[0])) == ("canceled", misuse)
    assert one.of(ran[1])


# Progress


def figure(done: float, unit: str | None = "bytes", rate: float | None = None) -> progress.Progress:
    return progress.Progress(done=done, total=100, unit=unit, rate=rate)


async def test_only_what_gets_further_makes_progress(one: Overseen, gate: Gate) -> None:
    run = await one.at_work(gate.wait, "dataTransfer")
    other = await one.agent.run(await one.agent.add("other", gate.wait))
    await one.agent.reached(other, "running")
    [task] = one.of(run)
    tell = one.agent.agent.ledger.tell_progress
    tell(other.id, figure(5))
    tell(run.id, figure(0))
    assert one.checks(task.id) == [("dataTransfer", None, "It has not been looked at yet.")]
    tell(run.id, figure(5, rate=3.0))
    assert one.checks(task.id) == [("dataTransfer", True, "It makes progress.")]
    await one.passes(9 * MINUTE)
    tell(run.id, figure(6, unit="steps"))
    await one.passes(5 * MINUTE)
    tell(run.id, figure(6, unit="steps", rate=0.0))
    assert one.checks(task.id) == [("dataTransfer", False, "No progress for 5 min.")]
    await one.passes(5 * MINUTE)
    assert why(await one.agent.ended(run)) == ("canceled", "no_progress")
    assert one.canceled() == [(task.id, Code.NO_PROGRESS, "10 min")]


async def test_what_a_program_says_of_its_progress_counts(one: Overseen) -> None:
    task = await one.starts(Mode.DATA_TRANSFER)

    def say(value: int, file_name: str = "song.ogg") -> None:
        said = continuous.Transferred(title="Loading", file_name=file_name, value=value)
        one.conducting.progress(task.id, task.notification_id, said)

    for value, name in ((1, "song.ogg"), (2, "song.ogg"), (2, "other.ogg")):
        say(value, name)
        await one.passes(8 * MINUTE)
    say(2, "other.ogg")
    await one.passes(MINUTE)
    assert one.canceled() == []
    await one.passes(MINUTE)
    assert one.canceled() == [(task.id, Code.NO_PROGRESS, "10 min")]


async def test_what_a_program_says_counts_for_its_run_as_well(one: Overseen, gate: Gate) -> None:
    run = await one.at_work(gate.wait, "dataTransfer", owner="loader")
    own = await one.starts(Mode.DATA_TRANSFER, owner="", run_id=run.id)
    [automatic] = [each for each in one.of(run) if each.is_automatic]
    said = continuous.Transferred(title="Loading", file_name="a", value=1)
    one.conducting.progress(own.id, own.notification_id, said)
    assert one.checks(automatic.id) == one.checks(own.id)
    assert one.checks(own.id)[0][1] is True
    gate.open()
    await one.agent.until(lambda: not one.of(run))
    assert one.checks(own.id) == []


async def test_a_transfer_that_moves_nothing_is_ended_unless_it_checks_what_came(
    one: Overseen, tmp_path: Path
) -> None:
    with servers.running() as server:
        url = server.on("/film", scripts.serve(FILM, by=scripts.stall_after(HALF)))
        given = {"url": url, "to": str(tmp_path / "film")}
        task = await one.agent.register("film", "download", given, modes=("dataTransfer",))
        run = await one.agent.run(task)
        await one.agent.until(lambda: one.of(run))
        await one.agent.until(lambda: one.agent.now(run).progress)
        tell = one.agent.agent.ledger.tell_progress
        tell(run.id, progress.Progress(done=HALF, unit="bytes"))
        [own] = one.of(run)
        assert one.checks(own.id) == [("dataTransfer", True, "It makes progress.")]
        tell(run.id, progress.Progress(done=HALF, unit="bytes", message="checking"))
        await one.passes(20 * MINUTE)
        assert one.canceled() == []
        tell(run.id, progress.Progress(done=HALF, unit="bytes", message="connecting"))
        await one.passes(10 * MINUTE)
        assert why(await one.agent.ended(run)) == ("canceled", "no_progress")
    assert one.canceled() == [(own.id, Code.NO_PROGRESS, "10 min")]


# What is held


async def test_what_keeps_awake_holds_the_computer_while_it_works(
    one: Overseen, gate: Gate
) -> None:
    await one.starts(Mode.AUDIO_PLAYBACK, keeps_awake=True)
    await one.starts(Mode.LOCATION, ability="walk")
    assert one.held_for() == ["Playing: A song"]
    wish = continuous.Wish(owner="player", ability="main", modes=(Mode.LOCATION,))
    await one.conducting.update(wish)
    assert one.held_for() == []
    run = await one.at_work(gate.wait, "taskKeeping")
    assert one.held_for() == ["walk: Computes for long"]
    await one.agent.suspend(run)
    assert one.held_for() == []
    await one.agent.resume(run)
    await settles(lambda: one.held_for() == ["walk: Computes for long"])
    gate.open()
    await one.agent.ended(run)
    await settles(lambda: one.held_for() == [])


async def test_the_computer_stays_awake_for_suspend_delays(one: Overseen) -> None:
    delay = await one.delays.request("editor", "saving", "cb")
    await one.delays.request("editor", "sending", "other")
    asked = "editor asked for time to finish: "
    assert one.held_for() == [f"{asked}saving", f"{asked}sending"]
    assert {view.what for view in one.holds.views()} == {"sleep:shutdown"}
    await one.delays.cancel(delay.id, "editor")
    assert one.held_for() == [f"{asked}sending"]
    await one.passes(4 * MINUTE)
    assert one.held_for() == []


async def test_what_is_found_of_what_is_over_by_itself_changes_nothing(one: Overseen) -> None:
    task = await one.starts(Mode.LOCATION)
    one.overseeing._unused(task.id, Code.MODE_NOT_USED_LOCATION, "no program asks")
    await one.conducting.stop("player", "main")
    await one.agent.agent.runner.settle()
    assert one.canceled() == []

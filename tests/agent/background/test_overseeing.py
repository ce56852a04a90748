"""What continuous tasks declare is watched, and what they need is held, over a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.core import progress, reasons, runs, transfers
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.processes import Identity
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes import finding
from bgtasks_gui.store import SqliteStore
from bgtasks_gui.supervisor.children import processes
from tests.agent.support.overseen import LOOK, Overseen
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_run, a_task

MINUTE = timedelta(minutes=1)
SILENT = finding.unused(Code.MODE_NOT_USED_AUDIO_PLAYBACK, "Its media session is paused.")
NOWHERE = finding.unused(Code.MODE_NOT_USED_LOCATION, "No program asks for the location.")
_S = runs.RunState

Make = Callable[[], Awaitable[Overseen]]


@pytest.fixture
async def make(home: Path) -> AsyncIterator[Make]:
    """Makes one agent's after another, over one store and by one clock."""
    found = paths.find_home()
    paths.make_home(found)
    store, clock = SqliteStore(found.database), ManualClock()
    await store.open()
    made: list[Overseen] = []

    async def build() -> Overseen:
        for earlier in made:
            await earlier.close()
        made.append(Overseen(store, clock, found))
        return await made[-1].begin()

    yield build
    for each in made:
        await each.close()
    await store.close()


@pytest.fixture
async def one(make: Make) -> Overseen:
    """Somebody who watches over the player."""
    return await make()


@pytest.fixture
async def process() -> AsyncIterator[Identity]:
    """A process that a run may have."""
    child = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    found = processes.look_at(child.pid)
    assert found is not None
    yield Identity(pid=child.pid, start_ticks=found.start_ticks, boot_id=processes.boot_id())
    await child.communicate(b"")


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


async def test_what_goes_on_since_an_earlier_agent_is_watched(one: Overseen, make: Make) -> None:
    task = await one.starts(Mode.LOCATION, keeps_awake=True)
    later = await make()
    later.computer.says = {Mode.LOCATION: NOWHERE}
    assert one.held_for() == []
    assert later.held_for() == ["Playing: A song"]
    await later.passes(MINUTE)
    assert [(id, code) for id, code, _ in later.canceled()] == [
        (task.id, Code.MODE_NOT_USED_LOCATION)
    ]
    assert later.held_for() == []
    assert one.canceled() == []


# Runs


async def test_its_own_processes_are_looked_at_and_the_run_ends_with_it(
    one: Overseen, process: Identity
) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    run = await one.walks("location", process=process)
    await one.passes(LOOK)
    pids = frozenset({process.pid})
    assert one.computer.asked == [(Mode.LOCATION, pids), (Mode.AUDIO_RECORDING, pids)]
    await one.passes(LOOK)
    assert one.why(run) == ("canceling", "mode_not_used_location")
    assert [code for _, code, _ in one.canceled()] == [Code.MODE_NOT_USED_LOCATION]


async def test_a_run_that_is_suspended_or_about_to_end_is_not_judged(one: Overseen) -> None:
    one.computer.says = {Mode.LOCATION: NOWHERE}
    run = await one.walks("location")
    why = reasons.make(Code.USER_SUSPEND, one.clock.now())
    await one.ledger.move(run.id, _S.SUSPENDED, reason=why)
    await one.passes(20 * MINUTE)
    assert one.canceled() == []
    await one.ledger.move(run.id, _S.RUNNING, reason=None)
    await one.passes(LOOK)
    assert one.canceled() == []
    why = reasons.make(Code.USER_CANCEL, one.clock.now())
    await one.ledger.move(run.id, _S.CANCELING, reason=why)
    await one.passes(20 * MINUTE)
    assert one.canceled() == []
    await one.ledger.move(run.id, _S.CANCELED)
    await one.runner.settle()
    assert [code for _, code, _ in one.canceled()] == [Code.USER_CANCEL]


async def test_misuse_ends_all_of_a_program(one: Overseen, process: Identity) -> None:
    song = await one.starts(Mode.AUDIO_PLAYBACK)
    run = await one.walks("location", process=process, owner="player")
    one.computer.is_recording = True
    await one.passes(LOOK)
    detail = f"sound is recorded by process {process.pid}"
    [first, second] = one.canceled()
    assert first == (song.id, Code.MODE_MISUSE, detail)
    assert second[1:] == first[1:]
    assert one.why(run) == ("canceling", "mode_misuse")


async def test_misuse_ends_only_one_of_a_person(one: Overseen, process: Identity) -> None:
    ran = [await one.walks("location"), await one.walks("location", process=process)]
    one.computer.is_recording = True
    await one.passes(LOOK)
    assert [len(one.of(run)) for run in ran] == [1, 0]
    assert one.why(ran[1]) == ("canceling", "mode_misuse")


async def test_what_is_found_of_what_is_over_by_itself_changes_nothing(one: Overseen) -> None:
    task = await one.starts(Mode.LOCATION)
    one.overseeing._unused(task.id, Code.MODE_NOT_USED_LOCATION, "no program asks")
    await one.conducting.stop("player", "main")
    await one.runner.settle()
    assert one.canceled() == []


# Progress


def figure(done: float, unit: str | None = "bytes", rate: float | None = None) -> progress.Progress:
    return progress.Progress(done=done, total=100, unit=unit, rate=rate)


async def test_only_what_gets_further_makes_progress(one: Overseen) -> None:
    run, other = await one.walks("dataTransfer"), a_run(7)
    await one.ledger.add([other])
    [task] = one.of(run)
    tell = one.ledger.tell_progress
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
    assert one.why(run) == ("canceling", "no_progress")
    assert one.canceled() == [(task.id, Code.NO_PROGRESS, "10 min")]


async def test_a_transfer_that_moves_nothing_is_ended_unless_it_checks_what_came(
    one: Overseen,
) -> None:
    task = a_task(name="film", kind="download", modes=("dataTransfer",))
    record = transfers.Record(url="http://127.0.0.1/film")
    run = a_run(1, task, transfer=record)
    await one.ledger.add([run])
    await one.ledger.move(run.id, _S.RUNNING)
    await one.conducting.run_begun(one.now(run), task)
    [own] = one.of(run)

    def tell(message: str | None) -> None:
        said = progress.Progress(done=5, total=9, unit="bytes", message=message)
        one.ledger.tell_progress(run.id, said)

    tell(None)
    for message in ("checking", "finishing"):
        tell(message)
        await one.passes(20 * MINUTE)
    assert one.checks(own.id) == [("dataTransfer", True, "It makes progress.")]
    tell("connecting")
    await one.passes(10 * MINUTE)
    assert one.canceled() == [(own.id, Code.NO_PROGRESS, "10 min")]


async def test_a_figure_that_an_earlier_agent_had_is_no_progress(one: Overseen, make: Make) -> None:
    run = await one.walks("dataTransfer")
    [task] = one.of(run)
    one.ledger.tell_progress(run.id, figure(5))
    await one.ledger.amend(run.id)
    later = await make()
    later.ledger.restore(await later.store.open_runs())
    later.overseeing._open(task)
    later.ledger.tell_progress(run.id, figure(5))
    assert later.checks(task.id) == [("dataTransfer", None, "It has not been looked at yet.")]


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


async def test_what_a_program_says_counts_for_its_run_as_well(one: Overseen) -> None:
    run = await one.walks("dataTransfer", owner="loader")
    own = await one.starts(Mode.DATA_TRANSFER, owner="", run_id=run.id)
    [automatic] = [each for each in one.of(run) if each.is_automatic]
    said = continuous.Transferred(title="Loading", file_name="a", value=1)
    one.conducting.progress(own.id, own.notification_id, said)
    assert one.checks(automatic.id) == one.checks(own.id)
    assert one.checks(own.id)[0][1] is True
    await one.conducting.stop("loader", "main")
    assert one.checks(own.id) == []
    one.ledger.tell_progress(run.id, figure(5))
    assert one.checks(automatic.id)[0][1] is True


# What is held


async def test_what_keeps_awake_holds_the_computer_while_it_works(one: Overseen) -> None:
    await one.starts(Mode.AUDIO_PLAYBACK, keeps_awake=True)
    await one.starts(Mode.LOCATION, ability="walk")
    assert one.held_for() == ["Playing: A song"]
    wish = continuous.Wish(owner="player", ability="main", modes=(Mode.LOCATION,))
    await one.conducting.update(wish)
    assert one.held_for() == []
    run = await one.walks("taskKeeping")
    assert one.held_for() == ["walk: Computes for long"]
    why = reasons.make(Code.USER_SUSPEND, one.clock.now())
    await one.ledger.move(run.id, _S.SUSPENDED, reason=why)
    assert one.held_for() == []
    await one.ledger.move(run.id, _S.RUNNING, reason=None)
    assert one.held_for() == ["walk: Computes for long"]
    await one.ledger.move(run.id, _S.COMPLETED)
    await one.runner.settle()
    assert one.held_for() == []


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

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bgtasks_gui.agent.background.checking import Checking
from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes import finding
from tests.fakes.manual_clock import ManualClock

SECOND = timedelta(seconds=1)
LOOK = 30 * SECOND
MINUTE = 60 * SECOND
WORK = frozenset({7, 8})
SILENT = finding.unused(Code.MODE_NOT_USED_AUDIO_PLAYBACK, "Its media session is paused.")
NOWHERE = finding.unused(Code.MODE_NOT_USED_LOCATION, "No program asks for the location.")
UNTOLD = finding.unknown("pactl is not installed")


class Computer:
    """Says of each mode what the test lets it say: that it is used, by default."""

    def __init__(self) -> None:
        self.says: dict[Mode, finding.Finding] = {}
        self.records: frozenset[int] = frozenset()
        #: What it was asked, in order.
        self.asked: list[tuple[Mode, frozenset[int]]] = []
        self.fails_at: Mode | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def look(self, mode: Mode, pids: frozenset[int]) -> finding.Finding:
        self.asked.append((mode, pids))
        await self.gate.wait()
        if mode is self.fails_at:
            raise OSError("no more processes")
        if mode is Mode.AUDIO_RECORDING and mode not in self.says:
            return finding.used("Sound is being recorded.", self.records & pids)
        return self.says.get(mode, finding.used("It is used."))


class Watch:
    """A `Checking`, and what it told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.computer = Computer()
        self.unused: list[tuple[int, Code, str]] = []
        self.misuse: list[tuple[int, str]] = []
        self.checking = Checking(
            self.clock,
            self.computer.look,
            lambda *told: self.unused.append(told),
            lambda *told: self.misuse.append(told),
            slowest_per_s=2048,
        )

    def opens(self, id: int, *declared: Mode, pids: frozenset[int] = frozenset()) -> None:
        async def pids_of() -> frozenset[int]:
            return pids

        self.checking.opened(id, declared, pids_of)

    async def passes(self, time: timedelta) -> None:
        await self.clock.advance_async(time)


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    one = Watch()
    yield one
    await one.checking.close()
    assert one.clock.pending == 0


async def test_looks_only_while_something_is_open(watch: Watch) -> None:
    assert watch.clock.pending == 0
    watch.opens(1)
    assert watch.clock.pending == 0
    watch.opens(1, Mode.LOCATION)
    await watch.passes(29 * SECOND)
    assert watch.computer.asked == []
    await watch.passes(SECOND)
    assert watch.computer.asked == [(Mode.LOCATION, frozenset())]
    await watch.passes(5 * LOOK)
    assert len(watch.computer.asked) == 6
    watch.checking.closed(1)
    watch.checking.closed(1)
    assert watch.clock.pending == 0


async def test_what_several_declare_is_looked_at_once(watch: Watch) -> None:
    watch.opens(1, Mode.LOCATION)
    watch.opens(2, Mode.LOCATION)
    watch.opens(3, Mode.VOIP, pids=WORK)
    await watch.passes(LOOK)
    assert watch.computer.asked == [(Mode.LOCATION, frozenset()), (Mode.VOIP, WORK)]


async def test_a_mode_that_is_never_used_has_a_minute(watch: Watch) -> None:
    watch.computer.says[Mode.AUDIO_PLAYBACK] = SILENT
    watch.opens(4, Mode.AUDIO_PLAYBACK)
    await watch.passes(59 * SECOND)
    assert watch.unused == []
    await watch.passes(SECOND)
    told = (4, Code.MODE_NOT_USED_AUDIO_PLAYBACK, "its media session is paused")
    assert watch.unused == [told]
    reason = reasons.make(told[1], watch.clock.now(), told[2])
    assert reasons.sentence(reason, "canceled") == (
        "Cancelled by its rules: it declared audio playback, and does not use it"
        " (its media session is paused)."
    )
    # It was not closed; so it is told again, a grace later.
    await watch.passes(59 * SECOND)
    assert watch.unused == [told]
    await watch.passes(SECOND)
    assert watch.unused == [told, told]


async def test_the_grace_counts_from_the_last_use(watch: Watch) -> None:
    watch.opens(1, Mode.AUDIO_PLAYBACK)
    await watch.passes(10 * MINUTE)
    watch.computer.says[Mode.AUDIO_PLAYBACK] = SILENT
    await watch.passes(LOOK)
    assert watch.checking.findings(1) == {Mode.AUDIO_PLAYBACK: SILENT}
    del watch.computer.says[Mode.AUDIO_PLAYBACK]
    await watch.passes(LOOK)
    watch.computer.says[Mode.AUDIO_PLAYBACK] = SILENT
    await watch.passes(LOOK)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert [told[0] for told in watch.unused] == [1]


async def test_what_opens_between_two_looks_has_its_whole_minute(watch: Watch) -> None:
    watch.computer.says[Mode.LOCATION] = NOWHERE
    watch.opens(1, Mode.VOIP)
    await watch.passes(20 * SECOND)
    watch.opens(2, Mode.LOCATION)
    await watch.passes(40 * SECOND)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert [told[0] for told in watch.unused] == [2]


async def test_a_check_that_cannot_be_made_ends_nothing(watch: Watch) -> None:
    watch.computer.says[Mode.VOIP] = UNTOLD
    watch.opens(1, Mode.VOIP)
    await watch.passes(10 * MINUTE)
    assert watch.unused == []
    assert watch.checking.findings(1) == {Mode.VOIP: UNTOLD}
    # What comes after a doubt has its whole grace.
    watch.computer.says[Mode.VOIP] = finding.unused(Code.MODE_NOT_USED_VOIP, "No sound.")
    await watch.passes(LOOK)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert watch.unused == [(1, Code.MODE_NOT_USED_VOIP, "no sound")]


async def test_a_check_that_fails_ends_nothing(watch: Watch) -> None:
    watch.computer.fails_at = Mode.VOIP
    watch.computer.says[Mode.LOCATION] = NOWHERE
    watch.opens(1, Mode.VOIP)
    watch.opens(2, Mode.LOCATION)
    await watch.passes(MINUTE)
    assert watch.checking.findings(1)[Mode.VOIP].used is None
    # The others are looked at all the same.
    assert [told[0] for told in watch.unused] == [2]


async def test_of_several_modes_the_first_one_is_told(watch: Watch) -> None:
    watch.computer.says |= {Mode.AUDIO_PLAYBACK: SILENT, Mode.LOCATION: NOWHERE}
    watch.opens(1, Mode.TASK_KEEPING, Mode.LOCATION, Mode.AUDIO_PLAYBACK)
    await watch.passes(MINUTE)
    assert [told[1] for told in watch.unused] == [Code.MODE_NOT_USED_LOCATION]
    assert list(watch.checking.findings(1)) == [
        Mode.TASK_KEEPING, Mode.LOCATION, Mode.AUDIO_PLAYBACK
    ]  # fmt: skip


async def test_a_mode_declared_later_has_its_own_grace(watch: Watch) -> None:
    watch.computer.says |= {Mode.AUDIO_PLAYBACK: SILENT, Mode.LOCATION: NOWHERE}
    watch.opens(1, Mode.LOCATION)
    await watch.passes(LOOK)
    watch.checking.changed(1, [Mode.AUDIO_PLAYBACK])
    watch.checking.changed(99, [Mode.AUDIO_PLAYBACK])
    assert watch.checking.findings(1)[Mode.AUDIO_PLAYBACK].sentence == (
        "It has not been looked at yet."
    )
    await watch.passes(LOOK)
    assert watch.unused == []
    assert watch.checking.findings(1) == {Mode.AUDIO_PLAYBACK: SILENT}
    await watch.passes(LOOK)
    assert [told[1] for told in watch.unused] == [Code.MODE_NOT_USED_AUDIO_PLAYBACK]


async def test_what_ends_or_changes_while_somebody_looks_is_left_alone(watch: Watch) -> None:
    watch.computer.says |= {Mode.AUDIO_PLAYBACK: SILENT, Mode.LOCATION: NOWHERE}
    watch.opens(1, Mode.LOCATION)
    watch.opens(2, Mode.LOCATION)
    watch.opens(3, Mode.LOCATION)
    await watch.passes(59 * SECOND)
    watch.computer.gate.clear()
    await watch.passes(SECOND)
    watch.checking.closed(1)
    watch.checking.changed(2, [Mode.AUDIO_PLAYBACK])
    watch.checking.held(3, True)
    watch.computer.gate.set()
    await watch.passes(timedelta(0))
    assert watch.unused == []
    assert watch.clock.pending == 1


async def test_work_that_is_suspended_need_not_do_anything(watch: Watch) -> None:
    watch.computer.says[Mode.LOCATION] = NOWHERE
    watch.opens(1, Mode.LOCATION, Mode.DATA_TRANSFER)
    await watch.passes(LOOK)
    watch.checking.held(1, True)
    watch.checking.held(99, True)
    asked = len(watch.computer.asked)
    await watch.passes(20 * MINUTE)
    assert (watch.unused, len(watch.computer.asked)) == ([], asked)
    watch.checking.held(1, False)
    await watch.passes(LOOK)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert [told[1] for told in watch.unused] == [Code.MODE_NOT_USED_LOCATION]


async def test_sound_recorded_without_saying_so_is_misuse(watch: Watch) -> None:
    watch.opens(1, Mode.DATA_TRANSFER, pids=WORK)
    await watch.passes(LOOK)
    assert watch.misuse == []
    watch.computer.records = frozenset({8, 9})
    await watch.passes(LOOK)
    assert watch.misuse == [(1, "sound is recorded by process 8")]


@pytest.mark.parametrize("declared", [Mode.AUDIO_RECORDING, Mode.VOIP])
async def test_sound_recorded_as_declared_is_none(watch: Watch, declared: Mode) -> None:
    watch.computer.records = WORK
    watch.opens(1, Mode.DATA_TRANSFER, declared, pids=WORK)
    await watch.passes(LOOK)
    assert (watch.misuse, watch.computer.asked) == ([], [(declared, WORK)])


async def test_another_part_of_the_work_may_declare_it(watch: Watch) -> None:
    watch.computer.records = frozenset({8})
    watch.opens(1, Mode.TASK_KEEPING, pids=WORK)
    watch.opens(2, Mode.AUDIO_RECORDING, pids=frozenset({8, 9}))
    await watch.passes(LOOK)
    assert watch.misuse == []


async def test_work_of_unknown_processes_misuses_nothing(watch: Watch) -> None:
    async def fail() -> frozenset[int]:
        raise OSError("the list of processes cannot be read")

    watch.computer.records = WORK
    watch.opens(1, Mode.LOCATION)
    watch.checking.opened(2, [Mode.LOCATION], fail)
    await watch.passes(LOOK)
    assert (watch.misuse, watch.computer.asked) == ([], [(Mode.LOCATION, frozenset())])


async def test_a_data_transfer_may_stand_still_for_ten_minutes(watch: Watch) -> None:
    watch.opens(1, Mode.DATA_TRANSFER)
    await watch.passes(9 * MINUTE)
    assert watch.checking.findings(1)[Mode.DATA_TRANSFER].sentence == "No progress for 9 min."
    watch.checking.progressed(1)
    assert watch.checking.findings(1)[Mode.DATA_TRANSFER].used is True
    await watch.passes(9 * MINUTE + LOOK)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert watch.unused == [(1, Code.NO_PROGRESS, "10 min")]
    assert watch.computer.asked == []


async def test_progress_of_what_is_no_data_transfer_is_nothing(watch: Watch) -> None:
    watch.opens(1, Mode.LOCATION)
    watch.checking.progressed(1)
    watch.checking.progressed(2)
    assert list(watch.checking.findings(1)) == [Mode.LOCATION]
    assert watch.checking.findings(2) == {}


async def test_a_data_transfer_may_be_slow_for_a_minute(watch: Watch) -> None:
    watch.opens(1, Mode.DATA_TRANSFER)
    for rate in (1024.0, 4096.0, 1024.0):
        watch.checking.progressed(1, rate)
        await watch.passes(LOOK)
    watch.checking.progressed(1, 1000.0)
    assert watch.unused == []
    await watch.passes(LOOK)
    assert watch.unused == [(1, Code.LOW_SPEED, "1000 bytes/s, not 2 KiB/s")]


async def test_closing_ends_a_look_that_goes_on(watch: Watch) -> None:
    watch.opens(1, Mode.LOCATION)
    watch.computer.gate.clear()
    await watch.passes(LOOK)
    await watch.checking.close()
    watch.computer.gate.set()
    await watch.passes(MINUTE)
    assert (watch.clock.pending, watch.unused) == (0, [])

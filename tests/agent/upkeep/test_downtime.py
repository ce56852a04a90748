"""Why a planned time passed without a start."""

from __future__ import annotations

from datetime import timedelta

from bgtasks_gui.agent.upkeep import downtime
from bgtasks_gui.core import reasons
from tests.fakes.manual_clock import DEFAULT_NOW, ManualClock

_C = reasons.Code
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_before_the_agent_started_it_was_not_running() -> None:
    remembered = downtime.Downtime(ManualClock())
    assert remembered.cause_of(DEFAULT_NOW - SECOND) is _C.MISSED_OFF
    assert remembered.cause_of(DEFAULT_NOW) is _C.MISSED_LATE


def test_within_a_sleep_and_shortly_before_the_computer_was_asleep() -> None:
    clock = ManualClock()
    remembered = downtime.Downtime(clock)
    clock.advance(HOUR)
    clock.jump_wall(8 * HOUR)
    remembered.slept(8 * HOUR)
    began, ended = DEFAULT_NOW + HOUR, DEFAULT_NOW + 9 * HOUR
    causes = {
        began - 3 * SECOND: _C.MISSED_LATE,
        began - downtime.EDGE: _C.MISSED_ASLEEP,
        began + 4 * HOUR: _C.MISSED_ASLEEP,
        ended: _C.MISSED_ASLEEP,
        ended + SECOND: _C.MISSED_LATE,
    }
    assert {at: remembered.cause_of(at) for at in causes} == causes


def test_a_clock_that_was_set_back_is_no_sleep() -> None:
    clock = ManualClock()
    remembered = downtime.Downtime(clock)
    clock.advance(2 * HOUR)
    remembered.slept(-HOUR)
    assert remembered.cause_of(DEFAULT_NOW + 2 * HOUR) is _C.MISSED_LATE


def test_only_the_latest_sleeps_are_remembered() -> None:
    clock = ManualClock()
    remembered = downtime.Downtime(clock)
    for _ in range(downtime.REMEMBERED + 1):
        clock.advance(HOUR)
        clock.jump_wall(HOUR)
        remembered.slept(HOUR)
    assert remembered.cause_of(DEFAULT_NOW + 1.5 * HOUR) is _C.MISSED_LATE
    assert remembered.cause_of(DEFAULT_NOW + 3.5 * HOUR) is _C.MISSED_ASLEEP

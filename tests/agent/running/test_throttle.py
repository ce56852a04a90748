"""A chatty value is passed on at most once an interval, and the newest always is."""

from __future__ import annotations

from datetime import timedelta

from bgtasks_gui.agent.running import throttle
from tests.fakes.manual_clock import ManualClock

INTERVAL = timedelta(seconds=0.25)


class Gathered:
    """A throttle, its clock and what came out of it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.told: list[int] = []
        self.throttle = throttle.Throttle[int](
            self.clock, INTERVAL.total_seconds(), self.told.append
        )


def test_the_first_value_is_passed_on_at_once() -> None:
    one = Gathered()
    one.throttle.offer(1)
    assert one.told == [1]
    assert one.clock.pending == 0


def test_of_those_that_follow_the_newest_is_passed_on_when_the_interval_is_over() -> None:
    one = Gathered()
    for value in (1, 2, 3):
        one.throttle.offer(value)
    one.clock.advance(INTERVAL - timedelta(milliseconds=1))
    assert one.told == [1]
    one.clock.advance(timedelta(milliseconds=1))
    assert one.told == [1, 3]
    assert one.clock.pending == 0


def test_a_value_after_a_quiet_time_does_not_wait() -> None:
    one = Gathered()
    one.throttle.offer(1)
    one.clock.advance(INTERVAL)
    one.throttle.offer(2)
    assert one.told == [1, 2]


def test_a_thousand_values_in_a_second_are_told_four_times_and_the_last() -> None:
    one = Gathered()
    for value in range(999):
        one.throttle.offer(value)
        one.clock.advance(timedelta(milliseconds=1))
    assert one.told == [0, 249, 499, 749]
    one.clock.advance(INTERVAL)
    assert one.told == [0, 249, 499, 749, 998]


def test_flush_passes_on_what_is_held_back_and_leaves_no_call() -> None:
    one = Gathered()
    one.throttle.offer(1)
    one.throttle.offer(2)
    one.throttle.flush()
    one.throttle.flush()
    assert one.told == [1, 2]
    assert one.clock.pending == 0


def test_after_cancel_the_value_stays_until_flush() -> None:
    one = Gathered()
    one.throttle.offer(1)
    one.throttle.offer(2)
    one.throttle.cancel()
    one.clock.advance(4 * INTERVAL)
    assert one.told == [1]
    one.throttle.flush()
    assert one.told == [1, 2]

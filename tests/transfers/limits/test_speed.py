"""How fast is too slow, over which window, and when nothing is held against it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.transfers.limits.speed import PARTS, Floor, Speed, say_rate
from tests.fakes.manual_clock import ManualClock


class Watched:
    """A floor of 50,000 bytes a second over a minute."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.below: list[str] = []
        self.is_excused = False
        self.floor = Floor(self.clock, (50_000, 60.0), lambda: self.is_excused, self.below.append)
        self.floor.start()

    def move(self, rate: int, seconds: int) -> None:
        for _ in range(seconds):
            self.floor.add(rate)
            self.clock.advance(timedelta(seconds=1))


def test_average_once_a_window_is_over() -> None:
    speed = Speed(10.0)
    found = []
    for part in range(PARTS + 1):
        speed.add(part * 10)
        found.append(speed.end_part())
    assert found == [None] * (PARTS - 1) + [45.0, 55.0]


def test_too_slow() -> None:
    watched = Watched()
    watched.move(12_000, 59)
    assert watched.below == []
    watched.move(12_000, 1)
    assert watched.below == ["12 kB/s over 60 seconds, its floor is 50 kB/s"]
    assert watched.clock.pending == 0


def test_fast_enough_for_ever() -> None:
    watched = Watched()
    watched.move(50_000, 600)
    assert watched.below == []


def test_slow_after_a_good_time() -> None:
    watched = Watched()
    watched.move(100_000, 120)
    watched.move(0, 30)
    assert watched.below == [], "the average of a minute is just the floor"
    watched.move(0, 6)
    assert watched.below == ["40 kB/s over 60 seconds, its floor is 50 kB/s"]


def test_slow_by_its_own_rate_or_while_it_checks() -> None:
    watched = Watched()
    watched.is_excused = True
    watched.move(10, 600)
    watched.is_excused = False
    watched.move(10, 59)
    assert watched.below == []
    watched.move(10, 1)
    assert len(watched.below) == 1


def test_stopped_it_says_nothing() -> None:
    watched = Watched()
    watched.floor.stop()
    watched.move(0, 600)
    assert (watched.below, watched.clock.pending) == ([], 0)
    watched.floor.stop()


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0, "0 B/s"), (999, "999 B/s"), (999.7, "1 kB/s"), (1000, "1 kB/s"), (1500, "1.5 kB/s"),
        (12_345, "12 kB/s"), (2_500_000, "2.5 MB/s"), (3e9, "3 GB/s"), (5e12, "5000 GB/s"),
    ],
)  # fmt: skip
def test_words(rate: float, words: str) -> None:
    assert say_rate(rate) == words

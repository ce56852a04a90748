from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client.phrases import times
from bgtasks_gui.wire import times as stamps

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(milliseconds=-900), "now"),
        (timedelta(seconds=12), "in 12 s"),
        (timedelta(seconds=-12), "12 s ago"),
        (timedelta(minutes=5, seconds=40), "in 6 min"),
        (timedelta(minutes=14, seconds=59), "in 15 min"),
        (timedelta(minutes=-59, seconds=-29), "59 min ago"),
        (timedelta(minutes=59, seconds=59), "in 1 h"),
        (timedelta(hours=2), "today 18:10"),
        (timedelta(hours=8), "tomorrow 00:10"),
        (timedelta(days=-1), "yesterday 16:10"),
        (timedelta(days=5), "Fri 16:10"),
        (timedelta(days=7), "Sun 29 Nov 16:10"),
        (timedelta(days=-3), "Thu 19 Nov 16:10"),
        (timedelta(days=100), "Tue 2 Mar 2027 16:10"),
    ],
)
def test_moments_in_words(distance: timedelta, words: str) -> None:
    assert times.when(stamps.stamp(NOW + distance), NOW) == words


def test_clock_of_an_end() -> None:
    assert times.clock("2026-11-22T18:00:00.000Z", NOW) == "19:00"
    assert times.clock("2026-11-23T18:00:00.000Z", NOW) == "Mon 23 Nov 19:00"


def test_lengths_in_words() -> None:
    assert times.length(90) == "1 min 30 s"
    assert times.iso_length("PT15M") == "15 min"
    assert times.between("2026-11-22T15:00:00.000Z", "2026-11-22T17:30:00.000Z") == "2 h 30 min"


def test_now_is_aware() -> None:
    assert times.now().utcoffset() == timedelta(0)


@given(seconds=st.integers(-(10**9), 10**9))
def test_every_moment_has_words(seconds: int) -> None:
    words = times.when(stamps.stamp(NOW + timedelta(seconds=seconds)), NOW)
    assert words
    assert words.startswith("in ") <= (seconds > 0)
    assert words.endswith(" ago") <= (seconds < 0)

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bgtasks_gui.triggers import phrases


@pytest.mark.parametrize(
    ("length", "words", "every"),
    [
        (timedelta(0), "0 seconds", "every 0 seconds"),
        (timedelta(milliseconds=1), "1 millisecond", "every millisecond"),
        (timedelta(minutes=1), "1 minute", "every minute"),
        (timedelta(hours=2), "2 hours", "every 2 hours"),
        (
            timedelta(days=1, hours=1, seconds=3),
            "1 day 1 hour 3 seconds",
            "every 1 day 1 hour 3 seconds",
        ),
    ],
)
def test_durations(length: timedelta, words: str, every: str) -> None:
    assert phrases.duration(length) == words
    assert phrases.every(length) == every


def test_listed() -> None:
    assert phrases.listed([]) == ""
    assert phrases.listed(["a"]) == "a"
    assert phrases.listed(["a", "b"], "or") == "a or b"
    assert phrases.listed(["a", "b", "c"]) == "a, b and c"


def test_ordinals() -> None:
    words = [phrases.ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31, 111)]
    first, second = ["1st", "2nd", "3rd", "4th"], ["11th", "12th", "13th"]
    assert words == [*first, *second, "21st", "22nd", "23rd", "31st", "111th"]


def test_weekdays_are_in_the_order_of_datetime() -> None:
    assert phrases.WEEKDAYS[datetime(2026, 3, 2).weekday()] == "monday"
    assert phrases.WEEKDAYS[datetime(2026, 3, 8).weekday()] == "sunday"


def test_clock_changes() -> None:
    two, three = datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3)
    assert phrases.skipped([two], three) == "02:30 does not exist that day, runs 03:00"
    assert phrases.repeated(two, both=False) == "02:30 happens twice, runs once"
    assert phrases.repeated(two, both=True) == "02:30 happens twice, runs both times"

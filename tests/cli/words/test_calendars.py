from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.words import calendars, weekdays
from bgtasks_gui.core import errors
from bgtasks_gui.triggers.calendar import CalendarTrigger
from bgtasks_gui.wire import codec

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("last fri 17:30", {"time": "17:30", "weekday": "friday", "nth": -1}),
        ("1st Mon 9:00", {"time": "09:00", "weekday": "monday", "nth": 1}),
        ("second tuesday at 9:00", {"time": "09:00", "weekday": "tuesday", "nth": 2}),
        ("fri 17:30", {"time": "17:30", "weekday": "friday"}),
        ("day 15 9:00", {"time": "09:00", "day": 15}),
        ("15th 9:00", {"time": "09:00", "day": 15}),
        ("last day 18:00", {"time": "18:00", "day": -1}),
        ("31st or last day 18:00", {"time": "18:00", "day": 31, "short_months": "last_day"}),
        ("last fri in jan,jul 17:30",
         {"time": "17:30", "weekday": "friday", "nth": -1, "months": [1, 7]}),
        ("day 1 of January 0:00", {"time": "00:00", "day": 1, "months": [1]}),
    ],
)  # fmt: skip
def test_what_people_write(text: str, expected: dict[str, object]) -> None:
    assert calendars.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "fri", "17:30", "last 17:30", "6 th mon 9:00", "last fri fri 9:00", "day 9:00"),
        *("last day in smarch 9:00", "last day in 9:00", "day x 9:00", "or last day 9:00"),
    ],
)
def test_what_is_none_is_refused_with_examples(text: str) -> None:
    with pytest.raises(errors.InvalidField, match='"last fri 17:30"') as caught:
        calendars.parse(text)
    assert caught.value.field == "calendar"


def _trigger(parameters: calendars.Parameters) -> CalendarTrigger:
    found = codec.decode(codec.encode({"type": "calendar", **parameters}), CalendarTrigger)
    assert isinstance(found, CalendarTrigger)
    return found.prepared(NOW)


@given(
    weekday=st.sampled_from(weekdays.NAMES),
    nth=st.sampled_from(["", "1st ", "2nd ", "3rd ", "4th ", "5th ", "last "]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_weekdays_are_what_the_agent_reads(weekday: str, nth: str, hour: int, minute: int) -> None:
    ready = _trigger(calendars.parse(f"{nth}{weekday[:3]} {hour}:{minute:02}"))
    assert (ready.weekday, ready.time) == (weekday, f"{hour:02}:{minute:02}")


@given(day=st.integers(1, 31), months=st.sets(st.integers(1, 12), min_size=1))
def test_days_are_what_the_agent_reads(day: int, months: set[int]) -> None:
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    listed = ",".join(names[month - 1] for month in months)
    ready = _trigger(calendars.parse(f"day {day} or last day in {listed} 9:00"))
    assert (ready.day, set(ready.months)) == (day, months)


@given(text=st.text(max_size=40))
def test_any_text_is_days_or_a_sentence(text: str) -> None:
    try:
        found = calendars.parse(text)
    except errors.InvalidField as error:
        message = error.message
    else:
        assert "time" in found
        return
    assert message.endswith(".")

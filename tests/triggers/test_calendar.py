from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from bgtasks_gui.core import errors, ports
from bgtasks_gui.triggers import calendar, phrases
from tests.triggers import wall_walker

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def make(**fields: object) -> calendar.CalendarTrigger:
    return calendar.CalendarTrigger(**({"time": "18:00", "zone": "Europe/Berlin"} | fields))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_is_a_time_trigger() -> None:
    assert isinstance(make(day=1), ports.TimeTrigger)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"weekday": "friday", "nth": -1}, "at 18:00 on the last Friday of every month"),
        ({"weekday": "monday", "nth": 2}, "at 18:00 on the 2nd Monday of every month"),
        ({"weekday": "monday"}, "at 18:00 every Monday"),
        ({"weekday": "monday", "months": (1, 7)}, "at 18:00 every Monday in January and July"),
        ({"day": -1}, "at 18:00 on the last day of every month"),
        ({"day": 15, "months": (6,)}, "at 18:00 on the 15th of June"),
        (
            {"day": 31, "short_months": "last_day"},
            "at 18:00 on the 31st of every month, or on its last day",
        ),
    ],
)
def test_describe(fields: dict[str, object], words: str) -> None:
    assert make(**fields).describe() == f"{words} (Europe/Berlin)"
    assert make(**fields, zone=None).describe() == words


def test_prepared_fills_in_the_zone_and_sorts_the_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    ready = make(day=1, zone=None, months=(12, 3, 3)).prepared(NOW)
    assert (ready.zone, ready.months) == ("Asia/Kolkata", (3, 12))
    assert ready.prepared(NOW) == ready


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"day": 1, "time": "24:00"}, "time", '"24:00" is not a time of day; write HH:MM, 18:00.'),
        ({"day": 1, "time": "9:00"}, "time", '"9:00" is not a time of day'),
        ({}, "day", "Give either a weekday or a day of the month."),
        ({"day": 1, "weekday": "monday"}, "day", "Give either a weekday or a day"),
        ({"weekday": "monday", "nth": 0}, "nth", "Which weekday of the month is 1 to 5, or -1"),
        ({"day": 1, "nth": 2}, "nth", "Which weekday of the month is 1 to 5, or -1"),
        ({"day": 0}, "day", "The day of the month is 1 to 31, or -1 for the last one."),
        ({"day": 32}, "day", "The day of the month is 1 to 31"),
        ({"day": 1, "months": (13,)}, "months", "Months are numbers from 1 (January) to 12"),
        ({"day": 31, "months": (4, 6)}, "day", "Day 31 never comes in April and June; give an"),
        ({"day": 1, "zone": "Europe/Berln"}, "zone", 'There is no time zone "Europe/Berln".'),
    ],
)
def test_prepared_refuses(fields: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        make(**fields).prepared(NOW)
    assert caught.value.field == field
    assert caught.value.message.startswith(sentence)


@pytest.mark.parametrize(
    ("fields", "after", "expected"),
    [
        ({"weekday": "friday", "nth": -1}, "2026-03-01", "2026-03-27 17:00"),
        ({"weekday": "sunday", "nth": 5}, "2026-03-30", "2026-05-31 16:00"),
        ({"weekday": "sunday", "nth": 1}, "2026-03-01 17:00", "2026-04-05 16:00"),
        ({"weekday": "tuesday"}, "2026-03-04", "2026-03-10 17:00"),
        ({"day": -1}, "2026-02-28 17:00", "2026-03-31 16:00"),
        ({"day": 31}, "2026-03-31 16:00", "2026-05-31 16:00"),
        ({"day": 31, "short_months": "last_day"}, "2026-03-31 16:00", "2026-04-30 16:00"),
        ({"day": 29, "months": (2,)}, "2096-03-01", "2104-02-29 17:00"),
        # Five Mondays in a February: 40 years apart across a century without a leap day.
        ({"weekday": "monday", "nth": 5, "months": (2,)}, "2088-03-01", "2112-02-29 17:00"),
    ],
)
def test_next(fields: dict[str, object], after: str, expected: str) -> None:
    assert make(**fields).next(utc(after)) == utc(expected)


def test_a_time_that_does_not_exist_runs_after_the_gap() -> None:
    trigger = make(time="02:30", weekday="sunday", nth=-1)
    at = trigger.next(utc("2026-03-25"))
    assert at == utc("2026-03-29 01:00")
    assert trigger.note(at) == "02:30 does not exist that day, runs 03:00"
    assert trigger.next(at) == utc("2026-04-26 00:30")
    assert make(time="03:00", weekday="sunday").note(at) is None


def test_a_time_that_happens_twice_runs_once() -> None:
    trigger = make(time="02:30", weekday="sunday", nth=-1)
    at = trigger.next(utc("2026-10-20"))
    assert at == utc("2026-10-25 00:30")
    assert trigger.note(at) == "02:30 happens twice, runs once"
    assert trigger.next(at) == utc("2026-11-29 01:30")


def test_the_calendar_ends_without_an_error() -> None:
    assert make(day=31).next(datetime(9999, 12, 31, 23, tzinfo=UTC)) is None
    assert calendar.CalendarTrigger(time="18:00", zone="UTC").next(NOW) is None


@st.composite
def triggers(draw: st.DrawFn, zone: str) -> tuple[calendar.CalendarTrigger, rrule.rrule]:
    """A trigger, and the rule of the iCalendar standard that says the same."""
    hour, minute = draw(st.integers(0, 3) | st.integers(0, 23)), draw(st.integers(0, 59))
    months = draw(st.just(()) | st.lists(st.integers(1, 12), min_size=1, unique=True).map(tuple))
    fields: dict[str, object] = {"time": f"{hour:02}:{minute:02}", "zone": zone, "months": months}
    rule: dict[str, object] = {"byhour": hour, "byminute": minute, "bymonth": months or None}
    shape = draw(st.integers(0, 3))
    if shape == 0:
        weekday, nth = draw(st.integers(0, 6)), draw(st.sampled_from([1, 2, 3, 4, -1]))
        fields |= {"weekday": phrases.WEEKDAYS[weekday], "nth": nth}
        rule["byweekday"] = rrule.weekday(weekday)(nth)
    elif shape == 1:
        weekday = draw(st.integers(0, 6))
        fields["weekday"] = phrases.WEEKDAYS[weekday]
        rule["byweekday"] = rrule.weekday(weekday)
    elif shape == 2:
        fields["day"] = rule["bymonthday"] = draw(st.integers(1, 28) | st.just(-1))
    else:
        day = draw(st.integers(1, 31))
        fields |= {"day": day, "short_months": "last_day"}
        rule |= {"bymonthday": (day, -1), "bysetpos": 1}
    start = datetime(2009, 1, 1)
    return calendar.CalendarTrigger(**fields), rrule.rrule(rrule.MONTHLY, start, **rule)


@given(st.data(), st.sampled_from(wall_walker.CHANGES), st.integers(-40 * 24, 40 * 24))
@settings(max_examples=150)
def test_against_rules_of_icalendar(
    data: st.DataObject, change: tuple[str, datetime], hours: int
) -> None:
    zone, day = change
    trigger, rule = data.draw(triggers(zone))
    walk = wall_walker.Walk(zone, day)
    at = after = day + timedelta(hours=hours)
    expected = []
    for time in rule.xafter(after.replace(tzinfo=None) - timedelta(days=3), count=5):
        if walk.shown[0] < time < walk.shown[-1]:
            instant = walk.first_shown_or_passed(time)
        else:
            instant = time.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if instant > after and instant not in expected:
            expected.append(instant)
    for instant in expected:
        assert trigger.next(instant - MILLISECOND) == instant
        at = trigger.next(at)
        assert at == instant

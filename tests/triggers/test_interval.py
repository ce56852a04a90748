from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors, ports
from bgtasks_gui.triggers import interval

NOW = datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC)
HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


def test_is_a_time_trigger() -> None:
    assert isinstance(interval.IntervalTrigger(every=HOUR), ports.TimeTrigger)


@pytest.mark.parametrize(
    ("every", "words"),
    [
        ("PT1S", "every second"),
        ("PT15M", "every 15 minutes"),
        ("PT1H30M", "every 1 hour 30 minutes"),
        ("P1D", "every day"),
        ("PT1.5S", "every 1 second 500 milliseconds"),
    ],
)
def test_describe(every: str, words: str) -> None:
    trigger = msgspec.convert({"type": "interval", "every": every}, interval.IntervalTrigger)
    assert trigger.describe() == words


def test_describe_once() -> None:
    trigger = interval.IntervalTrigger(every=timedelta(minutes=1), once=True)
    assert trigger.describe() == "once, after 1 minute"


def test_prepared_anchors_at_the_time_of_registering() -> None:
    ready = interval.IntervalTrigger(every=HOUR).prepared(NOW)
    assert ready.anchor == NOW
    assert ready.next(NOW) == NOW + HOUR
    assert ready.prepared(NOW + HOUR) == ready


def test_prepared_keeps_a_given_anchor_in_utc_and_milliseconds() -> None:
    east = timezone(timedelta(hours=2))
    anchor = datetime(2026, 5, 1, 14, 0, 0, 123456, tzinfo=east)
    ready = interval.IntervalTrigger(every=HOUR, anchor=anchor).prepared(NOW)
    assert ready.anchor == datetime(2026, 5, 1, 12, 0, 0, 123000, tzinfo=UTC)
    assert ready.anchor.tzinfo is UTC
    assert ready.next(NOW) == ready.anchor


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"every": timedelta(milliseconds=999)}, "every", "An interval is at least 1 second."),
        ({"every": timedelta(0)}, "every", "An interval is at least 1 second."),
        ({"every": -HOUR}, "every", "An interval is at least 1 second."),
        ({"every": timedelta(days=40_000)}, "every", "An interval is at most 36525 days."),
        ({"every": timedelta(seconds=1, microseconds=1)}, "every", "An interval is a whole number"),
        ({"every": HOUR, "anchor": datetime(2026, 1, 1)}, "anchor", "The anchor has no offset"),
        (
            {"every": HOUR, "anchor": NOW - HOUR, "once": True},
            *("anchor", "The only time of this interval has passed"),
        ),
    ],
)
def test_prepared_refuses(fields: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        interval.IntervalTrigger(**fields).prepared(NOW)
    assert caught.value.field == field
    assert caught.value.message.startswith(sentence)


def test_once_fires_a_single_time() -> None:
    ready = interval.IntervalTrigger(every=HOUR, once=True).prepared(NOW)
    assert ready.next(NOW) == NOW + HOUR
    assert ready.next(NOW + HOUR) is None


def test_nothing_is_special_about_its_times() -> None:
    assert interval.IntervalTrigger(every=HOUR).note(NOW) is None


def test_the_calendar_ends_without_an_error() -> None:
    late = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert interval.IntervalTrigger(every=HOUR, anchor=NOW).next(late) is None


moments = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC), allow_imaginary=False
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))


@given(moments, moments, st.integers(1000, 10**11))
def test_times_are_whole_intervals_from_the_anchor(
    anchor: datetime, after: datetime, every_ms: int
) -> None:
    every = timedelta(milliseconds=every_ms)
    trigger = interval.IntervalTrigger(every=every, anchor=anchor)
    at = trigger.next(after)
    assert at is not None
    assert (at - anchor) % every == timedelta(0)
    assert at == anchor if after < anchor else after < at <= after + every
    assert trigger.next(at - MILLISECOND) == at
    assert trigger.next(at) == at + every

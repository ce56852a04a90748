from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.words import moments
from bgtasks_gui.core import errors
from bgtasks_gui.wire import times

#: A Sunday, 16:10 in Berlin.
NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)


def local(text: str, *, past: bool = False) -> str:
    """What a clock on the wall shows at this moment."""
    return f"{moments.parse(text, NOW, past=past).astimezone():%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("now", "2026-11-22 16:10:00"),
        ("18:00", "2026-11-22 18:00:00"),
        ("9:00", "2026-11-23 09:00:00"),
        ("16:10", "2026-11-23 16:10:00"),
        ("at 18:00:30", "2026-11-22 18:00:30"),
        ("today 9:00", "2026-11-22 09:00:00"),
        ("tomorrow 9:00", "2026-11-23 09:00:00"),
        ("Tomorrow at 09:00", "2026-11-23 09:00:00"),
        ("tomorrow", "2026-11-23 00:00:00"),
        ("yesterday 14:02", "2026-11-21 14:02:00"),
        ("fri 17:30", "2026-11-27 17:30:00"),
        ("sunday 17:30", "2026-11-22 17:30:00"),
        ("sun 9:00", "2026-11-29 09:00:00"),
        ("in 2h", "2026-11-22 18:10:00"),
        ("in 1h 30m", "2026-11-22 17:40:00"),
        ("30m ago", "2026-11-22 15:40:00"),
        ("2026-12-24 18:00", "2026-12-24 18:00:00"),
        ("2026-12-24", "2026-12-24 00:00:00"),
        ("2026-12-24T18:00:00Z", "2026-12-24 19:00:00"),
        ("2026-12-24T18:00:00+09:00", "2026-12-24 10:00:00"),
        ("2026-07-01 12:00", "2026-07-01 12:00:00"),
    ],
)
def test_what_people_write(text: str, shown: str) -> None:
    assert local(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("18:00", "2026-11-21 18:00:00"),
        ("9:00", "2026-11-22 09:00:00"),
        ("fri 17:30", "2026-11-20 17:30:00"),
        ("sun 9:00", "2026-11-22 09:00:00"),
        ("sun 17:30", "2026-11-15 17:30:00"),
        ("today", "2026-11-22 00:00:00"),
    ],
)
def test_looking_back(text: str, shown: str) -> None:
    assert local(text, past=True) == shown


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "soon",
            "25:00",
            "9:60",
            "in",
            "in x",
            "ago",
            "fr 9:00",
            "tomorrow 25:00",
            "2026-13-01",
        ),
        *("9", "in 2h ago", "someday 9:00"),
    ],
)
def test_what_is_no_time_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(errors.InvalidField, match="is not a time: write it as"):
        moments.parse(text, NOW)


def test_hint_for_looking_back_looks_back() -> None:
    with pytest.raises(errors.InvalidField, match="2h ago"):
        moments.parse("soon", NOW, past=True)


@pytest.mark.parametrize("text", ["in 9999999d", "9999999d ago", "0001-01-01", "9999-12-31 23:59"])
def test_beyond_the_calendar_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # East of Greenwich the first day, and west of it the last, are outside the calendar in UTC.
    monkeypatch.setenv("TZ", "America/New_York" if text.startswith("9999-") else "Asia/Tokyo")
    time.tzset()
    with pytest.raises(errors.InvalidField, match="outside the calendar"):
        moments.parse(text, NOW)


@given(at=INSTANTS, now=INSTANTS)
def test_stamps_are_read_back(at: datetime, now: datetime) -> None:
    whole = at - timedelta(microseconds=at.microsecond % 1000)
    assert moments.parse(times.stamp(at), now) == whole
    assert moments.parse(times.local(at), now) == at.replace(microsecond=0)


@given(now=INSTANTS, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_clock_is_the_nearest_ahead_or_behind(now: datetime, hour: int, minute: int) -> None:
    text = f"{hour}:{minute:02}"
    ahead = moments.parse(text, now)
    behind = moments.parse(text, now, past=True)
    # A day may have 25 hours, and a time that does not exist is an hour off.
    assert timedelta(0) < ahead - now <= timedelta(hours=26)
    assert timedelta(0) <= now - behind <= timedelta(hours=26)


@given(now=INSTANTS, seconds=st.integers(0, 10**8))
def test_distances(now: datetime, seconds: int) -> None:
    assert moments.parse(f"in {seconds}", now) - now == timedelta(seconds=seconds)
    assert now - moments.parse(f"{seconds}s ago", now) == timedelta(seconds=seconds)


@given(text=st.text(max_size=40))
def test_any_text_is_a_moment_or_a_sentence(text: str) -> None:
    try:
        found = moments.parse(text, NOW)
    except errors.InvalidField as error:
        message = error.message
    else:
        assert found.utcoffset() == timedelta(0)
        return
    assert message.endswith(".")

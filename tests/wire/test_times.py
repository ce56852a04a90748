"""Times and durations as they cross the socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.wire import times


def test_a_stamp_is_utc_with_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 22, 16, 0, 0, 123_999, tzinfo=berlin)
    assert times.stamp(moment) == "2026-11-22T15:00:00.123Z"
    assert times.stamp_or_none(moment) == "2026-11-22T15:00:00.123Z"
    assert times.stamp_or_none(None) is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)))
def test_a_stamp_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert times.parse(times.stamp(moment)) == moment


def test_local_carries_its_offset() -> None:
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    local = datetime.fromisoformat(times.local(moment))
    assert local == moment
    assert local.tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-22", "2026-11-22T15:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        times.parse(text)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=15), "PT15M"),
        (timedelta(hours=2), "PT2H"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (timedelta(days=7), "P7D"),
        (timedelta(milliseconds=250), "PT0.25S"),
        (timedelta(hours=1, minutes=1, seconds=1.5), "PT1H1M1.5S"),
        (timedelta(seconds=-90), "-PT1M30S"),
    ],
)
def test_durations(length: timedelta, text: str) -> None:
    assert times.duration(length) == times.duration_or_none(length) == text


def test_no_duration() -> None:
    assert times.duration_or_none(None) is None


@given(st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_a_duration_is_read_back(length: timedelta) -> None:
    assert msgspec.convert(times.duration(length), timedelta, strict=False) == length

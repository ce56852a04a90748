from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import durations, errors
from tests.core.samples import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("0", 0),
        ("15m", 900),
        ("1h30m", 5400),
        ("1h 30min", 5400),
        (" 2 days 3 hours ", 2 * 86400 + 3 * 3600),
        ("2d", 2 * 86400),
        ("1w", 7 * 86400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("2H", 7200),
        ("PT15M", 900),
        ("P1DT2H3M4.5S", 86400 + 2 * 3600 + 3 * 60 + 4.5),
        ("P2W", 14 * 86400),
        ("P1D", 86400),
        ("PT0S", 0),
    ],
)
def test_durations_as_people_write_them(text: str, seconds: float) -> None:
    assert durations.parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "-5", "5x", "5 m 3", "1h1h", "m", "5,5s", "1h30", "P", "PT", "P1DT", "P1M",
        "P-1D", "PT5", "9" * 16, "1e3", "\u0665m", "5m!",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_explained(text: str) -> None:
    with pytest.raises(errors.InvalidField, match="is not a duration: write it as") as caught:
        durations.parse_duration(text, field="grace")
    assert caught.value.field == "grace"


@pytest.mark.parametrize("text", ["999999999999999d", "P999999999W"])
def test_a_duration_beyond_the_calendar(text: str) -> None:
    with pytest.raises(errors.InvalidField, match="too long"):
        durations.parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (timedelta(0), "0 s"),
        (-SECOND, "0 s"),
        (timedelta(milliseconds=250), "250 ms"),
        (timedelta(microseconds=1), "0 s"),
        (timedelta(seconds=1, milliseconds=900), "1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(hours=1, seconds=5), "1 h"),
        (timedelta(days=1, hours=2, minutes=3), "1 d 2 h"),
        (timedelta(days=10), "10 d"),
        (timedelta(minutes=1, seconds=1), "1 min 1 s"),
    ],
)
def test_durations_in_words(duration: timedelta, said: str) -> None:
    assert durations.say_duration(duration) == said


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9999)))
def test_what_is_said_can_be_read_back(duration: timedelta) -> None:
    read = durations.parse_duration(durations.say_duration(duration))
    assert timedelta(0) <= duration - read
    # Two units are told: what is cut is below the second of them.
    assert duration - read < max(duration / 24, timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1048576", 1024**2),
        ("0", 0),
        ("500M", 500 * 1024**2),
        ("500MiB", 500 * 1024**2),
        ("500mi", 500 * 1024**2),
        ("500MB", 500_000_000),
        ("500 MB", 500_000_000),
        ("1.5k", 1536),
        (" 2 GiB ", 2 * 1024**3),
        ("1E", 1024**6),
        ("7B", 7),
        ("12345678901234567890", 12345678901234567890),
    ],
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert durations.parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1", "5X", "5 KiBs", "1,000", "1..5M", "\u0665"])
def test_what_is_no_size_is_explained(text: str) -> None:
    with pytest.raises(errors.InvalidField, match="is not a size: write it as") as caught:
        durations.parse_size(text, field="memory_max")
    assert caught.value.field == "memory_max"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (1024**2 - 1, "1 MiB"),
        (500 * 1024**2, "500 MiB"),
        (3 * 1024**6, "3 EiB"),
        (1024**7, "1024 EiB"),
    ],
)
def test_sizes_in_words(size: int, said: str) -> None:
    assert durations.say_size(size) == said


@given(st.integers(min_value=1024, max_value=1024**6))
def test_a_size_in_words_is_nearly_the_size(size: int) -> None:
    assert durations.parse_size(durations.say_size(size)) == pytest.approx(size, rel=0.06)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "14:00"),
        (NOW + timedelta(hours=9, minutes=59), "23:59"),
        (NOW + timedelta(hours=10), "Wed 25 Nov 00:00"),
        (NOW - timedelta(days=20), "Wed 4 Nov 14:00"),
        (datetime(2027, 1, 2, 3, 4, tzinfo=UTC), "Sat 2 Jan 2027 04:04"),
    ],
)
def test_times_in_words(at: datetime, said: str) -> None:
    assert durations.say_time(at, NOW) == said


def test_a_time_in_another_zone() -> None:
    assert durations.say_time(NOW, NOW, ZoneInfo("Asia/Tokyo")) == "22:00"
    late = NOW + timedelta(hours=3)
    assert durations.say_time(late, NOW, ZoneInfo("Asia/Tokyo")) == "Wed 25 Nov 01:00"


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("500K", 512_000), ("2 MB/s", 2_000_000), (" 1.5M ", 1_572_864), ("1024", 1024),
        ("off", None), ("", None), ("None", None), ("0", None),
    ],
)  # fmt: skip
def test_a_speed_as_people_write_it(text: str, rate: int | None) -> None:
    assert durations.parse_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "part"), [("fast", "'fast' is no speed"), ("1000", "too slow"), ("-5", "no speed")]
)
def test_what_is_no_speed_is_said(text: str, part: str) -> None:
    with pytest.raises(errors.InvalidField, match=part) as raised:
        durations.parse_rate(text)
    assert raised.value.field == "rate"


@given(st.integers(durations.LEAST_RATE, 2**50))
def test_a_speed_in_words_is_nearly_the_speed(rate: int) -> None:
    assert durations.parse_rate(durations.say_rate(rate)) == pytest.approx(rate, rel=0.06)


@given(st.integers(1, 5000), st.sampled_from(sorted(durations.SIZES)), st.sampled_from(("", "/s")))
def test_a_speed_is_a_size_a_second_that_is_not_too_small(number: int, unit: str, end: str) -> None:
    size, text = number * durations.SIZES[unit], f"{number}{unit.upper()}{end}"
    if size >= 2048:
        assert durations.parse_rate(text, least=2048) == size
        return
    with pytest.raises(errors.InvalidField, match="2 KiB/s is the least") as raised:
        durations.parse_rate(text, field="limit", least=2048)
    assert raised.value.field == "limit"


def test_no_limit_in_words() -> None:
    assert durations.say_rate(None) == "no limit"
    assert durations.parse_rate("1", least=1) == 1

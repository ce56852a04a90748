"""How long a server asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bgtasks_gui.transfers.web import retry_after

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("999999999999", retry_after.LONGEST_S),
        ("Thu, 26 Nov 2026 12:02:00 GMT", 120.0),
        ("Thursday, 26-Nov-26 12:02:00 GMT", 120.0),
        ("Thu Nov 26 12:02:00 2026", 120.0),
        ("Thu, 26 Nov 2026 13:02:00 +0100", 120.0),
        ("Thu, 26 Nov 2026 12:02:00 -0000", 120.0),
        ("Thu, 26 Nov 2020 12:02:00 GMT", 0.0),
        ("Thu, 26 Nov 2096 12:02:00 GMT", retry_after.LONGEST_S),
    ],
)
def test_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after.read(value, NOW) == seconds


@pytest.mark.parametrize(
    "value", [None, "", "soon", "-1", "1.5", "1e3", "٣", "Thu, 99 Nov 2026 12:00:00 GMT", "1,2"]
)
def test_nothing_that_can_be_understood(value: str | None) -> None:
    assert retry_after.read(value, NOW) is None


@given(st.integers(-(10**6), 10**6))
def test_any_date_counts_from_now_and_never_backwards(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    expected = float(min(max(seconds, 0), retry_after.LONGEST_S))
    assert retry_after.read(format_datetime(at, usegmt=True), NOW) == expected


DATES = st.from_regex(
    r"(Mon, )?[0-9]{1,6}[ -][A-Za-z]{3}[ -][0-9]{1,12} [0-9]{1,3}:[0-9]{1,3}(:[0-9]{1,12})?"
    r"( (GMT|[+-][0-9]{1,12}))?",
    fullmatch=True,
)


@given(st.one_of(st.text(), st.integers().map(str), DATES))
@example("Thu, 26 Nov 2026 12:02:00 +9999999999")
@example("Thu, 26 Nov 0001 00:00:00 +1400")
@example("Fri, 31 Dec 9999 23:59:59 -1400")
def test_any_text_is_a_wait_or_nothing(text: str) -> None:
    found = retry_after.read(text, NOW)
    assert found is None or 0 <= found <= retry_after.LONGEST_S

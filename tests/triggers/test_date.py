from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bgtasks_gui.core import errors, ports
from bgtasks_gui.triggers import date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_is_a_time_trigger() -> None:
    assert isinstance(date.DateTrigger(at=LATER), ports.TimeTrigger)


def test_fires_once_at_its_time() -> None:
    trigger = date.DateTrigger(at=LATER)
    assert trigger.next(NOW) == LATER
    assert trigger.next(LATER - timedelta(milliseconds=1)) == LATER
    assert trigger.next(LATER) is None
    assert trigger.note(LATER) is None


def test_prepared_keeps_utc_and_milliseconds() -> None:
    at = datetime(2026, 11, 22, 16, 0, 0, 1999, tzinfo=timezone(timedelta(hours=1)))
    ready = date.DateTrigger(at=at).prepared(NOW)
    assert ready.at == LATER + timedelta(milliseconds=1)
    assert ready.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2026, 11, 22), "The time has no offset from UTC; add one."),
        (NOW, "2026-03-01 12:00:00 UTC has passed; give a time to come."),
    ],
)
def test_prepared_refuses(at: datetime, sentence: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        date.DateTrigger(at=at).prepared(NOW)
    assert (caught.value.field, caught.value.message) == ("at", sentence)


def test_describe_speaks_in_local_time() -> None:
    local = LATER.astimezone()
    expected = f"once, on {local.day} November 2026 at {local:%H:%M} ({local:%Z})"
    assert date.DateTrigger(at=LATER).describe() == expected
    seconds = date.DateTrigger(at=LATER + timedelta(seconds=7)).describe()
    assert f"{local:%H:%M}:07" in seconds

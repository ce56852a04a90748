from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors
from bgtasks_gui.triggers import zones
from tests.triggers import wall_walker

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_local_zone_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert zones.local_name() == "Asia/Kolkata"
    monkeypatch.setenv("TZ", ":America/New_York")
    assert zones.local_name() == "America/New_York"
    assert zones.load(None) == ZoneInfo("America/New_York")


@pytest.mark.parametrize("setting", ["Mars/Olympus", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_an_unknown_local_zone_is_utc(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("TZ", setting)
    assert zones.local_name() == "UTC"


def test_checked_keeps_a_zone_that_exists() -> None:
    assert zones.checked("Australia/Lord_Howe") == "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Europe/Berln", 'Did you mean "Europe/Berlin" or '),
        ("europe/berlin ", 'Did you mean "Europe/Berlin" or '),
        ("America/New York", 'Did you mean "America/New_York" or '),
        ("Europe", 'There is no time zone "Europe". Did you mean '),
        ("../etc/passwd", 'Zones are named like "Europe/Berlin".'),
        ("", 'There is no time zone "". Zones are named like'),
    ],
)
def test_checked_suggests_what_is_close(name: str, sentence: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        zones.checked(name)
    assert caught.value.field == "zone"
    assert sentence in caught.value.message


def test_no_zone_is_taken_from_outside_the_database(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidField):
        zones.checked(str(tmp_path))


def test_a_time_of_every_kind() -> None:
    usual, missing = datetime(2026, 6, 1, 12), datetime(2026, 3, 29, 2, 30)
    assert zones.instants(usual, BERLIN) == (utc("2026-06-01 10:00"),)
    assert zones.instants(missing, BERLIN) == ()
    assert zones.first_instant(missing, BERLIN) == utc("2026-03-29 01:00")
    twice = datetime(2026, 10, 25, 2, 30)
    assert zones.instants(twice, BERLIN) == (utc("2026-10-25 00:30"), utc("2026-10-25 01:30"))
    assert zones.first_instant(twice, BERLIN) == utc("2026-10-25 00:30")


def test_what_clocks_skip() -> None:
    gap = (datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3))
    assert zones.skipped_at(utc("2026-03-29 01:00"), BERLIN) == gap
    assert zones.skipped_at(utc("2026-03-29 01:01"), BERLIN) is None
    assert zones.skipped_at(utc("2026-10-25 01:00"), BERLIN) is None


@pytest.mark.parametrize(
    ("at", "again"),
    [
        ("2026-10-24 23:59:59", None),
        ("2026-10-25 00:00", "2026-10-25 01:00"),
        ("2026-10-25 00:59:59.999", "2026-10-25 01:00"),
        ("2026-10-25 01:00", None),
        ("2026-03-29 00:30", None),
    ],
)
def test_what_clocks_show_once_more(at: str, again: str | None) -> None:
    assert zones.repeat_after(utc(at), BERLIN) == (again and utc(again))


@given(st.sampled_from(wall_walker.CHANGES), st.integers(1, 4 * 24 * 60 - 1))
def test_against_a_walk_over_all_minutes(change: tuple[str, datetime], minute: int) -> None:
    zone, walk = ZoneInfo(change[0]), wall_walker.Walk(*change)
    at, time = walk.minutes[minute], walk.shown[minute]
    assert zones.wall(at, zone) == time
    assert zones.instants(time, zone) == tuple(walk.all_shown(lambda shown: shown == time))
    somewhere = change[1].replace(tzinfo=None) + timedelta(minutes=minute - 2 * 24 * 60)
    if walk.shown[0] < somewhere < walk.shown[-1]:
        assert zones.first_instant(somewhere, zone) == walk.first_shown_or_passed(somewhere)

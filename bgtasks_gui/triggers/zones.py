"""Time zones: which there are, and which instants a wall clock's time names in one of them.

`datetime` compares and subtracts two times of one zone by their wall clocks, so everything here
hands out instants in UTC and wall times without a zone, never times in a zone.
"""

from __future__ import annotations

import difflib
import functools
import warnings
import zoneinfo
from datetime import UTC, datetime, timedelta

import tzlocal

from bgtasks_gui.core import errors

_SECOND = timedelta(seconds=1)


def local_name() -> str:
    """The IANA name of the computer's own zone as it is set now; "UTC" where it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a zone that does not fit the system's clock
        try:
            # Not the cached name: the person may have travelled since the agent started.
            tzlocal.reload_localzone()
            name = tzlocal.get_localzone_name()
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return "UTC"
    return name if name and _find(name) else "UTC"


def checked(name: str | None) -> str:
    """The zone to store for what the person gave; None is the computer's own.

    Raises `errors.InvalidField` for `zone` where there is no such zone.
    """
    if name is None:
        return local_name()
    if _find(name) is not None:
        return name
    known = {zone.casefold(): zone for zone in zoneinfo.available_timezones()}
    close = difflib.get_close_matches(name.casefold().replace(" ", "_"), known, n=3)
    hint = " or ".join(f'"{known[one]}"' for one in close) or '"Europe/Berlin"'
    verb = "Did you mean" if close else "Zones are named like"
    mark = "?" if close else "."
    message = f'There is no time zone "{name[:60]}". {verb} {hint}{mark}'
    raise errors.InvalidField(message, field="zone")


def load(name: str | None) -> zoneinfo.ZoneInfo:
    """The zone of this name; None is the computer's own."""
    return zoneinfo.ZoneInfo(local_name() if name is None else name)


def wall(at: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """What a clock on the wall of this zone shows at an instant."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def instants(time: datetime, zone: zoneinfo.ZoneInfo) -> tuple[datetime, ...]:
    """When a wall clock shows this time: once, twice (clocks go back) or never (forward)."""
    first, second = _readings(time, zone)
    if first == second:
        return (first,)
    return (first, second) if first < second else ()


def first_instant(time: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """When a wall clock first shows this time or, where it skips it, a later one."""
    late, early = _readings(time, zone)
    if late <= early:
        return late
    return _change(early, late, zone)


def skipped_at(at: datetime, zone: zoneinfo.ZoneInfo) -> tuple[datetime, datetime] | None:
    """The wall times from, until which clocks jump over at this instant, or None."""
    before = wall(at - _SECOND, zone) + _SECOND
    after = wall(at, zone)
    return (before, after) if before < after else None


def repeat_after(at: datetime, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """When clocks go back, if what they show at this instant will be shown once more."""
    first, second = _readings(wall(at, zone), zone)
    return _change(first, second, zone) if at <= first < second else None


def _readings(time: datetime, zone: zoneinfo.ZoneInfo) -> tuple[datetime, datetime]:
    """The instants of a wall time by the offset before, and by that after a clock change near."""
    aware = time.replace(tzinfo=zone)
    return aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)


def _change(low: datetime, high: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The second in (low, high] from which the zone's offset is the one it has at high."""
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    offset = high.astimezone(zone).utcoffset()
    steps = (high - low) // _SECOND
    while steps > 1:
        half = steps // 2
        if (high - half * _SECOND).astimezone(zone).utcoffset() == offset:
            high -= half * _SECOND
            steps -= half
        else:
            steps = half
    return high


@functools.lru_cache(maxsize=64)
def _find(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None

"""Moments and lengths of time in the words of a person: "in 5 min", "yesterday 14:02"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bgtasks_gui.core import durations
from bgtasks_gui.wire import times

#: Until this far away a distance says more than a clock.
_NEAR: Final = timedelta(hours=1)
_DAYS: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def now() -> datetime:
    return datetime.now(UTC)


def when(stamp: str, now: datetime) -> str:
    """ "in 5 min", "12 s ago", "today 18:00", "tomorrow 09:00", "Fri 17:30", "Tue 24 Nov 14:02"."""
    at = times.parse(stamp)
    distance = at - now
    if abs(distance) < timedelta(seconds=1):
        return "now"
    if abs(distance) < _NEAR:
        length = durations.say_duration(_coarse(abs(distance)))
        return f"in {length}" if distance > timedelta(0) else f"{length} ago"
    local, today = at.astimezone(), now.astimezone()
    days = (local.date() - today.date()).days
    if days in _DAYS:
        return f"{_DAYS[days]} {local:%H:%M}"
    if 1 < days < 7:
        return f"{durations.WEEKDAYS[local.weekday()][:3]} {local:%H:%M}"
    return durations.say_time(at, now)


def clock(stamp: str, now: datetime) -> str:
    """ "14:02" today, else with the day: a moment that something lasts until."""
    return durations.say_time(times.parse(stamp), now)


def length(seconds: float) -> str:
    """ "1 h 30 min", "250 ms"."""
    return durations.say_duration(timedelta(seconds=seconds))


def between(start: str, end: str) -> str:
    return durations.say_duration(times.parse(end) - times.parse(start))


def iso_length(text: str) -> str:
    """ "15 min" for "PT15M"."""
    return durations.say_duration(durations.parse_duration(text))


def _coarse(distance: timedelta) -> timedelta:
    """The nearest whole minute from one minute on: seconds are noise there."""
    minute = timedelta(minutes=1)
    return distance if distance < minute else round(distance / minute) * minute

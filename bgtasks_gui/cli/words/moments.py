"""Moments a person writes: ISO 8601, "18:00", "tomorrow 9:00", "in 2h", "30m ago"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bgtasks_gui.cli.words import weekdays
from bgtasks_gui.core import durations, errors

_CLOCK: Final = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_DAY: Final = re.compile(rf"(?P<day>[a-z]+)(?:\s+(?:at\s+)?{_CLOCK})?")
_TIME: Final = re.compile(rf"(?:at\s+)?{_CLOCK}")
_NEAR: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
_HINT: Final = 'write it as "18:00", "tomorrow 9:00", "fri 17:30", "in 2h" or "2026-11-24 18:00".'


def parse(text: str, now: datetime, *, past: bool = False, field: str = "time") -> datetime:
    """The moment a person means, in UTC.

    Times without a zone are this computer's. A time of day without a day is the next one after
    `now`, or the last one before it where `past` is asked for.

    Raises `errors.InvalidField` where the text names no moment.
    """
    try:
        found = _relative(text, now) or _on_a_clock(text, now, past=past) or _iso(text)
    except (OverflowError, OSError, ValueError) as error:
        raise errors.InvalidField(f"{text!r} is outside the calendar.", field=field) from error
    if found is None:
        hint = _HINT.replace("in 2h", "2h ago") if past else _HINT
        raise errors.InvalidField(f"{text!r} is not a time: {hint}", field=field)
    return found


def _relative(text: str, now: datetime) -> datetime | None:
    words = text.strip().lower()
    if words == "now":
        return now.astimezone(UTC)
    is_ahead, is_back = words.startswith("in "), words.endswith(" ago")
    if is_ahead == is_back:
        return None
    length = words.removeprefix("in ").removesuffix(" ago").replace(" ", "")
    try:
        distance = durations.parse_duration(length)
    except errors.InvalidField:
        return None
    return (now + distance if is_ahead else now - distance).astimezone(UTC)


def _on_a_clock(text: str, now: datetime, *, past: bool) -> datetime | None:
    words = text.strip().lower()
    today = now.astimezone().date()
    if (found := _TIME.fullmatch(words)) is not None:
        clock = _clock(found)
        return None if clock is None else _nearest(clock, today, now, past=past)
    if (found := _DAY.fullmatch(words)) is None:
        return None
    clock = time() if found["hour"] is None else _clock(found)
    if clock is None:
        return None
    if found["day"] in _NEAR:
        return _local(today + timedelta(days=_NEAR[found["day"]]), clock)
    weekday = weekdays.parse(found["day"])
    if weekday is None:
        return None
    ahead = (weekday - today.weekday()) % 7
    at = _local(today + timedelta(days=ahead), clock)
    if past:
        return at if at <= now else _local(today + timedelta(days=ahead - 7), clock)
    return at if at > now else _local(today + timedelta(days=ahead + 7), clock)


def _nearest(clock: time, today: date, now: datetime, *, past: bool) -> datetime:
    """The next time a clock shows this after now, or the last before."""
    at = _local(today, clock)
    if past:
        return at if at <= now else _local(today - timedelta(days=1), clock)
    return at if at > now else _local(today + timedelta(days=1), clock)


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(UTC)


def _clock(found: re.Match[str]) -> time | None:
    try:
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None


def _local(day: date, clock: time) -> datetime:
    """This wall time of the computer's zone; one that does not exist is moved by the gap."""
    return datetime.combine(day, clock).astimezone(UTC)

"""Durations, sizes and times in words, and back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bgtasks_gui.core import errors

_SECONDS: Final = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_UNIT_NAMES: Final = {
    "week": "w", "weeks": "w", "day": "d", "days": "d", "hour": "h", "hours": "h",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "sec": "s", "secs": "s",
    "second": "s", "seconds": "s",
}  # fmt: skip
# Patterns are compiled when they are first used: the command line starts without them.
_PART: Final = r"(?a)\s*(?P<number>\d{1,15}(?:\.\d{1,9})?)\s*(?P<unit>[a-z]*)"
_ISO: Final = (
    "(?a)"
    r"P(?:(?P<w>\d{1,9})W)?(?:(?P<d>\d{1,9}(?:\.\d{1,9})?)D)?"
    r"(?P<time>T(?:(?P<h>\d{1,9}(?:\.\d{1,9})?)H)?(?:(?P<m>\d{1,9}(?:\.\d{1,9})?)M)?"
    r"(?:(?P<s>\d{1,15}(?:\.\d{1,9})?)S)?)?"
)
_DURATION_HINT: Final = 'write it as "90" (seconds), "15m", "1h30m", "2d" or "PT15M".'

#: Bytes of each size unit. A bare letter counts in 1024, as in systemd, curl and dd.
SIZES: Final[dict[str, int]] = {
    "": 1,
    "b": 1,
    **{letter: 1024**power for power, letter in enumerate("kmgtpe", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgtpe", 1)},
    **{f"{letter}i": 1024**power for power, letter in enumerate("kmgtpe", 1)},
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgtpe", 1)},
}
_SIZE: Final = r"(?a)(?P<number>\d{1,20}(?:\.\d{1,9})?)\s*(?P<unit>[a-zA-Z]{0,3})"
_SIZE_NAMES: Final = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")

#: Bytes a second below which a limit is taken for a mistake: servers take it for dead.
LEAST_RATE: Final = 1024
_NO_RATE: Final = frozenset({"", "off", "none", "0"})

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def parse_duration(text: str, *, field: str = "duration") -> timedelta:
    """The duration a person wrote: "90" (seconds), "15m", "1h30m", "2d", "PT15M".

    Raises `errors.InvalidField` where it is none, or longer than a `timedelta` holds.
    """
    seconds = _iso_seconds(text) if text.startswith("P") else _unit_seconds(text)
    if seconds is None:
        raise errors.InvalidField(f"{text!r} is not a duration: {_DURATION_HINT}", field=field)
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise errors.InvalidField(f"{text!r} is too long a duration.", field=field) from error


def _iso_seconds(text: str) -> float | None:
    found = re.fullmatch(_ISO, text)
    if found is None or found["time"] == "T":
        return None
    parts = {unit: found[unit] for unit in "wdhms" if found[unit] is not None}
    if not parts:
        return None
    return sum(float(number) * _SECONDS[unit] for unit, number in parts.items())


def _unit_seconds(text: str) -> float | None:
    seconds, position, used = 0.0, 0, set[str]()
    lower = text.strip().lower()
    while position < len(lower):
        found = re.match(_PART, lower[position:])
        if found is None:
            return None
        unit = _UNIT_NAMES.get(found["unit"], found["unit"])
        if unit == "" and found.end() == len(lower) and not used:
            unit = "s"
        if unit not in _SECONDS or unit in used:
            return None
        used.add(unit)
        seconds += float(found["number"]) * _SECONDS[unit]
        position += found.end()
    return seconds if used else None


def say_duration(duration: timedelta) -> str:
    """ "1 h 30 min": the two largest units of it, cut, not rounded; below a second "250 ms"."""
    ms = max(duration // timedelta(milliseconds=1), 0)
    if 0 < ms < 1000:
        return f"{ms} ms"
    left, parts = ms // 1000, list[str]()
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            # A gap ends it: "1 d" says more than "1 d 12 s".
            break
    return " ".join(parts[:2]) or "0 s"


def parse_size(text: str, *, field: str = "size") -> int:
    """The bytes a person wrote: "500M" and "500MiB" count in 1024, "500MB" in 1000.

    Raises `errors.InvalidField` where it is no size.
    """
    found = re.fullmatch(_SIZE, text.strip())
    if found is None or found["unit"].lower() not in SIZES:
        hint = 'write it as "1048576" (bytes), "500M", "2GiB" or "1.5 GB".'
        raise errors.InvalidField(f"{text!r} is not a size: {hint}", field=field)
    unit = SIZES[found["unit"].lower()]
    number = found["number"]
    return round(float(number) * unit) if "." in number else int(number) * unit


def parse_rate(text: str, *, field: str = "rate", least: int = LEAST_RATE) -> int | None:
    """The bytes a second a person wrote: "500K", "2 MB/s"; None for "off".

    Raises `errors.InvalidField` where it is no speed, or less than `least`.
    """
    words = text.strip().removesuffix("/s").strip()
    if words.casefold() in _NO_RATE:
        return None
    try:
        rate = parse_size(words, field=field)
    except errors.InvalidField as error:
        hint = 'write it as "500K", "2M" or "1.5 MB" a second, or "off".'
        raise errors.InvalidField(f"{text.strip()!r} is no speed: {hint}", field=field) from error
    if rate < least:
        raise errors.InvalidField(
            f"{say_size(rate)} a second is too slow: {say_size(least)}/s is the least.",
            field=field,
        )
    return rate


def say_rate(rate: int | None) -> str:
    """ "500 KiB/s"; "no limit" for none."""
    return "no limit" if rate is None else f"{say_size(rate)}/s"


def say_size(size: int) -> str:
    """ "1.5 GiB"; bytes below 1 KiB."""
    if size < 1024:
        return f"{size} bytes" if size != 1 else "1 byte"
    amount, name = float(size), "bytes"
    for name in _SIZE_NAMES:  # noqa: B007 the last name is the largest unit
        amount /= 1024
        if amount < 1023.95:
            break
    return f"{amount:.1f} {name}".replace(".0 ", " ")


def say_time(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """ "14:02" today, else "Tue 24 Nov 14:02", with the year where it is another one.

    In `zone`, by default the computer's own.
    """
    local, today = at.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    day = f"{WEEKDAYS[local.weekday()][:3]} {local.day} {_MONTHS[local.month - 1]}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{day}{year} {clock}"

"""Values as a person types them, and back without a loss: durations, sizes, command lines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import times

_UNITS: Final = (
    (timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"), (timedelta(milliseconds=1), "ms"),
)  # fmt: skip
_SIZES: Final = tuple(
    (1024**power, f"{letter}iB") for power, letter in reversed([*enumerate("KMGTPE", 1)])
)
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
#: Longer texts of a size are given in bytes: "1.234 GiB" says less than it seems to.
_DECIMALS: Final = 100


def spell_duration(iso: str) -> str:
    """ "1 h 30 min" for "PT1H30M"; a text that is no duration stays as it is."""
    try:
        length = durations.parse_duration(iso)
    except errors.InvalidField:
        return iso
    rest, parts = length, list[str]()
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    if rest:
        # Smaller than what people write: all of it in seconds, to the last digit.
        return f"{length // _SECOND}.{length % _SECOND // _MICROSECOND:06} s"
    return " ".join(parts) or "0 s"


_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)


def read_duration(text: str) -> str:
    """ "PT15M" for "15m", "15 min" or "PT15M". Raises `errors.InvalidField`."""
    return times.duration(durations.parse_duration(text.strip()))


def spell_size(size: int) -> str:
    """ "1.5 GiB"; in bytes where a unit would not say it exactly."""
    for unit, name in _SIZES:
        if size >= unit and size * _DECIMALS % unit == 0:
            said = f"{size // unit}.{size % unit * _DECIMALS // unit:02}".rstrip("0").rstrip(".")
            return f"{said} {name}"
    return f"{size} B"


def read_size(text: str) -> int:
    """The bytes of "500M", "1.5 GB" or "2 GiB". Raises `errors.InvalidField`."""
    return durations.parse_size(text)


def read_clock(text: str) -> str:
    """ "08:30" for "8:30", "8.30" or "8:30 am"; what is no time of day stays as it is."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return text
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        return text
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else text


def spell_argv(argv: Sequence[str]) -> str:
    """The arguments as one line, quoted where a shell would need it."""
    return shlex.join(argv)


def read_argv(text: str) -> list[str]:
    """The arguments of a command line. Raises `errors.InvalidField` for an open quote."""
    try:
        return shlex.split(text)
    except ValueError as error:
        message = (
            "It ends with a backslash; nothing follows that it could quote."
            if "escaped" in str(error)
            else "A quote is opened and not closed."
        )
        raise errors.InvalidField(message, field="argv") from error

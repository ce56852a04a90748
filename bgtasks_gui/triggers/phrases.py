"""Words that several triggers say: durations, lists, ordinals, what a clock change does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
#: In the order of `datetime.weekday()`.
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)

_UNITS: Final = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000))


def duration(length: timedelta) -> str:
    """ "1 hour 30 minutes"; smaller than a second is said in thousandths."""
    rest = length // timedelta(milliseconds=1)
    parts = []
    for unit, size in (*_UNITS, ("millisecond", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def every(length: timedelta) -> str:
    """ "every hour", "every 5 minutes"."""
    words = duration(length)
    return f"every {words.removeprefix('1 ') if words.count(' ') == 1 else words}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def ordinal(number: int) -> str:
    """ "1st", "22nd", "13th"."""
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def skipped(times: Sequence[datetime], runs_at: datetime) -> str:
    """What to say of a run that makes up for times its day does not have."""
    shown = [f"{time:%H:%M}" for time in times[:3]] + (["others"] if len(times) > 3 else [])
    verb = "does" if len(shown) == 1 else "do"
    return f"{listed(shown)} {verb} not exist that day, runs {runs_at:%H:%M}"


def repeated(time: datetime, *, both: bool) -> str:
    """What to say of a time that its day has twice."""
    return f"{time:%H:%M} happens twice, runs {'both times' if both else 'once'}"

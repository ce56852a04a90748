"""Days of the month a person writes: "last fri 17:30", "1st mon 9:00", "last day 18:00"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bgtasks_gui.cli.words import weekdays
from bgtasks_gui.core import errors

_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_ORDINAL: Final = re.compile(r"(?P<number>\d{1,2})(?:st|nd|rd|th)")
_NUMBER: Final = re.compile(r"(?P<number>\d{1,2})(?:st|nd|rd|th)?")
_WORDS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_HINT: Final = (
    'write it as "last fri 17:30", "1st mon 9:00", "fri 17:30", "day 15 9:00" or '
    '"last day 18:00", with "in jan,jul" before the time if need be.'
)

#: The parameters of a `calendar` trigger.
Parameters = dict[str, object]


def parse(text: str) -> Parameters:
    """The days and the time of day a person means, as parameters of a `calendar` trigger.

    Raises `errors.InvalidField` where the text names none.
    """
    words = text.lower().split()
    clock = _CLOCK.fullmatch(words[-1]) if words else None
    if clock is not None:
        days, months = _parts(words[:-1])
        found = _days(days)
        if found is not None and months is not None:
            time = f"{clock['hour'].zfill(2)}:{clock['minute']}"
            return {"time": time, **found, **({"months": months} if months else {})}
    raise errors.InvalidField(f"{text!r} is not a day and time: {_HINT}", field="calendar")


def _parts(words: Sequence[str]) -> tuple[Sequence[str], list[int] | None]:
    """The words of the day, and the months (none is all); None where one is no month."""
    if words and words[-1] == "at":
        words = words[:-1]
    split = next((at for at, word in enumerate(words) if word in ("in", "of")), None)
    if split is None:
        return words, []
    named = " ".join(words[split + 1 :]).replace(",", " ").split()
    numbers = [_MONTHS.index(name[:3]) + 1 for name in named if name[:3] in _MONTHS]
    return words[:split], numbers if numbers and len(numbers) == len(named) else None


def _days(words: Sequence[str]) -> Parameters | None:
    if len(words) > 2 and words[-1] == "day" and words[-3:-1] == ["or", "last"]:
        found = _day_of_month(words[:-3])
        return None if found is None else {**found, "short_months": "last_day"}
    return _weekday(words) or _day_of_month(words)


def _weekday(words: Sequence[str]) -> Parameters | None:
    """ "fri", "last fri", "2nd fri"."""
    weekday = weekdays.parse(words[-1]) if words else None
    if weekday is None or len(words) > 2:
        return None
    name = weekdays.NAMES[weekday]
    if len(words) == 1:
        return {"weekday": name}
    ordinal = _ORDINAL.fullmatch(words[0])
    nth = int(ordinal["number"]) if ordinal else _WORDS.get(words[0])
    return None if nth is None else {"weekday": name, "nth": nth}


def _day_of_month(words: Sequence[str]) -> Parameters | None:
    """ "last day", "day 15", "15th"."""
    if list(words) == ["last", "day"]:
        return {"day": -1}
    if len(words) == 2 and words[0] == "day":
        words = words[1:]
    found = _NUMBER.fullmatch(words[0]) if len(words) == 1 else None
    return None if found is None else {"day": int(found["number"])}

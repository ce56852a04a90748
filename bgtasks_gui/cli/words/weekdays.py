"""Days of the week in words: "mon", "sat,sun", "mon-fri"."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.core import durations, errors

NAMES: Final = tuple(name.lower() for name in durations.WEEKDAYS)


def parse(text: str) -> int | None:
    """0 is Monday. At least three letters of the name; None where it is no day."""
    name = text.strip().lower()
    return next((day for day, full in enumerate(NAMES) if _is_short_for(name, full)), None)


def parse_list(text: str, *, field: str) -> tuple[int, ...]:
    """The days of "mon,wed", "mon-fri", "sat-mon", in the order of the week.

    Raises `errors.InvalidField` where one of them is no day.
    """
    days = set[int]()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = parse(first), parse(last if dash else first)
        if start is None or end is None:
            message = f'{part.strip()!r} is no day: write "mon", "sat,sun" or "mon-fri".'
            raise errors.InvalidField(message, field=field)
        days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return tuple(sorted(days))


def _is_short_for(name: str, full: str) -> bool:
    return len(name) >= 3 and full.startswith(name)

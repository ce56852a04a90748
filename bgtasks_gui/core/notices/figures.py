"""Progress in the words of a notice: "65 % of 1.2 GiB, 38 MiB/s, 2 min left"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from bgtasks_gui.core import durations, progress

#: In which a rate is told, the first in which it is more than nothing.
_SPANS: Final = (("s", 1), ("min", 60), ("h", 3600))
_LEAST_RATE: Final = 0.1
#: Control characters have no right to the surface that shows them, nor have marks that turn the
#: direction of the text around them.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: A longer name or message is cut; the window has the whole.
_LONGEST: Final = 120
#: Names that a list says; the rest is counted.
_NAMED: Final = 2


def line(text: str) -> str:
    """Text of others on one line, not too long."""
    said = clean(text)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def clean(text: str) -> str:
    """The whole of it on one line, without control characters."""
    return _CONTROLS.sub("\ufffd", " ".join(text.split()))


def names(counted: Mapping[str, int]) -> str:
    """ "A, B (3 times) and 1 other task": each name once, in the order they came."""
    shown = [
        name if count == 1 else f"{name} ({count} times)"
        for name, count in list(counted.items())[:_NAMED]
    ]
    left = len(counted) - len(shown)
    others = "1 other task" if left == 1 else f"{left} other tasks"
    return ", ".join(shown) + (f" and {others}" if left else "")


def count_names(found: Iterable[str]) -> dict[str, int]:
    """How often each name comes."""
    counted: dict[str, int] = {}
    for name in found:
        counted[name] = counted.get(name, 0) + 1
    return counted


def fraction(known: progress.Progress) -> float | None:
    """How much of it is done, from 0 to 1; None where the whole is not known."""
    total = 100 if known.unit == "%" else known.total
    return min(known.done / total, 1.0) if total else None


def percent(share: float) -> str:
    """ "45 %"; it is 100 only when all is done."""
    return "100 %" if share >= 1 else f"{min(round(share * 100), 99)} %"


def reached(known: progress.Progress) -> str:
    """ "65 % of 1.2 GiB", "45 % (9 of 20 files)", "3 files"."""
    share = fraction(known)
    if share is None:
        return measure(known.done, known.unit)
    if known.unit == "%":
        return percent(share)
    whole = measure(known.total or 0, known.unit)
    if known.unit == "bytes":
        return f"{percent(share)} of {whole}"
    return f"{percent(share)} ({number(known.done)} of {whole})"


def moving(known: progress.Progress) -> str:
    """The same with rate and remaining time."""
    left = "" if known.eta is None else f"{length(known.eta)} left"
    return ", ".join(part for part in (reached(known), rate(known.rate, known.unit), left) if part)


def rate(much: float | None, unit: str | None) -> str:
    """ "3 files/s"; nothing where it is not known, or says no more than the percent."""
    if much is None or unit == "%":
        return ""
    for span, seconds in _SPANS:
        if much * seconds >= _LEAST_RATE:
            return f"{measure(much * seconds, unit)}/{span}"
    return ""


def length(seconds: float) -> str:
    """ "2 min"; never nothing."""
    most = timedelta.max.total_seconds() / 2
    return durations.say_duration(timedelta(seconds=int(min(max(seconds, 1.0), most))))


def measure(much: float, unit: str | None) -> str:
    """ "1.2 GiB", "3 files", "3"."""
    if unit == "bytes":
        return durations.say_size(round(much))
    return f"{number(much)} {line(unit)}" if unit else number(much)


def number(much: float) -> str:
    """ "2.5", but "3" and "250"."""
    return f"{much:.0f}" if much >= 100 or much == int(much) else f"{much:.1f}"

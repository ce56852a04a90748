"""Limits of speed to choose from: a few round ones."""

from __future__ import annotations

from typing import Final, NamedTuple

from bgtasks_gui.core import durations

_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


class Limit(NamedTuple):
    """One to choose."""

    text: str
    #: Bytes a second; None is no limit.
    rate: int | None


def say(rate: int | None) -> str:
    """ "500 KiB/s"."""
    said = durations.say_rate(rate)
    return f"{said[:1].upper()}{said[1:]}"


LIMITS: Final = tuple(
    Limit(say(rate), rate)
    for rate in (None, 100 * _KIB, 500 * _KIB, _MIB, 2 * _MIB, 5 * _MIB, 10 * _MIB)
)

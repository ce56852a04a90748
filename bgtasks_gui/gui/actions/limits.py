"""Limits of speed as people choose them: a few round ones, or their own."""

from __future__ import annotations

from typing import Final, NamedTuple

from bgtasks_gui.core import durations, errors

_KIB: Final = 1024
_MIB: Final = 1024 * _KIB
#: The slowest there may be: below it servers take a transfer for dead.
LEAST: Final = _KIB
_OFF: Final = frozenset({"", "off", "none", "0"})


class Limit(NamedTuple):
    """One to choose."""

    text: str
    #: Bytes a second; None is no limit.
    rate: int | None


def say(rate: int | None) -> str:
    """ "500 KiB/s"."""
    return "No limit" if rate is None else f"{durations.say_size(rate)}/s"


LIMITS: Final = tuple(
    Limit(say(rate), rate)
    for rate in (None, 100 * _KIB, 500 * _KIB, _MIB, 2 * _MIB, 5 * _MIB, 10 * _MIB)
)


def parse(text: str) -> int | None:
    """Bytes a second as a person writes them: "500K", "2 MB/s", "off".

    Raises `errors.InvalidField` where it is no speed.
    """
    words = text.strip().removesuffix("/s").strip()
    if words.casefold() in _OFF:
        return None
    try:
        rate = durations.parse_size(words, field="rate")
    except errors.InvalidField as error:
        hint = 'write it as "500K", "2M" or "1.5 MB" a second, or "off".'
        raise errors.InvalidField(f"{text.strip()!r} is no speed: {hint}", field="rate") from error
    if rate < LEAST:
        raise errors.InvalidField(
            f"{durations.say_size(rate)} a second is too slow: {say(LEAST)} is the least.",
            field="rate",
        )
    return rate

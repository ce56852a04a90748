"""Times as they cross the socket: ISO 8601, UTC, milliseconds, "Z" (concepts R117)."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta


@functools.lru_cache(maxsize=1024)  # the times of a run are told again with each of its events
def stamp(moment: datetime) -> str:
    """`2026-11-22T15:00:00.123Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"


def stamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def local(moment: datetime) -> str:
    """The same moment on this computer's clock, with its offset, to the second."""
    return moment.astimezone().isoformat(timespec="seconds")


def parse(text: str) -> datetime:
    """The moment a stamp names, in UTC. Raises `ValueError` where it names none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is not within the calendar") from error


def duration(length: timedelta) -> str:
    """`PT15M`, `P1DT2H`, `PT0.25S`: ISO 8601, in days, hours, minutes and seconds."""
    sign, length = ("-", -length) if length < timedelta(0) else ("", length)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    parts = [(hours, "H"), (minutes, "M"), (f"{seconds}{fraction}", "S")]
    clock = "".join(f"{number}{unit}" for number, unit in parts if number not in (0, "0"))
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days or 'T0S'}"


def duration_or_none(length: timedelta | None) -> str | None:
    return None if length is None else duration(length)

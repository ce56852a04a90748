"""The trigger that fires by a cron expression, as Debian's cron reads it.

The expression is stepped over a wall clock without a zone, and each wall time is then looked up in
the zone. As in cron, fixed times that clocks skip run right after the gap and repeated ones run
once, while an expression with "*" in its minute or hour follows the clock, so it runs in both.
"""

from __future__ import annotations

import copy
import functools
import itertools
import re
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final, Self

import cronsim
import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.triggers import phrases, zones

LONGEST: Final = 200

#: Each field and what it may hold.
_FIELDS: Final = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day": "1 to 31, or L for the last day",
    "month": "1 to 12 or JAN to DEC",
    "weekday": "0 to 7 or SUN to SAT (0 and 7 are Sunday)",
}
_SHORTHANDS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ONE_STEP: Final = re.compile(r"\b(\w+)-\1/(?=[1-9])\d+\b", re.IGNORECASE)
_TICK: Final = timedelta(seconds=1)


class CronTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="cron"
):
    """By a cron expression"""

    expression: Annotated[
        str,
        msgspec.Meta(
            title="Expression",
            description="Five fields: minute, hour, day of the month, month, weekday.",
            examples=["30 2 * * *", "*/15 9-17 * * MON-FRI"],
            extra_json_schema={"format": "cron"},
        ),
    ]
    zone: Annotated[
        str | None,
        msgspec.Meta(
            title="Time zone",
            description="The zone its times are in.",
            examples=["Europe/Berlin"],
            extra_json_schema={"format": "zone", "x-empty": "The computer's own", "x-rare": True},
        ),
    ] = None

    def prepared(self, now: datetime) -> Self:
        text = _checked(self.expression)
        ready = msgspec.structs.replace(self, expression=text, zone=zones.checked(self.zone))
        if ready.next(now) is None:
            raise errors.InvalidField(_never(text), field="expression")
        return ready

    def describe(self) -> str:
        phrase = _phrase(self.expression)
        return phrase if self.zone is None else f"{phrase} ({self.zone})"

    def next(self, after: datetime) -> datetime | None:
        zone = zones.load(self.zone)
        try:
            if self._follows_clock:
                return self._next_shown(after, zone)
            planned = _steps(self.expression, zones.wall(after, zone))
            found = (zones.first_instant(time, zone) for time in planned)
            return next((at for at in found if at > after), None)
        except (OverflowError, ValueError):  # the end of the calendar, year 9999
            return None

    def note(self, at: datetime) -> str | None:
        zone = zones.load(self.zone)
        local = zones.wall(at, zone)
        gap = zones.skipped_at(at, zone)
        if gap is not None and not self._follows_clock:
            times = _steps(self.expression, gap[0] - _TICK)
            missing = list(itertools.takewhile(lambda time: time < gap[1], times))
            if missing:
                return phrases.skipped(missing, local)
        if len(zones.instants(local, zone)) == 2:
            return phrases.repeated(local, both=self._follows_clock)
        return None

    @property
    def _follows_clock(self) -> bool:
        minute, hour, *_ = self.expression.split()
        return minute.startswith("*") or hour.startswith("*")

    def _next_shown(self, after: datetime, zone: zoneinfo.ZoneInfo) -> datetime | None:
        """The first instant after this one at which a clock on the wall fits the expression."""
        at = self._first_shown(zones.wall(after, zone), after, zone)
        repeat = zones.repeat_after(after, zone)
        if repeat is None or (at is not None and at < repeat):
            return at
        # Clocks go back before that: what they showed already comes once more.
        return self._first_shown(zones.wall(repeat, zone) - _TICK, after, zone)

    def _first_shown(
        self, start: datetime, after: datetime, zone: zoneinfo.ZoneInfo
    ) -> datetime | None:
        times = _steps(self.expression, start)
        shown = (at for time in times for at in zones.instants(time, zone))
        return next((at for at in shown if at > after), None)


def _checked(expression: str) -> str:
    text = " ".join(expression.split())
    text = _SHORTHANDS.get(text.lower(), text)
    fields = text.split()
    message: str | None
    if text.lower() == "@reboot":
        message = 'For "@reboot" use a trigger of the type "startup", per "boot".'
    elif len(text) > LONGEST:
        message = f"A cron expression has at most {LONGEST} characters."
    elif len(fields) != len(_FIELDS):
        given = f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
        names = phrases.listed(list(_FIELDS))
        message = f'"{text}" has {given}; a cron expression has five: {names}.'
    else:
        message = _bad_field(fields)
    if message:
        raise errors.InvalidField(message, field="expression")
    return text


def _bad_field(fields: list[str]) -> str | None:
    """What is wrong with the first field that is, or with all of them together."""
    for index, (name, right) in enumerate(_FIELDS.items()):
        alone = ["*"] * len(_FIELDS)
        alone[index] = fields[index]
        if not _is_readable(" ".join(alone)):
            return (
                f'The {name} "{fields[index]}" is not possible: it is {right}, a list (1,2), '
                "a range (1-5), a step (*/2) or *."
            )
    return None if _is_readable(" ".join(fields)) else _never(" ".join(fields))


def _never(text: str) -> str:
    return f'"{text}" never comes: no day of those months fits both the day and the weekday.'


def _is_readable(expression: str) -> bool:
    try:
        _parsed(expression)
    except cronsim.CronSimError:
        return False
    return True


@functools.lru_cache(maxsize=128)
def _parsed(expression: str) -> cronsim.CronSim:
    # A step over a range of one number is that number; cronsim steps from it to the end.
    return cronsim.CronSim(_ONE_STEP.sub(r"\1", expression), datetime.min)


def _steps(expression: str, start: datetime) -> Iterator[datetime]:
    """The wall times after this one that fit, without regard to changes of the clock."""
    steps = copy.copy(_parsed(expression))
    steps.dt = start.replace(microsecond=0)
    return steps


def _phrase(expression: str) -> str:
    minute, hour, *days = expression.split()
    time = _time_phrase(minute, hour)
    if time is None:
        return _polished(_parsed(expression).explain())
    date = _polished(_parsed(" ".join(("0", "0", *days))).explain())
    return time + date.removeprefix("at 00:00").removesuffix(" every day")


def _time_phrase(minute: str, hour: str) -> str | None:
    """Better words than cronsim's for the usual times; None where it has to say it."""
    if hour == "*":
        if minute == "*":
            return "every minute"
        step = _even_step(minute, 60)
        return phrases.every(timedelta(minutes=step)) if step else None
    if not minute.isdigit():
        return None
    past = f" at {int(minute)} past" if int(minute) else ""
    step = _even_step(hour, 24)
    if step:
        return phrases.every(timedelta(hours=step)) + past
    first, dash, last = hour.partition("-")
    if dash and first.isdigit() and last.isdigit():
        return (
            f"every hour from {int(first):02}:{int(minute):02} to {int(last):02}:{int(minute):02}"
        )
    return None


def _even_step(field: str, whole: int) -> int | None:
    """5 for "*/5", where it goes into the whole without a rest."""
    step = field.removeprefix("*/")
    if step == field or not step.isdigit() or whole % int(step):
        return None
    return int(step)


def _polished(phrase: str) -> str:
    phrase = re.sub(r"\b(\d+)th\b", lambda found: phrases.ordinal(int(found[1])), phrase)
    phrase = phrase.replace("day of month", "day of the month")
    return phrase[0].lower() + phrase[1:]

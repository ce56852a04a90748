"""Triggers from the options that ask for them, in the JSON that the agent reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.cli.words import calendars
from bgtasks_gui.core import errors, runs
from bgtasks_gui.wire import codec, times

#: How a run that is followed may have ended.
OUTCOMES: Final = tuple(str(state) for state in sorted(runs.ENDED))


class After(msgspec.Struct, frozen=True, kw_only=True, tag="after"):
    """A run of another task, which a person names as they like, has ended."""

    task: str
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Times:
    """What the options for triggers said."""

    every: Sequence[timedelta] = ()
    anchor: datetime | None = None
    once_after: Sequence[timedelta] = ()
    cron: Sequence[str] = ()
    zone: str | None = None
    at: Sequence[datetime] = ()
    calendar: Sequence[calendars.Parameters] = ()
    on: Sequence[str] = ()


@dataclass
class Asked:
    """Triggers in the order they are sent, and the option that each came from."""

    triggers: list[msgspec.Raw] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)

    def add(self, origin: str, type_: str, **parameters: object) -> None:
        given = {name: value for name, value in parameters.items() if value is not None}
        self.triggers.append(codec.raw({"type": type_, **given}))
        self.origins.append(origin)


def build(times_: Times) -> Asked:
    """Every trigger that was asked for; `After` with the task as the person named it.

    Raises `errors.InvalidField` where options do not go together.
    """
    if times_.anchor is not None and not times_.every:
        raise errors.InvalidField("It goes with --every only.", field="anchor")
    if times_.zone is not None and not (times_.cron or times_.calendar):
        raise errors.InvalidField("It goes with --cron and --calendar only.", field="zone")
    asked = Asked()
    anchor = times.stamp_or_none(times_.anchor)
    for length in times_.every:
        asked.add("--every", "interval", every=length, anchor=anchor)
    for length in times_.once_after:
        asked.add("--once-after", "interval", every=length, once=True)
    for expression in times_.cron:
        asked.add("--cron", "cron", expression=expression, zone=times_.zone)
    for moment in times_.at:
        asked.add("--at", "date", at=times.stamp(moment))
    for days in times_.calendar:
        asked.add("--calendar", "calendar", **days, zone=times_.zone)
    for event in times_.on:
        _add_event(asked, event)
    return asked


def _add_event(asked: Asked, text: str) -> None:
    """ "startup", "startup:boot", "after:TASK=failed", else an event that somebody emits."""
    word, _, rest = text.partition(":")
    if text == "startup":
        asked.add("--on", "startup")
    elif text == "startup:boot":
        asked.add("--on", "startup", per="boot")
    elif word == "after" and rest:
        asked.triggers.append(codec.raw(parse_after(rest)))
        asked.origins.append("--on")
    else:
        asked.add("--on", "custom_event", name=rest if word == "event" else text)


def parse_after(text: str) -> After:
    """ "TASK" or "TASK=completed,failed".

    Raises `errors.InvalidField` where one of the outcomes is none.
    """
    # A task may have "=" in its name, so only the last one can separate.
    task, equals, ends = text.rpartition("=")
    if not equals:
        return After(task=text)
    outcomes = tuple(end.strip().replace("cancelled", "canceled") for end in ends.split(","))
    unknown = [end for end in outcomes if end not in OUTCOMES]
    if unknown:
        message = f'A run does not end as "{unknown[0]}", but {", ".join(OUTCOMES)}.'
        raise errors.InvalidField(message, field="on")
    return After(task=task, outcomes=outcomes)

"""A whole registration from the options of `bgtasks add`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bgtasks_gui.cli.words import calendars, environment, triggers
from bgtasks_gui.core import conditions, errors, processes, tasks
from bgtasks_gui.wire import codec


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The options of a task, read; None is "not given". Not every kind takes the last ones."""

    every: Sequence[timedelta]
    anchor: datetime | None
    once_after: Sequence[timedelta]
    cron: Sequence[str]
    zone: str | None
    at: Sequence[datetime]
    calendar: Sequence[calendars.Parameters]
    on: Sequence[str]
    conditions: Sequence[conditions.Condition]
    on_loss: str | None
    overlap: tasks.Overlap | None
    missed: tasks.Missed | None
    flex: timedelta | None
    retries: int | None
    backoff: timedelta | None
    max_delay: timedelta | None
    time_limit: timedelta | None
    idle_limit: timedelta | None
    grace: timedelta | None
    group: str | None
    owner: str | None
    modes: Sequence[str]
    notice: str | None
    expires: datetime | None
    disabled: bool
    # Of programs and functions
    nice: int | None = None
    io_priority: processes.IoPriority | None = None
    memory_max: int | None = None
    progress_pattern: str | None = None
    cwd: str | None = None
    env: Sequence[str] = ()
    no_environment: bool = False


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What is sent, and what the person should know of it."""

    spec: tasks.TaskSpec
    #: The option that each trigger came from.
    origins: Sequence[str]
    #: Variables that are not stored because they look secret.
    left_out: Sequence[str]


def build(
    chosen: Chosen,
    kind: str,
    name: str,
    payload: Mapping[str, object],
    environ: Mapping[str, str] | None,
) -> Registration:
    """The registration, with folder and environment of this shell in it.

    `environ` is None for a kind that has no process, which has use for neither.
    Raises `errors.InvalidField` where options do not go together.
    """
    asked = triggers.build(
        triggers.Times(
            every=chosen.every, anchor=chosen.anchor, once_after=chosen.once_after,
            cron=chosen.cron, zone=chosen.zone, at=chosen.at, calendar=chosen.calendar,
            on=chosen.on,
        )
    )  # fmt: skip
    is_stored = environ is not None and not chosen.no_environment
    stored, left_out = environment.capture(environ or {})
    own = environment.parse_pairs(chosen.env, field="payload.env")
    where = {} if environ is None else {"cwd": folder(chosen.cwd), "env": own}
    spec = tasks.TaskSpec(
        name=name,
        kind=kind,
        payload=codec.raw({**payload, **where}),
        triggers=tuple(asked.triggers),
        conditions=tuple(chosen.conditions),
        retry=_retry(chosen),
        resources=_resources(chosen),
        modes=tuple(chosen.modes),
        enabled=not chosen.disabled,
        environment=stored if is_stored else None,
    )
    missing = [one for one in left_out if one not in own] if is_stored else ()
    return Registration(spec=_refine(spec, chosen), origins=asked.origins, left_out=missing)


def folder(named: str | None) -> str:
    """The folder a task runs in: the one named, else this one.

    Raises `errors.InvalidField` where this one does not exist any more.
    """
    try:
        return os.path.abspath(os.path.expanduser(named)) if named else os.getcwd()
    except FileNotFoundError as error:
        message = "The folder you are in does not exist any more; name one."
        raise errors.InvalidField(message, field="payload.cwd") from error


def _refine(spec: tasks.TaskSpec, chosen: Chosen) -> tasks.TaskSpec:
    """What was given in place of the defaults."""
    given = {
        "stop_on_condition_loss": chosen.on_loss and tasks.ConditionLoss(chosen.on_loss),
        "overlap": chosen.overlap,
        "missed": chosen.missed,
        "flex": chosen.flex,
        "time_limit": chosen.time_limit,
        "idle_limit": chosen.idle_limit,
        "grace": chosen.grace,
        "progress_pattern": chosen.progress_pattern,
        "notice": chosen.notice and tasks.NoticePolicy(chosen.notice),
        "group": chosen.group,
        "owner": chosen.owner,
        "expires_at": chosen.expires,
    }
    kept = {name: value for name, value in given.items() if value is not None}
    return msgspec.structs.replace(spec, **kept)


def _retry(chosen: Chosen) -> tasks.Retry:
    if chosen.retries is None and (chosen.backoff or chosen.max_delay):
        field = "retry.backoff" if chosen.backoff else "retry.max_delay"
        raise errors.InvalidField("It goes with --retries only.", field=field)
    default = tasks.Retry()
    return tasks.Retry(
        attempts=chosen.retries or 0,
        backoff=default.backoff if chosen.backoff is None else chosen.backoff,
        max_delay=default.max_delay if chosen.max_delay is None else chosen.max_delay,
    )


def _resources(chosen: Chosen) -> tasks.Resources:
    return tasks.Resources(
        nice=chosen.nice or 0,
        io_priority=chosen.io_priority or "normal",
        memory_max=chosen.memory_max,
    )

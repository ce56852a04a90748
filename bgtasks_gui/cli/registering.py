"""Sending a registration to the agent, and telling what became of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NoReturn

import click
import msgspec

from bgtasks_gui.cli import failures
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.cli.words import fields, specs, triggers
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import tasks, text, times
from bgtasks_gui.core import errors, ids
from bgtasks_gui.core.tasks import TaskSpec
from bgtasks_gui.wire import codec, shapes


def register(
    context: click.Context,
    kind: str,
    payload: Mapping[str, object],
    environ: Mapping[str, str] | None = None,
) -> None:
    """Register what a command of `add` was given, and tell it; see `words.specs.build`."""
    given = context.params
    if given["replace"] and given["keep_both"]:
        raise click.UsageError("Give either --replace or --keep-both.", context)
    if_exists: shapes.IfExists = "refuse"
    if given["replace"] or given["keep_both"]:
        if_exists = "replace" if given["replace"] else "keep_both"
    names = {field.name for field in dataclasses.fields(specs.Chosen)}
    chosen = specs.Chosen(**{name: value for name, value in given.items() if name in names})
    origins: Sequence[str] = ()
    try:
        asked = specs.build(chosen, kind, given["name"], payload, environ)
        origins = asked.origins
        with connect() as client:
            spec = with_followed(client, asked.spec)
            task = client(commands.register_task(spec, if_exists=if_exists))
    except (errors.InvalidField, errors.DuplicateName) as error:
        if isinstance(error, errors.DuplicateName):
            hint = "--replace takes its place, --keep-both adds another."
            error = errors.DuplicateName(f"{error.message} {hint}", field=error.field or "name")
        refuse(error, origins, as_json=given["as_json"])
    _tell(task, asked.left_out, as_json=given["as_json"])


def refuse(error: errors.UserError, origins: Sequence[str] = (), *, as_json: bool) -> NoReturn:
    """Tell what is wrong with a registration, by the option it is about, and end."""
    option = fields.option_for(error.field, origins)
    failures.end(failures.tell_error(error, as_json=as_json, option=option))


def with_followed(client: blocking.BlockingClient, spec: TaskSpec) -> TaskSpec:
    """The same with ids where `--on after:TASK` names tasks, since names may change.

    Raises `errors.InvalidField` where there is no such task.
    """
    ready = []
    for position, trigger in enumerate(spec.triggers):
        if codec.plain(trigger).get("type") == "after":
            after = codec.decode(trigger, triggers.After)
            trigger = codec.raw(_followed(client, after, position))
        ready.append(trigger)
    return msgspec.structs.replace(spec, triggers=tuple(ready))


def _followed(
    client: blocking.BlockingClient, after: triggers.After, position: int
) -> triggers.After:
    if ids.is_id(after.task):
        return after
    try:
        task = client(commands.show_task(after.task))
    except (errors.TaskNotFound, errors.AmbiguousName) as error:
        field = f"triggers[{position}].task"
        raise errors.InvalidField(error.message, field=field) from error
    return msgspec.structs.replace(after, task=task.id)


def _tell(task: shapes.TaskView, left_out: Sequence[str], *, as_json: bool) -> None:
    if left_out:
        outlet.remark(
            f"Not stored with the task, since they look secret: {', '.join(left_out)}. "
            "Let its program read them from a file, or give them with --env."
        )
    if as_json:
        outlet.say_json(task)
        return
    outlet.say(task.id)
    # The id alone goes into a pipe; the sentence is for people.
    outlet.remark(tasks.sentence(task, times.now()))
    for warning in task.warnings:
        outlet.remark(f"Note: {text.clean(warning)}")

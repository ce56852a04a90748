"""`bgtasks suspend`, `resume`, `cancel`, `pause`: what is done to runs that go on."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.client.phrases import runs, tasks, text, times
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

_ALL = "Everything: what runs and what would start."


def _optional_target(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> str | None:
    everything = bool(context.params.get("everything"))
    if not context.resilient_parsing and (given is None) == (not everything):
        wrong = "Give a task, a run or --all." if given is None else "Give either it or --all."
        raise click.UsageError(wrong, context)
    return given


_target = click.argument(
    "target", metavar="TASK|RUN", required=False, callback=_optional_target,
    shell_complete=params.complete_tasks,
)  # fmt: skip
_everything = click.option("--all", "everything", is_flag=True, is_eager=True, help=_ALL)
_reason = click.option("--reason", metavar="TEXT", help="Your own words, kept with the run.")


@click.command(epilog=params.examples("bgtasks suspend backup", "bgtasks suspend --all"))
@_target
@_everything
@_reason
@params.as_json
def suspend(target: str | None, everything: bool, reason: str | None, as_json: bool) -> None:
    """Let runs stand still until they are resumed."""
    with connect() as client:
        if target is None:
            _tell_pause(client(commands.pause_everything()), as_json=as_json)
            return
        found = asking.of_task_or_run(
            client, target, lambda task: commands.suspend_task(task, reason),
            lambda run: commands.suspend_run(run, reason),
        )  # fmt: skip
    _tell_acted(found, target, as_json=as_json)


@click.command(epilog=params.examples("bgtasks resume backup", "bgtasks resume --all"))
@_target
@_everything
@_reason
@params.as_json
def resume(target: str | None, everything: bool, reason: str | None, as_json: bool) -> None:
    """Let suspended runs go on; --all ends a pause of everything."""
    with connect() as client:
        if target is None:
            _tell_pause(client(commands.resume_everything()), as_json=as_json)
            return
        found = asking.of_task_or_run(
            client, target, lambda task: commands.resume_task(task, reason),
            lambda run: commands.resume_run(run, reason),
        )  # fmt: skip
    _tell_acted(found, target, as_json=as_json)


@click.command(epilog=params.examples('bgtasks cancel backup --reason "the disk is needed"'))
@params.target_argument
@_reason
@params.as_json
def cancel(target: str, reason: str | None, as_json: bool) -> None:
    """End runs: they are asked to clean up, and killed when their grace is over.

    A run that has ended already is no error; what it ended as is said.
    """
    with connect() as client:
        found = asking.of_task_or_run(
            client, target, lambda task: commands.cancel_task(task, reason),
            lambda run: commands.cancel_run(run, reason),
        )  # fmt: skip
    _tell_acted(found, target, as_json=as_json)


@click.command(epilog=params.examples("bgtasks pause --for 1h", "bgtasks pause --until 18:00"))
@click.option(
    "--for", "length", metavar="DURATION", callback=params.reads(durations.parse_duration),
    help="Resume by itself after this long.",
)  # fmt: skip
@click.option(
    "--until", metavar="TIME", callback=params.reads(params.moment), help="Resume by itself then."
)
@params.as_json
def pause(length: timedelta | None, until: datetime | None, as_json: bool) -> None:
    """Pause everything, until `bgtasks resume --all` or a time."""
    if length is not None and until is not None:
        raise click.UsageError("Give either --for or --until.")
    if length is not None:
        until = _later(length)
    with connect() as client:
        found = client(commands.pause_everything(stamps.stamp_or_none(until)))
    _tell_pause(found, as_json=as_json)


def _later(length: timedelta) -> datetime:
    try:
        return times.now() + length
    except OverflowError as error:
        raise errors.InvalidField("--for: That is too long.", field="until") from error


def _tell_pause(found: shapes.PauseView, *, as_json: bool) -> None:
    if as_json:
        outlet.say_json(found)
    elif found.paused:
        outlet.say(f"Everything is paused {tasks.until(found, times.now())}.")
    else:
        outlet.say("Nothing is paused any more.")


def _tell_acted(found: shapes.RunView | shapes.ActedView, target: str, *, as_json: bool) -> None:
    if as_json:
        outlet.say_json(found)
        return
    acted = found.runs if isinstance(found, shapes.ActedView) else (found,)
    if not acted:
        outlet.say(f"No run of {text.one_line(target)} is going on.")
    now = times.now()
    for run in acted:
        note = runs.note(run, now)
        tail = f" {text.clean(note)}" if note else ""
        outlet.say(f"{text.one_line(run.task_name)}: {runs.summary(run, now)}.{tail} Run {run.id}")

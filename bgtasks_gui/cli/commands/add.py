"""`bgtasks add command`, `add python`: register a task."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence

import click
import msgspec

from bgtasks_gui.cli import failures, options, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.cli.words import fields, specs, triggers
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import tasks, text, times
from bgtasks_gui.core import errors, ids
from bgtasks_gui.core.tasks import TaskSpec
from bgtasks_gui.wire import codec, shapes

_WITHOUT_DASHES = "Put -- between the options of bgtasks and the program to run, as in: {hint}"


@click.group()
def add() -> None:
    """Register a task: a program or a Python function, and when it runs.

    The folder you are in and the variables of your shell are stored with it, so that it runs as it
    would here. Variables whose names look secret are left out, and named.
    """


class _CommandWithProgram(click.Command):
    """A command that says what is wrong when "--" was forgotten."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        has_dashes = "--" in args
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if has_dashes or ctx.resilient_parsing:
                raise
            hint = "bgtasks add command NAME --every 1h -- PROGRAM ARGUMENTS"
            message = f"There is no option {error.option_name}. {_WITHOUT_DASHES.format(hint=hint)}"
            raise click.UsageError(message, ctx) from error


@add.command(
    "command",
    cls=_CommandWithProgram,
    epilog=params.examples(
        'bgtasks add command backup --cron "0 18 * * 1-5" --if on_ac_power -- ./backup.sh',
        "bgtasks add command tidy --every 1h --if battery_above=40 -- find /tmp/old -delete",
        "bgtasks add command sums --shell -- 'sha256sum *.iso > SUMS'",
    ),
)
@click.argument("name", metavar="NAME")
@click.argument("argv", metavar="ARGV...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--shell", is_flag=True, help="ARGV is one line that sh reads; more become $1, $2.")
@options.of_a_task
@click.pass_context
def add_command(
    context: click.Context, /, name: str, argv: tuple[str, ...], shell: bool, **_: object
) -> None:
    """Register a program with its arguments."""
    _register(context, "command", {"argv": argv, "shell": shell})


@add.command(
    "python",
    epilog=params.examples(
        "bgtasks add python report reports:send_weekly --calendar 'fri 17:30'",
        "bgtasks add python thin photos:thin --kwargs '{\"keep\": 3}' --path ~/scripts",
    ),
)
@click.argument("name", metavar="NAME")
@click.argument("callable_", metavar="MODULE:FUNCTION")
@click.option(
    "--args", metavar="JSON", callback=params.reads(params.json_array),
    help="Its positional arguments, a JSON array or @FILE.",
)  # fmt: skip
@click.option(
    "--kwargs", metavar="JSON", callback=params.reads(params.json_object),
    help="Its named arguments, a JSON object or @FILE.",
)  # fmt: skip
@click.option(
    "--python", "interpreter", metavar="INTERPRETER", help="Another Python to call it with."
)
@click.option(
    "--path", metavar="DIR", multiple=True,
    help="Folder searched for the module (repeat it); the one it runs in is the default.",
)  # fmt: skip
@options.of_a_task
@click.pass_context
def add_python(
    context: click.Context,
    /,
    callable_: str,
    args: list[object] | None,
    kwargs: dict[str, object] | None,
    interpreter: str | None,
    path: tuple[str, ...],
    **_: object,
) -> None:
    """Register a Python function, called in a process of its own."""
    if interpreter is not None and os.sep in interpreter:
        interpreter = os.path.abspath(os.path.expanduser(interpreter))
    searched = path or (specs.folder(context.params["cwd"]),)
    payload = {
        "callable": callable_,
        "args": args or [],
        "kwargs": kwargs or {},
        "interpreter": interpreter,
        "path": [specs.folder(one) for one in searched],
    }
    _register(context, "python", payload)


def _register(context: click.Context, kind: str, payload: Mapping[str, object]) -> None:
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
        asked = specs.build(chosen, kind, given["name"], payload, os.environ)
        origins = asked.origins
        with connect() as client:
            spec = with_followed(client, asked.spec)
            task = client(commands.register_task(spec, if_exists=if_exists))
    except (errors.InvalidField, errors.DuplicateName) as error:
        if isinstance(error, errors.DuplicateName):
            hint = "--replace takes its place, --keep-both adds another."
            error = errors.DuplicateName(f"{error.message} {hint}", field=error.field or "name")
        option = fields.option_for(error.field, origins)
        failures.end(failures.tell_error(error, as_json=given["as_json"], option=option))
    _tell(task, asked.left_out, as_json=given["as_json"])


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

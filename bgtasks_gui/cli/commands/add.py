"""`bgtasks add`: register a task."""

from __future__ import annotations

import os

import click

from bgtasks_gui.cli import options, params, registering
from bgtasks_gui.cli.transfers import adding
from bgtasks_gui.cli.words import specs

_WITHOUT_DASHES = "Put -- between the options of bgtasks and the program to run, as in: {hint}"


@click.group()
def add() -> None:
    """Register a task: a program, a Python function, a download or an upload, and when it runs.

    The folder you are in and the variables of your shell are stored with a program or a function,
    so that it runs as it would here. Variables whose names look secret are left out, and named.
    """


add.add_command(adding.add_download)
add.add_command(adding.add_upload)


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
@options.of_a_process
@click.pass_context
def add_command(
    context: click.Context, /, name: str, argv: tuple[str, ...], shell: bool, **_: object
) -> None:
    """Register a program with its arguments."""
    registering.register(context, "command", {"argv": argv, "shell": shell}, os.environ)


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
@options.of_a_process
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
    registering.register(context, "python", payload, os.environ)

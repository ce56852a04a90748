"""The command itself: which subcommand lies in which module, and how every one of them ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from bgtasks_gui import __version__
from bgtasks_gui.cli import failures, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.core import errors, ids

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Subcommand: module below this package, and the command in it. Only what is asked for is loaded.
COMMANDS: Final[dict[str, str]] = {
    "overview": "overview:overview",
    "add": "commands.add:add",
    "list": "commands.tasks:list_tasks",
    "show": "commands.tasks:show",
    "why": "commands.why:why",
    "next": "commands.why:next_times",
    "run": "commands.run:run",
    "get": "transfers.get:get",
    "status": "commands.history:status",
    "runs": "commands.history:list_runs",
    "logs": "commands.logs:logs",
    "suspend": "commands.control:suspend",
    "resume": "commands.control:resume",
    "cancel": "commands.control:cancel",
    "set-url": "transfers.steering:set_url",
    "limit": "transfers.steering:limit",
    "pause": "commands.control:pause",
    "enable": "commands.tasks:enable",
    "disable": "commands.tasks:disable",
    "remove": "commands.tasks:remove",
    "watch": "commands.events:watch",
    "emit": "commands.events:emit",
    "export": "commands.exchange:export",
    "import": "commands.exchange:import_tasks",
    "continuous": "background.continuous:continuous",
    "delay": "background.delays:delay",
    "resource": "background.resources:resource",
    "access": "background.access:access",
    "notices": "background.notices:notices",
    "settings": "commands.settings:settings",
    "agent": "commands.agent:agent",
    "doctor": "commands.doctor:doctor",
    "completion": "completion:completion",
}

#: The variable by which a shell asks for completions.
COMPLETION_VARIABLE: Final = "_BGTASKS_COMPLETE"
#: Runs that a shell offers, and seconds that it may take to find them.
_OFFERED: Final = 50
_COMPLETION_TIMEOUT_S: Final = 1.0

_HELP: Final = """Run work in the background: at a time, on an event or by hand, under conditions.

TASK is the name or the id of a task, RUN the id of a run. A TIME is "18:00", "tomorrow 9:00",
"fri 17:30", "in 2h" or ISO 8601; a DURATION is "90" (seconds), "15m", "1h30m" or "2d".

Without a command: open the window, or bring the one that is open to the front. The agent is
started where none runs.

\b
Exit status: 0 done, 1 the run failed, 2 usage, 3 not found, 4 the agent cannot be reached,
5 cancelled, 130 interrupted by Ctrl-C."""


class Processes(NamedTuple):
    """What the command line can become; handed in, since it knows nothing of their inside."""

    #: Be the agent: `serve(log_to_stderr=...)`, the exit status.
    serve: Callable[..., int] | None = None
    #: Be the window, or raise it: `open_window(minimized=..., run=...)`, the exit status.
    open_window: Callable[..., int] | None = None


class LazyGroup(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        found: click.Command = getattr(
            importlib.import_module(f"bgtasks_gui.cli.{module}"), attribute
        )
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib  # slow to load, and of no use to a command that exists

            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f'Did you mean "{close[0]}"?' if close else "bgtasks --help lists them."
            raise click.UsageError(f'There is no command "{name}". {hint}', ctx)
        return super().resolve_command(ctx, args)


def _show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        outlet.say(f"bgtasks {__version__}")
        context.exit()


def _read_run(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    if given is not None and not ids.is_id(given):
        raise click.BadParameter(f"{given!r} is not the id of a run.", context, parameter)
    return given


def _complete_runs(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The newest runs; none where the agent does not answer at once."""
    from click.shell_completion import CompletionItem

    from bgtasks_gui import paths
    from bgtasks_gui.client import blocking, commands

    socket = paths.find_home().agent_socket
    try:
        with blocking.BlockingClient(socket, timeout_s=_COMPLETION_TIMEOUT_S) as client:
            known = client(commands.list_runs(limit=_OFFERED))
    except errors.UserError:
        return []
    return [
        CompletionItem(run.id, help=f"{run.task_name}, {run.state}")
        for run in known if run.id.startswith(incomplete)
    ]  # fmt: skip


@click.group(
    "bgtasks",
    cls=LazyGroup,
    help=_HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=params.examples(
        'bgtasks add command backup --cron "0 18 * * 1-5" --if on_ac_power -- ./backup.sh',
        "bgtasks run backup --wait",
        "bgtasks why backup",
        'bgtasks cancel backup --reason "disk is needed"',
    ),
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Print the version.",
)  # fmt: skip
@click.option("--minimized", is_flag=True, help="Open the window in the tray.")
@click.option(
    "--run", metavar="RUN", callback=_read_run, shell_complete=_complete_runs,
    help="Open the window at this run.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the overview as JSON.")
@click.pass_context
def root(context: click.Context, minimized: bool, run: str | None, as_json: bool) -> None:
    if run is not None and (minimized or as_json):
        raise click.UsageError("--run shows the window; no other option goes with it.")
    if context.invoked_subcommand is not None:
        if minimized or run is not None:
            option = "--minimized" if minimized else "--run"
            raise click.UsageError(f"{option} opens the window; no command goes with it.")
        return
    processes: Processes = context.obj
    if processes.open_window is not None and not as_json:
        try:
            failures.end(processes.open_window(minimized=minimized, run=run))
        except errors.NoDisplay as error:
            if minimized or run is not None:
                raise
            outlet.remark(f"{error.message} This is the overview as text.")
    from bgtasks_gui.cli import overview

    overview.show(as_json=as_json)


def main(
    arguments: Sequence[str] | None = None,
    *,
    serve: Callable[..., int] | None = None,
    open_window: Callable[..., int] | None = None,
) -> int:
    """Do what a command line asks for; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if COMPLETION_VARIABLE in os.environ:
        from click import shell_completion

        instruction = os.environ[COMPLETION_VARIABLE]
        return shell_completion.shell_complete(
            root, {}, "bgtasks", COMPLETION_VARIABLE, instruction
        )
    outlet.relax(sys.stdout)
    outlet.relax(sys.stderr)
    try:
        code = _run(given, Processes(serve, open_window))
        sys.stdout.flush()
    except BrokenPipeError:
        outlet.silence_output()
        return failures.BROKEN_PIPE
    return code


def _run(given: list[str], processes: Processes) -> int:
    as_json = wants_json(given)
    try:
        with root.make_context("bgtasks", given, obj=processes) as context:
            root.invoke(context)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.Abort:
        return failures.INTERRUPTED
    except click.ClickException as error:
        return failures.tell_usage(error, as_json=as_json)
    except errors.UserError as error:
        return failures.tell_error(error, as_json=as_json)
    except (KeyboardInterrupt, BrokenPipeError) as error:
        return _cut_off(error)
    except UnicodeEncodeError:
        refused = errors.InvalidField(
            "Something on the command line is not text in UTF-8, which tasks are stored in.",
            field="body",
        )
        return failures.tell_error(refused, as_json=as_json)
    except Exception as error:  # whatever a person did, they get a sentence
        return failures.tell_bug(error, as_json=as_json)
    return failures.DONE


def _cut_off(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        raise error
    outlet.remark("")
    return failures.INTERRUPTED


def wants_json(given: Sequence[str]) -> bool:
    """Whether JSON was asked for: errors are then told so too, also those of the parser."""
    own = given[: given.index("--")] if "--" in given else given
    return "--json" in own

"""Options and arguments that several commands share, and how their texts are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

import click

from bgtasks_gui.core import errors

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

#: Seconds that completing a name on the command line may take.
_COMPLETION_TIMEOUT_S: Final = 1.0

Reader = Callable[[click.Context, click.Parameter, object], object]


def reads(parse: Callable[[str], object]) -> Reader:
    """The callback of an option whose text, or each of its texts, is read by a grammar."""

    def read(context: click.Context, parameter: click.Parameter, given: object) -> object:
        try:
            if isinstance(given, tuple):
                return tuple(parse(text) for text in given)
            return parse(given) if isinstance(given, str) else None
        except errors.InvalidField as error:
            raise click.BadParameter(error.message, context, parameter) from error

    return read


def moment(text: str) -> datetime:
    """A time, to come where the text leaves that open."""
    from bgtasks_gui.cli.words import moments
    from bgtasks_gui.client.phrases import times

    return moments.parse(text, times.now())


def past_moment(text: str) -> datetime:
    """A time that has passed."""
    from bgtasks_gui.cli.words import moments
    from bgtasks_gui.client.phrases import times

    return moments.parse(text, times.now(), past=True)


def json_object(text: str) -> dict[str, object]:
    """A JSON object, or "@FILE" that holds one."""
    found = _json(text)
    if not isinstance(found, dict):
        raise errors.InvalidField('It must be a JSON object, as in {"depth": 3}.', field="json")
    return found


def json_array(text: str) -> list[object]:
    found = _json(text)
    if not isinstance(found, list):
        raise errors.InvalidField('It must be a JSON array, as in ["a", 3].', field="json")
    return found


def _json(text: str) -> object:
    from bgtasks_gui.wire import codec

    if not text.startswith("@"):
        return codec.decode(text.encode("utf-8", "surrogateescape"), object, at="json")
    path = os.path.expanduser(text[1:])
    try:
        with open(path, "rb") as file:
            return codec.decode(file.read(), object, at="json")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise errors.InvalidField(message, field="json") from error


def complete_tasks(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of tasks for the shell; none where the agent does not answer at once."""
    from click.shell_completion import CompletionItem

    from bgtasks_gui import paths
    from bgtasks_gui.client import blocking, commands

    socket = paths.find_home().agent_socket
    try:
        with blocking.BlockingClient(socket, timeout_s=_COMPLETION_TIMEOUT_S) as client:
            known = client(commands.list_tasks())
    except errors.UserError:
        return []
    return [
        CompletionItem(task.name, help=task.does)
        for task in known if task.name.startswith(incomplete)
    ]  # fmt: skip


#: Every command that prints takes it; what it prints is described in the documents of the API.
as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def task_argument(function: F) -> F:
    """TASK: a name or an id."""
    return click.argument("task", metavar="TASK", shell_complete=complete_tasks)(function)


def target_argument(function: F) -> F:
    """TASK|RUN: a task by name or id, or a run by id."""
    return click.argument("target", metavar="TASK|RUN", shell_complete=complete_tasks)(function)


def examples(*lines: str) -> str:
    """The epilog of a command's help: command lines to copy, as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)

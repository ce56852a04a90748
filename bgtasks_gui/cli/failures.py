"""Exit codes, and how what went wrong is told: one sentence, or JSON, on standard error."""

from __future__ import annotations

import os
from typing import Final, NoReturn

import click

from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import errors, runs

DONE: Final = 0
RUN_FAILED: Final = 1
USAGE: Final = 2
NOT_FOUND: Final = 3
UNREACHABLE: Final = 4
CANCELED: Final = 5
#: What a shell calls a program that Ctrl-C ended.
INTERRUPTED: Final = 130
#: The same for one whose output nobody read any more.
BROKEN_PIPE: Final = 141

_EXIT_CODES: Final[tuple[tuple[type[errors.UserError], int], ...]] = (
    (errors.NotFound, NOT_FOUND),
    (errors.AgentUnreachable, UNREACHABLE),
    (errors.SupervisorLost, UNREACHABLE),
    (errors.HomeUnusable, UNREACHABLE),
    (errors.NewerDatabase, UNREACHABLE),
    (errors.AgentAlreadyRunning, UNREACHABLE),
    (errors.StorageUnavailable, UNREACHABLE),
    (errors.RunFailed, RUN_FAILED),
    (errors.ResourcesMissing, RUN_FAILED),
    (errors.WindowAlreadyOpen, RUN_FAILED),
    (errors.NoDisplay, RUN_FAILED),
    (errors.WindowUnavailable, RUN_FAILED),
)


_OF_RUNS: Final = {runs.RunState.COMPLETED: DONE, runs.RunState.FAILED: RUN_FAILED}


def end(code: int) -> NoReturn:
    """End the command with this exit code, without a word."""
    raise click.exceptions.Exit(code)


def exit_code(error: errors.UserError) -> int:
    if error.code == "internal":
        return RUN_FAILED
    return next((code for type_, code in _EXIT_CODES if isinstance(error, type_)), USAGE)


def exit_code_of(state: runs.RunState) -> int:
    """What a command that waited for a run ends with."""
    return _OF_RUNS.get(state, CANCELED)


def tell_error(error: errors.UserError, *, as_json: bool, option: str | None = None) -> int:
    """Tell an error of ours; `option` is what the person wrote for its field."""
    message = f"{option}: {error.message}" if option and not as_json else error.message
    numbers = _numbers(error) if as_json else {}
    _tell(error.code, message, error.field, as_json=as_json, **numbers)
    return exit_code(error)


def tell_usage(error: click.ClickException, *, as_json: bool) -> int:
    """Tell what is wrong with the command line."""
    name = _parameter(error)
    if isinstance(error, click.BadParameter) and name and type(error) is click.BadParameter:
        message = error.message if as_json else f"{name}: {error.message}"
    else:
        message = error.format_message()
    _tell("usage", message, name, as_json=as_json)
    return USAGE


def tell_bug(error: Exception, *, as_json: bool) -> int:
    """Tell that we made a mistake; the traceback is shown only where it is asked for."""
    if os.environ.get("BGTASKS_DEBUG"):
        import traceback

        outlet.remark("".join(traceback.format_exception(error)).rstrip())
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    message = f"Something went wrong inside bgtasks ({said}). BGTASKS_DEBUG=1 shows where."
    _tell("internal", message, None, as_json=as_json)
    return RUN_FAILED


def _numbers(error: errors.UserError) -> dict[str, int]:
    """What a program in the background knows the error by, where it is one of those."""
    from bgtasks_gui.core.background import codes  # a sentence for a person needs none of them

    if not isinstance(error, codes.ServiceError):
        return {}
    cause = {} if error.subcode is None else {"subcode": error.subcode}
    return {"number": error.number, **cause}


def _tell(code: str, message: str, field: str | None, *, as_json: bool, **numbers: int) -> None:
    if not as_json:
        outlet.remark(f"Error: {text.clean(message)}")
        return
    from bgtasks_gui.wire import codec, shapes

    detail = shapes.ErrorDetail(code=code, message=message, field=field, **numbers)
    outlet.remark(codec.encode(shapes.ErrorView(error=detail)).decode())


def _parameter(error: click.ClickException) -> str | None:
    """The option or argument a usage error is about, as a person writes it."""
    if not isinstance(error, click.BadParameter) or error.param is None:
        return None
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return getattr(error.param, "metavar", None) or error.param.human_readable_name

from __future__ import annotations

import click
import pytest

from bgtasks_gui.cli import failures
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import codec


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TaskNotFound(), 3),
        (errors.RunNotFound(), 3),
        (errors.AgentUnreachable(), 4),
        (errors.SupervisorLost(), 4),
        (errors.StorageUnavailable(), 4),
        (errors.InvalidField("No.", field="name"), 2),
        (errors.DuplicateName("No.", field="name"), 2),
        (errors.AmbiguousName(), 2),
        (errors.NotPossibleNow(), 2),
        (errors.RunFailed(), 1),
        (errors.ResourcesMissing(), 1),
        (errors.WindowAlreadyOpen(), 1),
        (errors.NoDisplay(), 1),
        (errors.WindowUnavailable(), 1),
        (errors.UserError(), 2),
    ],
)
def test_exit_codes(error: errors.UserError, code: int) -> None:
    assert failures.exit_code(error) == code


@pytest.mark.parametrize(
    ("state", "code"),
    [(RunState.COMPLETED, 0), (RunState.FAILED, 1), (RunState.CANCELED, 5), (RunState.MISSED, 5)],
)
def test_what_waiting_for_a_run_ends_with(state: RunState, code: int) -> None:
    assert failures.exit_code_of(state) == code


def test_a_sentence_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    error = errors.InvalidField("There is no zone \x1b[1m.", field="triggers[0].zone")
    assert failures.tell_error(error, as_json=False, option="--zone") == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Error: --zone: There is no zone \ufffd[1m.\n")


def test_the_same_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    error = errors.InvalidField("There is no zone.", field="triggers[0].zone")
    failures.tell_error(error, as_json=True, option="--zone")
    out, err = capsys.readouterr()
    assert out == ""
    told = {"code": "invalid_field", "message": "There is no zone.", "field": "triggers[0].zone"}
    assert codec.plain(err.encode()) == {"error": told}


@pytest.mark.parametrize(
    ("cause", "numbers"),
    [
        (None, {"number": 9800005}),
        (codes.Causes.TOO_MANY.value, {"number": 9800005, "subcode": 980000505}),
    ],
)
def test_programs_are_told_the_number_of_what_was_refused(
    cause: codes.Cause | None, numbers: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    error = codes.ContinuousRefused(cause=cause)
    assert failures.tell_error(error, as_json=True) == 2
    told = {"code": "continuous_refused", "message": error.message, "field": None}
    assert codec.plain(capsys.readouterr().err.encode()) == {"error": told | numbers}
    failures.tell_error(error, as_json=False)
    assert capsys.readouterr().err == f"Error: {error.message}\n"


def _parameter(option: bool) -> click.Parameter:
    return click.Option(["-e", "--every"]) if option else click.Argument(["task"], metavar="TASK")


@pytest.mark.parametrize(
    ("error", "sentence", "field"),
    [
        (click.BadParameter("Not that.", param=_parameter(True)), "--every: Not that.", "--every"),
        (click.BadParameter("Not that.", param=_parameter(False)), "TASK: Not that.", "TASK"),
        (click.UsageError("Give one."), "Give one.", None),
        (
            click.MissingParameter(param=_parameter(False), param_type="argument"),
            "Missing argument 'TASK'.",
            "TASK",
        ),
    ],
)
def test_usage_errors(
    error: click.ClickException,
    sentence: str,
    field: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert failures.tell_usage(error, as_json=False) == 2
    assert capsys.readouterr().err == f"Error: {sentence}\n"
    failures.tell_usage(error, as_json=True)
    told = codec.plain(capsys.readouterr().err.encode())["error"]
    assert (told["code"], told["field"]) == ("usage", field)


def test_end_carries_its_code() -> None:
    with pytest.raises(click.exceptions.Exit) as caught:
        failures.end(failures.CANCELED)
    assert caught.value.exit_code == 5

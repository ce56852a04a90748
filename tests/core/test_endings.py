from __future__ import annotations

import signal

import msgspec
import pytest

from bgtasks_gui.core import endings, processes, reasons, runs
from tests.core.samples import NOW, make_reason, make_run

S = runs.RunState
C = reasons.Code


def make_exit(
    code: int | None = 0, signal_: int | None = None, message: object = None
) -> processes.Exit:
    raw = None if message is None else msgspec.Raw(msgspec.json.encode(message))
    return processes.Exit(exit_code=code, signal=signal_, at=0, message=raw)


def end(
    exit_: processes.Exit, state: str = "running", *, ended_by_itself: bool = False
) -> endings.Ending:
    run = make_run(state=state, reason=make_reason("user_cancel"))
    return endings.ending(run, exit_, NOW, ended_by_itself=ended_by_itself)


def said(ending: endings.Ending) -> str:
    assert ending.reason is not None
    return reasons.sentence(ending.reason, ending.state)


def test_exit_status_zero_is_completed() -> None:
    assert end(make_exit()) == endings.Ending(state=S.COMPLETED)


def test_the_result_of_a_function_is_kept() -> None:
    ending = end(make_exit(message={"type": "result", "value": {"files": 3}}))
    assert ending.state is S.COMPLETED
    assert ending.result is not None
    assert bytes(ending.result) == b'{"files":3}'


@pytest.mark.parametrize(
    ("exit_", "code", "sentence"),
    [
        (make_exit(3), C.EXIT_STATUS, "Failed: its program ended with exit status 3."),
        (
            make_exit(127),
            C.EXIT_STATUS,
            "Failed: its program ended with exit status 127 (program not found: is its folder on "
            "the PATH of this task?).",
        ),
        (
            make_exit(None, signal.SIGSEGV),
            C.KILLED,
            "Failed: its process was killed by SIGSEGV (signal 11).",
        ),
        (make_exit(None, 63), C.KILLED, "Failed: its process was killed by signal 63."),
        (
            make_exit(1, message={"type": "exception", "error": "ValueError", "message": "no"}),
            C.EXCEPTION,
            "Failed: its function raised ValueError: no.",
        ),
        (
            make_exit(1, message={"type": "exception", "error": "KeyError", "where": "a.py:3"}),
            C.EXCEPTION,
            "Failed: its function raised KeyError (a.py:3).",
        ),
        (
            make_exit(1, message={"type": "exception", "message": "odd"}),
            C.EXCEPTION,
            "Failed: its function raised an error: odd.",
        ),
        (
            make_exit(1, message={"type": "exception"}),
            C.EXCEPTION,
            "Failed: its function raised an error.",
        ),
        (
            make_exit(1, message={"type": "import_error", "message": "no module named x"}),
            C.CANNOT_START,
            "Failed: its program cannot be started (no module named x).",
        ),
        (make_exit(4, message=["broken"]), C.EXIT_STATUS, "Failed: its program ended with exit "
         "status 4."),
    ],
)  # fmt: skip
def test_how_a_run_failed(exit_: processes.Exit, code: C, sentence: str) -> None:
    ending = end(exit_)
    assert ending.state is S.FAILED
    assert ending.reason is not None
    assert (ending.reason.code, ending.reason.at) == (code, NOW)
    assert said(ending) == sentence
    assert not ending.unschedules


@pytest.mark.parametrize("text", [None, "", "the folder is gone."])
def test_a_program_that_gives_up_leaves_the_schedule(text: str | None) -> None:
    for state in ("running", "canceling"):
        ending = end(make_exit(1, message={"type": "aborted", "text": text}), state)
        assert (ending.state, ending.unschedules) == (S.CANCELED, True)
        assert said(ending).startswith("Cancelled by the task: its own program ")
        assert said(ending).endswith("the folder is gone." if text else "program asked for it.")


@pytest.mark.parametrize("exit_", [make_exit(0), make_exit(1), make_exit(None, signal.SIGTERM)])
def test_a_run_that_was_canceled_ends_with_the_reason_of_the_cancel(
    exit_: processes.Exit,
) -> None:
    ending = end(exit_, "canceling")
    assert (ending.state, ending.reason) == (S.CANCELED, make_reason("user_cancel"))


def test_a_run_that_ended_before_its_cancel_reached_it_is_what_it_ended_as() -> None:
    assert end(make_exit(0), "canceling", ended_by_itself=True).state is S.COMPLETED
    assert end(make_exit(2), "canceling", ended_by_itself=True).state is S.FAILED


def test_a_run_whose_end_nobody_saw_was_interrupted() -> None:
    ending = endings.vanished(NOW, "the computer was restarted")
    assert said(ending) == ("Cancelled by the system: it was cut off (the computer was restarted).")

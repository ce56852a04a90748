"""The kind `python`: what is accepted, how it is kept, and what is called."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import errors, processes
from bgtasks_gui.kinds import python
from tests.core import samples
from tests.fakes import scripted_checker

KIND = python.PythonKind()
PROGRAMS = {"python3.12": "/usr/bin/python3.12"}


def make_payload(callable_: str = "reports:send", **fields: object) -> python.PythonPayload:
    return python.PythonPayload(callable=callable_, **fields)


async def prepare(
    payload: python.PythonPayload, problem: str | None = None, **spec: object
) -> tuple[python.PythonPayload, scripted_checker.ScriptedChecker]:
    checker = scripted_checker.ScriptedChecker(PROGRAMS, problem)
    prepared = await KIND.prepared(payload, samples.make_spec(**spec), checker)
    assert isinstance(prepared, python.PythonPayload)
    return prepared, checker


async def refused(
    payload: python.PythonPayload, problem: str | None = None
) -> tuple[str | None, str]:
    with pytest.raises(errors.InvalidField) as caught:
        await prepare(payload, problem)
    return caught.value.field, caught.value.message


# Registration


async def test_folder_and_interpreter_are_filled_in() -> None:
    prepared, _ = await prepare(make_payload(interpreter="python3.12"))
    assert prepared.cwd == scripted_checker.HOME
    assert prepared.interpreter == "/usr/bin/python3.12"


async def test_the_agents_own_python_is_none_to_look_for() -> None:
    prepared, checker = await prepare(make_payload())
    assert prepared.interpreter is None
    assert checker.searched == []


async def test_the_function_is_looked_for_as_it_will_be_called() -> None:
    payload = make_payload(path=("/srv/tasks",), cwd="/srv", interpreter="python3.12")
    _, checker = await prepare(payload, name="weekly", environment={"LANG": "C"})
    ((spec, environment),) = checker.checked
    assert (spec.callable, spec.path, spec.cwd) == ("reports:send", ("/srv/tasks",), "/srv")
    assert (spec.interpreter, spec.task) == ("/usr/bin/python3.12", "weekly")
    assert environment == {"LANG": "C"}


@pytest.mark.parametrize("callable_", ["a:b", "package.module:Class.method", "größe:messen"])
async def test_modules_and_functions_may_be_dotted(callable_: str) -> None:
    prepared, _ = await prepare(make_payload(callable_))
    assert prepared.callable == callable_


@pytest.mark.parametrize("callable_", ["", "reports", "reports:", ":send", "a:b:c", "a.:b"])
async def test_what_names_no_function_is_refused(callable_: str) -> None:
    field, message = await refused(make_payload(callable_))
    assert field == "callable"
    assert "write it as module:function" in message


@pytest.mark.parametrize(
    ("payload", "problem", "field", "said"),
    [
        (make_payload(cwd="/nowhere"), None, "cwd", "There is no folder"),
        (make_payload(env={"": "1"}), None, "env", "'' cannot be a variable"),
        (make_payload(interpreter="/opt/py"), None, "interpreter", "no Python at '/opt/py'"),
        (make_payload(), "module 'reports' has no function 'send'", "callable", "no function"),
    ],
)
async def test_what_could_not_start_is_refused_by_field(
    payload: python.PythonPayload, problem: str | None, field: str, said: str
) -> None:
    named, message = await refused(payload, problem)
    assert named == field
    assert said in message


# What it says and starts


def test_it_says_which_function_it_calls() -> None:
    assert KIND.describe(make_payload()) == "calls the Python function `reports:send`"


def test_a_call_carries_what_the_run_was_asked_for_with() -> None:
    payload = make_payload(args=[1, "two"], kwargs={"dry": True}, cwd="/srv", env={"LEVEL": "9"})
    firing = samples.make_firing(
        type="custom_event",
        arguments=msgspec.Raw(b'{"day": 3}'),
        details=msgspec.Raw(b'{"event": "ready"}'),
    )
    run = samples.make_run(firing=firing, attempt=2)
    assert KIND.process(payload, samples.make_task(name="weekly"), run) == processes.PythonProcess(
        callable="reports:send",
        args=msgspec.Raw(b'[1,"two"]'),
        kwargs=msgspec.Raw(b'{"dry":true}'),
        arguments=msgspec.Raw(b'{"day": 3}'),
        trigger=msgspec.Raw(b'{"type":"custom_event","details":{"event": "ready"}}'),
        task="weekly",
        attempt=2,
        path=(),
        interpreter=None,
        cwd="/srv",
        env={"LEVEL": "9"},
    )

"""The kind `command`: what is accepted, how it is kept, and what is started."""

from __future__ import annotations

import pytest

from bgtasks_gui.core import errors, processes
from bgtasks_gui.kinds import command
from tests.core import samples
from tests.fakes import scripted_checker

KIND = command.CommandKind()
PROGRAMS = {
    "/bin/sh": "/bin/sh",
    "backup": "/usr/bin/backup",
    "~/bin/backup": "/home/ada/bin/backup",
    "./backup": "/srv/./backup",
}


def make_payload(*argv: str, **fields: object) -> command.CommandPayload:
    return command.CommandPayload(argv=argv, **fields)


async def prepare(
    payload: command.CommandPayload, **spec: object
) -> tuple[command.CommandPayload, scripted_checker.ScriptedChecker]:
    checker = scripted_checker.ScriptedChecker(PROGRAMS)
    prepared = await KIND.prepared(payload, samples.make_spec(**spec), checker)
    assert isinstance(prepared, command.CommandPayload)
    return prepared, checker


async def refused(payload: command.CommandPayload) -> errors.InvalidField:
    with pytest.raises(errors.InvalidField) as caught:
        await prepare(payload)
    return caught.value


# Registration


async def test_the_folder_is_filled_in_and_the_rest_stays_as_written() -> None:
    prepared, _ = await prepare(make_payload("backup", "--all", env={"LEVEL": "9"}))
    expected = make_payload("backup", "--all", env={"LEVEL": "9"}, cwd=scripted_checker.HOME)
    assert prepared == expected


async def test_a_program_is_looked_for_where_the_run_will_look() -> None:
    payload = make_payload("./backup", cwd="/srv", env={"PATH": "/opt"})
    _, checker = await prepare(payload, environment={"PATH": "/usr/bin", "LANG": "C"})
    assert checker.searched == [("./backup", "/srv", {"PATH": "/opt", "LANG": "C"})]


async def test_a_tilde_is_resolved_since_no_shell_will_do_it() -> None:
    prepared, _ = await prepare(make_payload("~/bin/backup", "~"))
    assert prepared.argv == ("/home/ada/bin/backup", "~")


async def test_of_a_line_of_shell_only_the_shell_is_looked_for() -> None:
    prepared, checker = await prepare(make_payload("~/nowhere | sort", shell=True))
    assert prepared.argv == ("~/nowhere | sort",)
    assert [program for program, _, _ in checker.searched] == [command.SHELL]


async def test_an_argument_may_be_as_long_as_the_system_takes() -> None:
    longest = "x" * command.ARGUMENT_LIMIT
    prepared, _ = await prepare(make_payload("backup", longest))
    assert prepared.argv[1] == longest


@pytest.mark.parametrize(
    ("payload", "field", "said"),
    [
        (make_payload(" "), "argv[0]", "The program is empty"),
        (make_payload("backup", "a\0b"), "argv[1]", "NUL character"),
        (make_payload("bakcup"), "argv[0]", "There is no program 'bakcup' on its PATH"),
        (make_payload("./x", cwd="/srv"), "argv[0]", "There is no program './x' in /srv"),
        (make_payload("backup", cwd="/nowhere"), "cwd", "There is no folder '/nowhere'"),
        (make_payload("backup", env={"A=B": "1"}), "env", "'A=B' cannot be a variable"),
    ],
)
async def test_what_could_not_start_is_refused_by_field(
    payload: command.CommandPayload, field: str, said: str
) -> None:
    error = await refused(payload)
    assert error.field == field
    assert said in error.message


async def test_a_longer_argument_is_too_large_counted_in_bytes() -> None:
    error = await refused(make_payload("backup", "ü" * (command.ARGUMENT_LIMIT // 2 + 1)))
    assert isinstance(error, errors.TooLarge)
    assert (error.field, "131,072 bytes" in error.message) == ("argv[1]", True)


# What it says and starts


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (make_payload("rsync", "-a", "my files"), "runs `rsync -a 'my files'`"),
        (make_payload("du -s * |\n  sort -n", shell=True), "runs `du -s * | sort -n`"),
        (make_payload("x" * 80), f"runs `{'x' * 80}`"),
        (make_payload("x" * 81), f"runs `{'x' * 79}…`"),
    ],
)
def test_it_says_what_it_does_in_one_line(payload: command.CommandPayload, said: str) -> None:
    assert KIND.describe(payload) == said


def test_a_program_is_started_with_its_arguments() -> None:
    payload = make_payload("backup", "--all", cwd="/srv", env={"LEVEL": "9"})
    assert KIND.process(payload, samples.make_task(), samples.make_run()) == (
        processes.CommandProcess(argv=("backup", "--all"), cwd="/srv", env={"LEVEL": "9"})
    )


def test_a_line_of_shell_gets_the_task_as_its_name_and_further_arguments() -> None:
    payload = make_payload('echo "$1"', "one", cwd="/srv", shell=True)
    spec = KIND.process(payload, samples.make_task(name="greet"), samples.make_run())
    assert isinstance(spec, processes.CommandProcess)
    assert spec.argv == ("/bin/sh", "-c", 'echo "$1"', "greet", "one")

"""Which commands there are, and how every command line ends."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bgtasks_gui import __version__
from bgtasks_gui.cli import app, failures
from bgtasks_gui.core import errors
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_is_there_under_its_name(name: str) -> None:
    module, _, attribute = app.COMMANDS[name].partition(":")
    found = getattr(importlib.import_module(f"bgtasks_gui.cli.{module}"), attribute)
    assert isinstance(found, click.Command)
    assert found.name == name


def leaves() -> list[list[str]]:
    found = []
    with app.root.make_context("bgtasks", [], resilient_parsing=True) as context:
        for name in app.COMMANDS:
            command = app.root.get_command(context, name)
            inner = list(command.commands) if isinstance(command, click.Group) else [None]
            found += [[name, *([sub] if sub else [])] for sub in inner]
    return found


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_every_command_has_help_with_examples(words: list[str], bgtasks: Bgtasks) -> None:
    shown = bgtasks(*words, "--help")
    assert shown.code == 0
    assert "Usage: bgtasks" in shown.out
    assert "Examples:\n" in shown.out
    assert all(len(line) <= 100 for line in shown.out.splitlines())


def test_help_lists_every_command(bgtasks: Bgtasks) -> None:
    shown = bgtasks("--help").out
    assert [name for name in app.COMMANDS if f"\n  {name} " not in shown] == []
    assert "Exit status: 0 done" in shown


# The window


class _Window:
    """What `bgtasks` opens, and how that ends."""

    def __init__(self, ending: int | errors.UserError) -> None:
        self._ending = ending
        #: Whether minimized, and at which run.
        self.opened: list[tuple[bool, str | None]] = []

    def __call__(self, *, minimized: bool, run: str | None) -> int:
        self.opened.append((minimized, run))
        if isinstance(self._ending, errors.UserError):
            raise self._ending
        return self._ending


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        ([], (False, None)),
        (["--minimized"], (True, None)),
        (["--run", views.RUN_ID], (False, views.RUN_ID)),
        ([f"--run={views.RUN_ID}"], (False, views.RUN_ID)),
    ],
)
def test_without_a_command_the_window_opens(
    words: list[str], opened: tuple[bool, str | None], home: Path
) -> None:
    window = _Window(7)
    assert app.main(words, open_window=window) == 7
    assert window.opened == [opened]


def test_a_window_that_cannot_open_says_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = _Window(errors.WindowUnavailable("The window needs the library libEGL.so.1."))
    assert app.main([], open_window=window) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Error: The window needs the library libEGL.so.1.\n")
    # Minimized, or at a run, there is nothing else to show.
    for words in (["--minimized"], ["--run", views.RUN_ID]):
        assert app.main(words, open_window=_Window(errors.NoDisplay())) == 1
        out, err = capsys.readouterr()
        assert (out, err) == ("", "Error: There is no display for the window.\n")


@pytest.mark.parametrize("option", [("--minimized",), ("--run", views.RUN_ID)])
def test_the_window_goes_with_no_command(
    bgtasks: Bgtasks, agent: ScriptedAgent, option: tuple[str, ...]
) -> None:
    agent.on("GET /v1/tasks", [])
    window = _Window(7)
    assert app.main(["list", "--json"], open_window=window) == 0
    assert window.opened == []
    said = bgtasks(*option, "list")
    assert (said.code, said.out) == (failures.USAGE, "")
    assert said.err.startswith(f"Error: {option[0]} opens the window; no command goes with it.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--run", "backup"), "'backup' is not the id of a run."),
        (("--run", ""), "'' is not the id of a run."),
        (("--run", views.RUN_ID, "--minimized"), "no other option goes with it."),
        (("--run", views.RUN_ID, "--json"), "no other option goes with it."),
        (("--run",), "requires an argument."),
    ],
)
def test_a_wish_for_a_run_that_makes_no_sense(
    bgtasks: Bgtasks, words: tuple[str, ...], sentence: str
) -> None:
    said = bgtasks(*words)
    assert (said.code, said.out) == (failures.USAGE, "")
    assert sentence in said.err


def test_version(bgtasks: Bgtasks) -> None:
    assert bgtasks("--version").out == f"bgtasks {__version__}\n"


def test_unknown_command_suggests_a_close_one(bgtasks: Bgtasks) -> None:
    said = bgtasks("lst")
    assert (said.code, said.out) == (failures.USAGE, "")
    assert said.err == 'Error: There is no command "lst". Did you mean "list"?\n'
    assert "--help lists them" in bgtasks("quux").err


def test_unknown_option_is_a_usage_error(bgtasks: Bgtasks) -> None:
    said = bgtasks("list", "--colour")
    assert said.code == failures.USAGE
    assert "--colour" in said.err
    assert len(said.err.splitlines()) == 1


def test_missing_argument_as_json(bgtasks: Bgtasks) -> None:
    said = bgtasks("show", "--json")
    assert (said.code, said.out) == (failures.USAGE, "")
    assert said.error["code"] == "usage"
    assert said.error["field"] == "TASK"


def test_without_an_agent_every_question_exits_4(bgtasks: Bgtasks, home: Path) -> None:
    said = bgtasks("list", "--json")
    assert said.code == failures.UNREACHABLE
    assert said.error["code"] == "agent_unreachable"
    assert "bgtasks agent start" in bgtasks("status", "backup").err


def test_json_of_a_program_after_dashes_is_not_ours() -> None:
    assert app.wants_json(["list", "--json"])
    assert not app.wants_json(["add", "command", "x", "--", "jq", "--json"])


def test_a_mistake_of_ours_is_told_without_traceback(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgtasks_gui.cli.asking.PAGE", "not a number")
    monkeypatch.setattr("bgtasks_gui.cli.asking.every_task", None)
    monkeypatch.delenv("BGTASKS_DEBUG", raising=False)
    said = bgtasks("list")
    assert said.code == failures.RUN_FAILED
    assert said.err.startswith("Error: Something went wrong inside bgtasks (TypeError")
    assert "Traceback" not in said.err
    monkeypatch.setenv("BGTASKS_DEBUG", "1")
    assert "Traceback" in bgtasks("list").err


def test_argument_that_is_no_text_is_refused(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    said = bgtasks("add", "command", "x", "--", "echo", "\udcff")
    assert said.code == failures.USAGE
    assert "UTF-8" in said.err


def test_ctrl_c_exits_130(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bgtasks_gui.cli.asking.every_task", interrupted)
    assert bgtasks("list").code == failures.INTERRUPTED


def test_completion_answers_the_shell(bgtasks: Bgtasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(app.COMPLETION_VARIABLE, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "bgtasks susp")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert "suspend" in bgtasks().out


def test_runs_are_completed(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(app.COMPLETION_VARIABLE, "zsh_complete")
    monkeypatch.setenv("COMP_WORDS", f"bgtasks --run {views.RUN_ID[:9]}")
    monkeypatch.setenv("COMP_CWORD", "2")
    agent.on("GET /v1/runs", [views.run(), views.run(id="another")])
    assert bgtasks().out.splitlines() == ["plain", views.RUN_ID, "backup, running"]
    agent.on("GET /v1/runs", errors.StorageUnavailable())
    assert bgtasks().out.strip() == ""


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bgtasks_gui", *arguments],
        cwd=ROOT, env={**os.environ, "BGTASKS_HOME": str(home)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_a_broken_pipe_is_quiet(home: Path, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks", [views.task(name=f"task-{number}") for number in range(900)])
    with start(home, "list", "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=30) == failures.BROKEN_PIPE
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_internal_error_of_the_agent_exits_1(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    broken = errors.UserError("Something went wrong in the agent.")
    broken.code = "internal"
    agent.on("GET /v1/tasks/backup", broken)
    said = bgtasks("show", "backup")
    assert (said.code, said.err) == (1, "Error: Something went wrong in the agent.\n")

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui import __main__ as start
from bgtasks_gui import __version__
from bgtasks_gui.cli import app
from bgtasks_gui.core import ids

ROOT = Path(__file__).resolve().parents[1]
RUN = ids.make_id(1_795_618_800_000, 7)


def run(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bgtasks_gui", *arguments],
        cwd=ROOT, env={**os.environ, "BGTASKS_HOME": str(home), **more},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_everything_said_arrives_before_the_end(home: Path) -> None:
    done = run("--version", home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bgtasks {__version__}\n", "")


def test_exit_status_is_that_of_the_command(home: Path) -> None:
    done = run("list", home=home)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "Error: The agent is not running. Start it with: bgtasks agent start\n"
    assert run("nonsense", home=home).returncode == 2


def test_a_closed_output_does_no_harm(home: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m bgtasks_gui --version >&- 2>&-'],
        cwd=ROOT, env={**os.environ, "BGTASKS_HOME": str(home)}, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1)


def test_a_terminal_of_another_language_gets_what_it_can_show(home: Path) -> None:
    done = run("nönsense", home=home, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2
    assert "nsense" in done.stderr


def test_the_agent_run_in_the_foreground_says_what_it_lacks(home: Path) -> None:
    home.rmdir()
    home.write_text("not a folder")
    try:
        done = run("agent", "run", home=home)
    finally:
        home.unlink()
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert str(home) in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "module", ["asyncio", "rich", "apscheduler", "PySide6", "bgtasks_gui.agent", "bgtasks_gui.gui"]
)
def test_what_the_entry_point_leaves_alone(module: str) -> None:
    imports = "import bgtasks_gui.__main__, bgtasks_gui.cli.app, sys"
    code = f"{imports}; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("given", "wish"),
    [
        ([], (False, None)),
        (["--minimized"], (True, None)),
        (["--run", RUN], (False, RUN)),
        (["--run"], None),
        (["--run", "backup"], None),
        (["--run", f"-{RUN[1:]}"], None),
        (["--run", RUN[1:] + "ä"], None),
        (["--run", RUN, "--minimized"], None),
        (["list"], None),
    ],
)
def test_what_only_asks_for_the_window(
    given: list[str], wish: tuple[bool, str | None] | None
) -> None:
    assert start._read_wish(given) == wish


def test_a_run_is_shown_where_there_is_a_display(home: Path) -> None:
    done = run("--run", RUN, home=home, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: There is no display for the window.\n"
    done = run("--run", "backup", home=home, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not the id of a run" in done.stderr


def test_completions_are_no_wish_for_the_window(home: Path) -> None:
    asked = {app.COMPLETION_VARIABLE: "bash_complete", "COMP_WORDS": "bgtasks susp"}
    done = run(home=home, COMP_CWORD="1", DISPLAY=":0", QT_QPA_PLATFORM="offscreen", **asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "suspend" in done.stdout


def test_nothing_is_hidden_from_those_who_need_it() -> None:
    code = (
        "import sys; from bgtasks_gui import __main__ as start; start._load_lightly()\n"
        "assert 'msgspec' in sys.modules and 'typing_extensions' not in sys.modules\n"
        "import bgtasks_gui.agent.foreground, typing_extensions"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0

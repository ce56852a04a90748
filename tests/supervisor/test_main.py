from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.supervisor import __main__ as entry
from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.worker import child
from tests.supervisor.support.client import PATIENCE_S, ROOT, Supervised


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bgtasks_gui.supervisor", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_options() -> None:
    parsed = entry.parse(["--journal", "/j", "--socket", "s", "--idle-exit-s", "0.5"])
    assert parsed == (os.path.abspath("s"), "/j", 0.5)
    assert entry.parse(["--socket", "/s", "--journal", "/j"]) == ("/s", "/j", entry.IDLE_EXIT_S)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--socket", "/s"],
        ["--socket", "/s", "--journal"],
        ["--socket", "/s", "--journal", "/j", "--more", "x"],
        ["--socket", "/s", "--journal", "/j", "--idle-exit-s", "soon"],
        ["--socket", "/s", "--journal", "/j", "--idle-exit-s", "nan"],
        ["--socket", "/s", "--journal", "/j", "--idle-exit-s", "-1"],
    ],
)
def test_wrong_options_are_told_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.main(arguments) == entry.EXIT_USAGE
    assert capsys.readouterr().err == entry.USAGE + "\n"


def test_windows_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "name", "nt")
    assert entry.main(["--socket", "s", "--journal", "j"]) == entry.EXIT_CANNOT
    assert capsys.readouterr().err == "The supervisor does not run on Windows yet.\n"


def test_it_runs_as_a_module_and_ends_when_alone(tmp_path: Path) -> None:
    paths = ["--socket", str(tmp_path / "s"), "--journal", str(tmp_path / "j")]
    done = run(*paths, "--idle-exit-s", "0.01")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")


def test_a_second_one_says_that_the_socket_is_served() -> None:
    with Supervised() as place:
        done = run("--socket", str(place.socket), "--journal", str(place.journal))
        assert done.returncode == entry.EXIT_SERVED
        assert done.stderr == f"Another supervisor already serves {place.socket}.\n"
        assert place.agent().ask("stats")["pid"] == place.process.pid


def test_a_killed_one_is_followed_by_the_next() -> None:
    with Supervised() as place:
        place.process.kill()
        place.process.wait()
        assert place.socket.exists()
        place.begin()
        assert place.agent().hello["pid"] == place.process.pid


def test_an_impossible_socket_is_a_sentence(tmp_path: Path) -> None:
    long = str(tmp_path / ("x" * 150))
    done = run("--socket", long, "--journal", str(tmp_path / "j"))
    assert done.returncode == entry.EXIT_CANNOT
    assert done.stderr.startswith(f"The supervisor cannot serve {long}: ")
    assert done.stderr.count("\n") == 1


def test_names_agree_with_those_of_what_it_starts() -> None:
    assert (entry.MARK, entry.ADOPTS) == (child.MARK, processes.ADOPTS)


def test_it_loads_little() -> None:
    code = (
        "import bgtasks_gui.supervisor.server, sys;"
        "print(*({'typing', 'dataclasses', 'asyncio', 'ctypes', 'inspect', 'traceback', 'logging',"
        " 'tempfile', 'shutil', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""

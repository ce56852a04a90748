from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.cli import demo
from bgtasks_gui.core import errors

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = demo.samples()


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_every_sample_says_how_to_add_it(file: Path) -> None:
    said = ast.get_docstring(ast.parse(file.read_text()))
    assert said is not None
    assert "\nbgtasks add " in said.replace("    ", "")


def test_samples_that_are_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(demo.paths, "__file__", str(tmp_path / "bgtasks_gui" / "paths.py"))
    monkeypatch.setattr(demo.tempfile, "tempdir", str(tmp_path))
    assert demo.main() == 1
    assert "Install it again." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_hashes_with_progress(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    done = subprocess.run(
        [sys.executable, SAMPLES / "hash_files.py", tmp_path], capture_output=True, timeout=30
    )
    steps = [part.partition(b"\x07")[0] for part in done.stdout.split(b"\x1b]9;4;1;")[1:]]
    assert steps == [b"50", b"100"]
    assert done.stdout.count(b"\n") == 2


@pytest.mark.parametrize(("age_h", "code"), [(None, 3), (30, 4), (1, 0)])
def test_backups_are_looked_at(age_h: int | None, code: int, tmp_path: Path) -> None:
    if age_h is not None:
        backup = tmp_path / "backup.tar"
        backup.write_text("")
        then = backup.stat().st_mtime - age_h * 3600
        os.utime(backup, (then, then))
    done = subprocess.run(
        [sys.executable, SAMPLES / "check_backup.py", tmp_path],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == code
    assert len((done.stdout + done.stderr).splitlines()) == 1


def test_free_space_is_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SAMPLES / "free_space.py", tmp_path],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert done.stdout.endswith(f"% of {tmp_path} is free\n")


def test_a_command_that_ends_otherwise_is_unexpected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tour = demo.Tour(tmp_path)
    assert tour.bgtasks("agent", "stop") == "No agent is running.\n"
    assert capsys.readouterr().out == "\n$ bgtasks agent stop\nNo agent is running.\n"
    with pytest.raises(demo.UnexpectedError, match="ended with exit status 4 instead of 0"):
        tour.bgtasks("list")


def test_a_tour_that_goes_wrong_says_so_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(tour: demo.Tour) -> None:
        raise errors.UserError("It broke.")

    monkeypatch.setattr(demo.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(demo.Tour, "prepare", fail)
    assert demo.main() == 1
    assert capsys.readouterr().err == "The tour went wrong: It broke.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_whole_tour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A short place: the sockets of a home lie in it.
    monkeypatch.setattr(demo.tempfile, "tempdir", "/tmp")
    assert demo.main() == 0, capsys.readouterr()
    shown = capsys.readouterr().out
    assert "$ bgtasks why big-copy" in shown
    assert "Cancelled by you: the tour goes on" in shown
    home = shown.partition("home ")[2].partition(")")[0]
    assert home.startswith("/tmp/bgt-demo-")
    assert not Path(home).exists()

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from bgtasks_gui.client import launching
from tests.desktop.support import needs

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ("window-light.png", "window-dark.png")
PATIENCE_S = 60.0


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    """Where temporary homes are made; whatever is left of them is ended."""
    yield home
    for pid in left(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def left(folder: Path) -> list[int]:
    """Processes that carry a home in this folder."""
    mark, found = os.fsencode(f"{folder}/bgt-run-"), []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                found += [int(entry.name)] if mark in words else []
    return found


def run_without_display(folder: Path, cwd: Path, path: str) -> subprocess.CompletedProcess[str]:
    """`make run` on a computer without a display."""
    dropped = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "BGTASKS_HOME")
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    env |= {"PATH": path, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bgtasks_gui.gui.virtual"],
        env=env, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def colours(picture: Path) -> tuple[tuple[int, int], set[int]]:
    """Its size, and the colours of a part of its points."""
    image = QImage(str(picture))
    points = {
        image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    return (image.width(), image.height()), points


def check(done: subprocess.CompletedProcess[str], folder: Path, cwd: Path) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    seen = []
    for name in PICTURES:
        size, found = colours(cwd / "build" / name)
        assert size == (1280, 800)
        assert len(found) > 20, "it is empty"
        seen.append(found)
        assert f"wrote build/{name}" in done.stdout
    assert seen[0] != seen[1]
    assert "$ bgtasks list" in done.stdout
    assert "Sample: slow steps" in done.stdout
    assert done.stdout.rstrip().endswith("Everything it started has ended, and its home is gone.")
    assert "Traceback" not in done.stderr
    check_nothing_is_left(folder)


def check_nothing_is_left(folder: Path) -> None:
    for pid in left(folder):
        # The supervisor ends by itself once its agent has left.
        assert launching.await_end(pid, PATIENCE_S)
    assert list(folder.iterdir()) == []


def test_without_a_display_and_a_virtual_one_it_is_photographed(
    folder: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    # What the samples run, and no Xvfb.
    (programs / "cp").symlink_to(shutil.which("cp") or "/bin/cp")
    done = run_without_display(folder, tmp_path, str(programs))
    assert "a screen in memory (Xvfb is not installed)" in done.stdout
    check(done, folder, tmp_path)


def test_without_a_display_it_opens_on_a_virtual_one(folder: Path, tmp_path: Path) -> None:
    needs.require("Xvfb")
    done = run_without_display(folder, tmp_path, os.environ["PATH"])
    assert "the virtual screen :" in done.stdout
    check(done, folder, tmp_path)


def test_what_keeps_the_agent_from_starting_is_said(folder: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    # The samples need a program that is not here.
    done = run_without_display(folder, tmp_path, str(programs))
    assert done.returncode == 1
    assert "'cp'" in done.stderr
    assert "Traceback" not in done.stderr
    check_nothing_is_left(folder)

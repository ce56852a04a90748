"""Pictures of every page, for whoever wants to look; and that nothing on them is cut off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.desktop.screens import shooting

ROOT = Path(__file__).resolve().parents[2]
#: Kept until the next time, so that a change can be looked at.
FOLDER = ROOT / "build" / "screens"
PATIENCE_S = 110.0


def shoot(folder: Path, *scenes: str, scale: str = "1") -> dict[str, list[str]]:
    """What is wrong on each picture, by its name."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.screens.shooting", str(folder), *scenes],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    taken = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["name"]: one["faults"] for one in taken}


def wrong(taken: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: faults for name, faults in taken.items() if faults}


@pytest.mark.parametrize("scene", ["empty", "typical", "overloaded", "away"])
def test_nothing_is_cut_off(scene: str) -> None:
    taken = shoot(FOLDER, scene)
    assert wrong(taken) == {}
    pages = [name for name in taken if name.startswith(scene)]
    assert len(pages) >= len(shooting.PAGES) * len(shooting.LOOKS) * len(shooting.SIZES)
    for name in pages:
        width, height = map(int, name.rpartition("-")[2].split("x"))
        picture = QImage(str(FOLDER / f"{name}.png"))
        assert (picture.width(), picture.height()) == (width, height)


def test_nothing_is_cut_off_where_everything_is_twice_as_large(tmp_path: Path) -> None:
    taken = shoot(tmp_path, "typical", scale="2")
    assert wrong(taken) == {}
    picture = QImage(str(tmp_path / "typical-tasks-light-960x600.png"))
    assert (picture.width(), picture.height()) == (1920, 1200)

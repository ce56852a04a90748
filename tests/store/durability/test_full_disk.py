"""When the disk takes no more: nothing that happened is lost, and what was asked is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bgtasks_gui.store import database

ROOT = Path(__file__).resolve().parents[3]


def test_runs_are_stored_when_there_is_room_again(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.durability.crowded_writer", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    refused, stored = done.stdout.splitlines()
    assert refused.startswith("refused: ")
    assert str(path) in refused
    assert refused.endswith("Nothing was changed.")
    assert stored == "stored: 2000 runs, 1 task"
    connection = database.connect_writer(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()

"""One agent at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.agent import lock
from bgtasks_gui.core import errors


def test_while_it_is_held_a_second_one_is_refused_with_the_pid(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    with lock.hold(path):
        assert path.read_text() == str(os.getpid())
        with pytest.raises(errors.AgentAlreadyRunning) as caught, lock.hold(path):
            pass
    assert f"pid {os.getpid()}" in caught.value.message
    assert str(tmp_path) in caught.value.message


def test_who_comes_too_late_does_not_take_the_lock_away(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    with lock.hold(path):
        for _ in range(2):
            with pytest.raises(errors.AgentAlreadyRunning), lock.hold(path):
                pass


def test_it_can_be_held_again_after_it_was_let_go(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    for _ in range(2):
        with lock.hold(path):
            pass


def test_a_process_that_was_killed_holds_it_no_more(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    code = (
        "import sys, pathlib\n"
        "from bgtasks_gui.agent import lock\n"
        "with lock.hold(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(errors.AgentAlreadyRunning, match=str(holder.pid)), lock.hold(path):
            pass
        holder.kill()
    with lock.hold(path):
        assert path.read_text() == str(os.getpid())


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(errors.HomeUnusable, match="No such file"),
        lock.hold(tmp_path / "nowhere" / "agent.lock"),
    ):
        pass

"""The home: private folders, and one agent at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent import lock
from bgtasks_gui.core import errors


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# The folders


def test_a_home_is_made_for_this_person_alone(home: Path) -> None:
    home.rmdir()
    found = paths.find_home()
    lock.make_home(found)
    assert [mode(folder) for folder in (found.root, found.runtime, found.logs)] == [0o700] * 3


def test_a_home_that_is_there_stays_as_it_is(home: Path) -> None:
    found = paths.find_home()
    (home / "tasks.sqlite").write_text("mine")
    lock.make_home(found)
    lock.make_home(found)
    assert (home / "tasks.sqlite").read_text() == "mine"


def test_sockets_lie_in_a_private_folder_whatever_it_was_before(home: Path) -> None:
    found = paths.find_home()
    found.runtime.mkdir(mode=0o755)
    lock.make_home(found)
    assert mode(found.runtime) == 0o700


def test_a_file_in_the_way_is_told_with_what_to_do(home: Path) -> None:
    home.rmdir()
    home.write_text("no folder")
    try:
        with pytest.raises(errors.HomeUnusable) as caught:
            lock.make_home(paths.find_home())
    finally:
        home.unlink()
    assert str(home) in caught.value.message


def test_a_home_below_a_file_is_told_too(home: Path) -> None:
    (home / "file").write_text("")
    below = home / "file" / "home"
    with pytest.raises(errors.HomeUnusable, match="Not a directory"):
        lock.make_home(paths.Home(root=below, runtime=below / "run"))


def test_a_folder_that_cannot_be_written_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home)
    with pytest.raises(errors.HomeUnusable, match="cannot be written"):
        lock.make_home(paths.find_home())


def test_somebody_elses_folder_for_sockets_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = paths.find_home()
    lock.make_home(found)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(errors.HomeUnusable, match="yours"):
        lock.make_home(found)


# The lock


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

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.worker import child


@contextlib.contextmanager
def running(**env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing, in a session of its own. It has answered, so it is loaded."""
    with subprocess.Popen(
        ["cat"],
        env={"PATH": os.environ["PATH"], **env},
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x")
        process.stdin.flush()
        assert process.stdout.read(1) == b"x"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with running(X="1", **{child.MARK: "run-7"}) as process:
        yield process


def test_a_process_is_seen(sleeper: subprocess.Popen[bytes]) -> None:
    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    assert (seen.pid, seen.ppid, seen.session) == (sleeper.pid, os.getpid(), sleeper.pid)
    assert seen.is_alive
    assert seen.rss > 100_000
    assert seen.key == (sleeper.pid, seen.start_ticks)
    assert processes.all_processes()[sleeper.pid].key == seen.key


def test_an_ended_process_is_seen_until_it_is_reaped(sleeper: subprocess.Popen[bytes]) -> None:
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    assert (seen.state, seen.is_alive, seen.has_memory) == ("Z", False, False)
    sleeper.wait()
    assert processes.look_at(sleeper.pid) is None


def test_names_with_spaces_and_parentheses(tmp_path: Path) -> None:
    program = tmp_path / "a) R 1 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "1000"]) as process:
        seen = processes.look_at(process.pid)
        process.kill()
    assert seen is not None
    assert seen.ppid == os.getpid()


def test_marks(sleeper: subprocess.Popen[bytes]) -> None:
    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    assert processes.mark_of(seen) == "run-7"
    assert processes.mark_of(processes.Process(2**22 + 1, 1, 1, "S", 1)) is None
    with running() as other:
        assert processes.mark_of(processes.Process(other.pid, 1, 1, "S", 1)) == ""


def test_signals_reach_this_very_process(sleeper: subprocess.Popen[bytes]) -> None:
    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    earlier = processes.Process(seen.pid, seen.ppid, seen.session, "S", seen.start_ticks - 1)
    assert not processes.send(earlier, signal.SIGKILL)
    assert sleeper.poll() is None
    assert processes.send(seen, signal.SIGKILL)
    assert sleeper.wait() == -signal.SIGKILL
    assert not processes.send(seen, signal.SIGKILL)


@pytest.mark.parametrize("pid", [-1, 0, 1])
def test_numbers_that_mean_more_than_one_process_get_no_signal(pid: int) -> None:
    seen = processes.look_at(pid) or processes.Process(pid, 0, 0, "S", 0)
    assert not processes.send(seen, 0)


def test_signals_without_pidfd(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    monkeypatch.delattr(os, "pidfd_open")
    earlier = processes.Process(seen.pid, seen.ppid, seen.session, "S", seen.start_ticks - 1)
    assert not processes.send(earlier, signal.SIGKILL)
    assert processes.send(seen, signal.SIGTERM)
    assert sleeper.wait() == -signal.SIGTERM
    assert not processes.send(seen, signal.SIGTERM)


def test_signals_on_an_old_kernel(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pid: int) -> int:
        raise OSError(38, "Function not implemented")

    seen = processes.look_at(sleeper.pid)
    assert seen is not None
    monkeypatch.setattr(os, "pidfd_open", refuse)
    assert processes.send(seen, signal.SIGTERM)
    assert sleeper.wait() == -signal.SIGTERM


def test_boot_is_named() -> None:
    assert len(processes.boot_id()) == 36
    assert processes.boot_id() == processes.boot_id()


def test_children_are_told_only_where_orphans_come(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert processes.own_children() is None
    monkeypatch.setenv(processes.ADOPTS, f"{os.getpid()}:0")
    assert processes.own_children() is None
    monkeypatch.setenv(processes.ADOPTS, f"{os.getpid()}:1")
    children = processes.own_children()
    assert children is not None
    assert sleeper.pid in children


def test_no_place_for_a_mark_here() -> None:
    with Path("/proc/self/environ").open("rb") as file:
        expected = processes.MARK in b"\0" + file.read()
    assert (processes.mark_place() is not None) == expected


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no program ps here")
class TestPs:
    """The way of systems without /proc, tried where there is both."""

    def test_agrees_with_proc(
        self, sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = processes.look_at(sleeper.pid)
        assert seen is not None
        monkeypatch.setattr(processes, "IS_LINUX", False)
        told = processes.look_at(sleeper.pid)
        assert told is not None
        assert (told.pid, told.ppid, told.session) == (seen.pid, seen.ppid, seen.session)
        assert told.state in "RSD"
        assert told.rss > 100_000
        again = processes.all_processes()[sleeper.pid]
        assert again.key == told.key
        assert processes.send(told, signal.SIGKILL)
        assert sleeper.wait() == -signal.SIGKILL
        assert processes.look_at(sleeper.pid) is None

    @pytest.mark.parametrize(
        ("used", "seconds"),
        [("00:00:07", 7), ("0:07.12", 7.12), ("1-02:03:04", 93784), ("10:00", 600)],
    )
    def test_times(self, used: str, seconds: float) -> None:
        line = f"  77     1 Ss   1234 {used} Sun Nov 22 14:59:35 2026"
        seen = processes.parse_ps(line)
        assert (seen.pid, seen.ppid, seen.state, seen.rss) == (77, 1, "S", 1234 * 1024)
        assert seen.cpu_s == pytest.approx(seconds)
        assert seen.start_ticks > 1_700_000_000

    @pytest.mark.parametrize("line", ["", "PID PPID", "1 2 S x 0:00 Sun"])
    def test_what_is_no_process(self, line: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            processes.parse_ps(line)

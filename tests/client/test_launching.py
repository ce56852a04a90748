from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.client import commands, connect, launching
from bgtasks_gui.core import errors
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent
from tests.flows.living import PATIENCE_S, Living


@pytest.fixture
def living(home: Path) -> Iterator[Living]:
    """What clears away an agent that is started here."""
    one = Living(home)
    yield one
    one.clear_away()


def test_an_agent_that_runs_is_found(home: Path) -> None:
    with ScriptedAgent(paths.find_home().agent_socket) as agent:
        agent.on("GET /v1/health", views.health())
        place = paths.find_home()
        assert launching.find_agent(place) == views.health()
        assert launching.start_agent(place) == views.health()


def test_no_agent(home: Path) -> None:
    assert launching.find_agent(paths.find_home()) is None


def test_it_serves_the_home_it_was_started_for_and_leaves_no_zombie(
    living: Living, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BGTASKS_HOME", str(tmp_path / "another"))
    first = launching.start_agent(living.home)
    assert first.home == str(living.home.root)
    with connect(living.home) as client:
        client(commands.stop_agent())
    assert launching.await_end(first.pid, PATIENCE_S)
    second = launching.start_agent(living.home)
    assert second.pid != first.pid
    with pytest.raises(ChildProcessError):
        os.waitpid(first.pid, os.WNOHANG)
    assert os.waitpid(second.pid, os.WNOHANG) == (0, 0)


def test_what_kept_it_from_starting_is_said(home: Path) -> None:
    # A file in the place of the home: even root cannot make a folder of it.
    home.rmdir()
    home.write_text("not a folder")
    with pytest.raises(errors.AgentUnreachable, match=r"could not start: .*cannot be") as caught:
        launching.start_agent(paths.find_home())
    assert "Traceback" not in caught.value.message
    home.unlink()


def test_one_that_does_not_answer_is_ended(home: Path) -> None:
    with pytest.raises(errors.AgentUnreachable, match=r"does not answer 0 s after its start"):
        launching.start_agent(paths.find_home(), patience_s=0.0)


def test_end_of_a_process_is_awaited() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert not launching.await_end(process.pid, 0.0)
        assert process.stdin is not None
        process.stdin.close()
        assert launching.await_end(process.pid, 30.0)
        pid = process.pid
    assert launching.await_end(pid, 0.0)


def test_own_pid_is_alive() -> None:
    assert not launching.await_end(os.getpid(), 0.0)

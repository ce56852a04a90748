"""The agent as a process of its own, from its start to a signal."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui import client, paths
from bgtasks_gui.agent import foreground, lock
from bgtasks_gui.client import commands
from bgtasks_gui.core import errors

RUN = "import sys; from bgtasks_gui import paths; from bgtasks_gui.agent import foreground; "
RUN += "sys.exit(foreground.run_agent(paths.find_home(), log_to_stderr={}))"


@pytest.fixture
def root_log() -> Iterator[logging.Logger]:
    """The log of this process, as it was once the test is over."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield root
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:], root.level = handlers, level


def start(home: Path, *, log_to_stderr: bool = True) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN.format(log_to_stderr)],
        env={**os.environ, "BGTASKS_HOME": str(home)}, text=True, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_serves_until_a_signal_and_ends_well(place: paths.Home, number: signal.Signals) -> None:
    with start(place.root) as agent:
        assert agent.stderr is not None
        for line in agent.stderr:
            if "the agent serves" in line:
                break
        with client.connect(place) as ask:
            assert ask(commands.show_health()).pid == agent.pid
        agent.send_signal(number)
        said = agent.stderr.read()
        assert agent.wait(30) == 0
    assert "the agent has stopped" in said
    assert "Traceback" not in said
    with pytest.raises(errors.AgentUnreachable), client.connect(place) as ask:
        ask(commands.show_health())


def test_it_stops_when_somebody_asks(place: paths.Home) -> None:
    with start(place.root) as agent:
        assert agent.stderr is not None
        for line in agent.stderr:
            if "the agent serves" in line:
                break
        with client.connect(place) as ask:
            assert ask(commands.stop_agent()).stopping
        agent.stderr.read()
        assert agent.wait(30) == 0


@pytest.mark.usefixtures("root_log")
def test_what_keeps_it_from_starting_is_one_sentence(
    place: paths.Home, capsys: pytest.CaptureFixture[str]
) -> None:
    paths.make_home(place)
    with lock.hold(place.agent_lock):
        status = foreground.run_agent(place, log_to_stderr=False)
    said = capsys.readouterr().err
    assert status == 1
    assert said.count("\n") == 1
    assert "An agent serves" in said
    assert "An agent serves" in place.agent_log.read_text()

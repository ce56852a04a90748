from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

ROOT = Path(__file__).resolve().parents[3]
RUN, POST = views.RUN_ID, "POST /v1/tasks/backup/run"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on(POST, views.run())
    agent.on(f"GET /v1/runs/{RUN}", views.run())
    agent.on("GET /v1/health", views.health())


def test_only_the_id_is_printed(bgtasks: Bgtasks) -> None:
    shown = bgtasks("run", "backup")
    assert (shown.code, shown.out, shown.err) == (0, f"{RUN}\n", "")
    found = bgtasks("run", "backup", "--json").json
    assert isinstance(found, dict)
    assert found["id"] == RUN


def test_arguments(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    bgtasks("run", "backup", "--args", '{"width": 1, "n": 2}', "--arg", "width=800")
    assert agent.asked[-1].body == {"arguments": {"width": "800", "n": 2}}
    assert "NAME=VALUE" in bgtasks("run", "backup", "--arg", "width").err
    assert bgtasks("run", "backup", "--args", "[]").code == 2


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (RunState.COMPLETED, 0),
        (RunState.FAILED, 1),
        (RunState.CANCELED, 5),
        (RunState.SKIPPED, 5),
        (RunState.MISSED, 5),
    ],
)
def test_waiting_exits_as_the_run_did(
    state: RunState, code: int, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    ended = views.ended(state, reason=views.reason("That is why."))
    agent.stream(views.event(8, "run_finished", run=ended))
    shown = bgtasks("run", "backup", "--wait")
    assert (shown.code, shown.out) == (code, f"{RUN}\n")
    word = "cancelled" if state is RunState.CANCELED else state
    assert shown.err == f"backup: running\nbackup: {word} after 3 min. That is why.\n"


def test_waiting_with_json_prints_how_it_ended(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.stream(views.event(8, "run_finished", run=views.ended()))
    found = bgtasks("run", "backup", "--wait", "--json")
    assert found.out.count("\n") == 1
    assert isinstance(found.json, dict)
    assert found.json["state"] == "completed"


def test_a_firing_that_was_skipped_at_once(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(POST, views.ended(RunState.SKIPPED, started_at=None))
    shown = bgtasks("run", "backup", "--wait")
    assert (shown.code, shown.err) == (5, "backup: skipped.\n")


def test_ctrl_c_leaves_it_running_and_says_so(agent: ScriptedAgent, home: Path) -> None:
    agent.hold_stream()
    environ = {**os.environ, "BGTASKS_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "bgtasks_gui", "run", "backup", "--wait"], cwd=ROOT, env=environ,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline() == "backup: running\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    agent.let_go()
    assert process.returncode == 130
    assert f"The run goes on. bgtasks status {RUN} shows it" in err
    assert "Traceback" not in err

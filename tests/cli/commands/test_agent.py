from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.cli import app
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent


def test_start_of_one_that_runs(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    shown = bgtasks("agent", "start")
    assert shown.out == "The agent runs already (pid 4711, home /home/ada/tasks).\n"
    found = bgtasks("agent", "start", "--json").json
    assert isinstance(found, dict)
    assert found["pid"] == 4711


def test_status(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(
        "GET /v1/system",
        views.system(
            active={"waiting": 1, "running": 2}, tasks=3, next_wake_at="2026-11-22T15:15:00.000Z",
            pause=shapes.PauseView(paused=True, until=None),
            facts=(
                shapes.FactView(name="supervisor", value="pid 4712, 2 runs", ok=True),
                shapes.FactView(name="disk", value="1 MiB free", ok=False),
            ),
            notices=("The old database was set aside.",),
        ),
    )  # fmt: skip
    assert bgtasks("agent", "status").out.splitlines() == [
        "Agent       0.1.0, pid 4711, since 10 min ago",
        "Home        /home/ada/tasks",
        "Runs        2 running, 1 waiting",
        "Tasks       3, next start in 5 min",
        "Paused      until you resume",
        "Supervisor  pid 4712, 2 runs",
        "Disk        1 MiB free  (!)",
        "Note        The old database was set aside.",
    ]
    assert isinstance(bgtasks("agent", "status", "--json").json, dict)


def test_status_without_an_agent(bgtasks: Bgtasks, home: Path) -> None:
    assert bgtasks("agent", "status").code == 4


def test_stop_waits_until_it_is_gone(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:

        def stop(_: object) -> object:
            assert process.stdin is not None
            process.stdin.close()
            return {"stopping": True, "left_running": 1}

        agent.on("GET /v1/health", views.health(pid=process.pid))
        agent.on("POST /v1/stop", stop)
        shown = bgtasks("agent", "stop")
        assert process.wait(timeout=30) is not None
    assert (shown.code, shown.out) == (0, "The agent has stopped; 1 run goes on without it.\n")
    assert agent.said_to("POST /v1/stop")[0].body == {"cancel": False}


def test_stop_of_one_that_stays(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgtasks_gui.client.launching.STOP_S", 0.0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        agent.on("GET /v1/health", views.health(pid=process.pid))
        agent.on("POST /v1/stop", {"stopping": True, "left_running": 0})
        said = bgtasks("agent", "stop", "--cancel")
        assert process.stdin is not None
        process.stdin.close()
    assert said.code == 4
    assert "has not ended after 0 s" in said.err
    assert agent.said_to("POST /v1/stop")[0].body == {"cancel": True}


def test_stop_of_none_is_done(bgtasks: Bgtasks, home: Path) -> None:
    assert bgtasks("agent", "stop").out == "No agent is running.\n"
    assert bgtasks("agent", "stop", "--json").json == {"stopping": False, "left_running": 0}


@pytest.mark.parametrize(("more", "to_stderr"), [([], False), (["--verbose"], True)])
def test_run_is_the_agent_itself(more: list[str], to_stderr: bool, home: Path) -> None:
    served = []

    def serve(*, log_to_stderr: bool) -> int:
        served.append(log_to_stderr)
        # It lives long, unlike the other commands.
        assert gc.isenabled()
        return 3

    assert app.main(["agent", "run", *more], serve=serve) == 3
    assert served == [to_stderr]

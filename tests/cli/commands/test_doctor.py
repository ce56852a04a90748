from __future__ import annotations

from pathlib import Path

from bgtasks_gui import paths
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent


def test_with_the_agent_away(bgtasks: Bgtasks, home: Path) -> None:
    shown = bgtasks("doctor")
    assert shown.code == 0
    lines = shown.out.splitlines()
    subjects = [line[6:].partition(":")[0] for line in lines]
    assert subjects == [
        "home", "agent", "supervisor", "database", "disk", "clock", "authorities", "system bus",
        "session bus",
    ]  # fmt: skip
    assert {line[:5].strip() for line in lines} <= {"ok", "warn"}
    assert "warn  agent: No agent is running" in shown.out


def test_something_bad_exits_1(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    paths.find_home().database.write_bytes(b"no database")
    shown = bgtasks("doctor", "--json")
    assert shown.code == 1
    assert isinstance(shown.json, list)
    bad = [finding["subject"] for finding in shown.json if finding["verdict"] == "bad"]
    assert bad == ["supervisor", "database"]
    doubtful = [finding["subject"] for finding in shown.json if finding["verdict"] == "warn"]
    assert doubtful[-2:] == ["notices", "sleep"]

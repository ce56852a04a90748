from __future__ import annotations

from pathlib import Path

import pytest

from bgtasks_gui.cli.commands import events
from bgtasks_gui.client import connect
from bgtasks_gui.wire import codec
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent


def test_an_event_a_line_until_the_agent_goes(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.stream(views.event(8, "run_started", run=views.run()), views.event(9, "system_changed"))
    shown = bgtasks("watch", "--after", "7")
    assert shown.code == 4
    first, second = [codec.plain(line.encode()) for line in shown.out.splitlines()]
    assert (first["seq"], first["type"], first["run"]["id"]) == (8, "run_started", views.RUN_ID)
    assert (second["seq"], second["run"]) == (9, None)
    assert agent.asked[0].query == {"after": "7"}
    assert "went away" in shown.err


def test_without_an_agent(bgtasks: Bgtasks, home: Path) -> None:
    assert bgtasks("watch").code == 4


def test_kept_over_restarts_from_where_it_broke_off(
    agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(events, "AGAIN_S", 0.001)
    agent.on("GET /v1/health", views.health())
    agent.stream(views.event(8, "run_started"))
    agent.stream()
    agent.stream(views.event(9, "run_finished"), views.event(10, "run_queued"))
    with connect() as client:
        kept = events.kept_events(client, None)
        assert [next(kept).seq for _ in range(3)] == [8, 9, 10]
        kept.close()
    asked = [one.query["after"] for one in agent.said_to("GET /v1/events")]
    assert asked == ["7", "8", "8"]
    # Told once a loss, not once a try.
    assert capsys.readouterr().err.count("Waiting for it.") == 1


def test_emit(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/emit/disk", {"event": "disk", "runs": [views.run()]})
    assert bgtasks("emit", "disk", "--data", '{"n": 3}').out == f"backup {views.RUN_ID}\n"
    assert agent.asked[-1].body == {"data": {"n": 3}}
    agent.on("POST /v1/emit/disk", {"event": "disk", "runs": []})
    assert bgtasks("emit", "disk").out == "No task waits for disk.\n"
    assert bgtasks("emit", "disk", "--json").json == {"event": "disk", "runs": []}


def test_emit_of_what_is_no_object(bgtasks: Bgtasks) -> None:
    said = bgtasks("emit", "disk", "--data", "[1]")
    assert said.code == 2
    assert said.err.startswith("Error: --data: It must be a JSON object")

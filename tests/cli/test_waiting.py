from __future__ import annotations

import pytest

from bgtasks_gui.cli import bar, waiting
from bgtasks_gui.client import connect
from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Script, ScriptedAgent

RUN = views.RUN_ID
SHOW = f"GET /v1/runs/{RUN}"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on(SHOW, views.run())
    monkeypatch.setattr(waiting, "AGAIN_S", 0.001)


def wait() -> shapes.RunView:
    with connect() as client:
        return waiting.wait_for(client, views.run(), bar.Lines())


def test_until_it_ends(agent: ScriptedAgent, capsys: pytest.CaptureFixture[str]) -> None:
    agent.stream(
        views.event(8, "run_progressed", run_id=RUN, progress=views.progress(50, unit="%")),
        views.event(9, "run_finished", run=views.ended(id="another")),
        views.event(10, "run_finished", run=views.ended()),
    )
    assert wait().state is RunState.COMPLETED
    assert capsys.readouterr().err.splitlines() == ["backup: running", "50 %"]
    assert agent.said_to("GET /v1/events")[0].query == {"after": "7"}


def test_a_run_that_ended_at_once_asks_nothing(agent: ScriptedAgent) -> None:
    with connect() as client:
        assert waiting.wait_for(client, views.ended(), bar.Lines()) == views.ended()
    assert agent.asked == []


def test_over_a_loss_of_the_agent(agent: ScriptedAgent, capsys: pytest.CaptureFixture[str]) -> None:
    agent.stream(views.event(8, "run_started", run=views.run()))
    agent.on(SHOW, Script(views.run(), views.ended()))
    assert wait().state is RunState.COMPLETED
    assert "The run goes on; waiting for the agent." in capsys.readouterr().err


def test_patience_ends(
    agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.0)
    agent.on("GET /v1/health", b"no health at all")
    with pytest.raises(errors.AgentUnreachable):
        wait()
    assert capsys.readouterr().err.count("waiting for the agent") == 1


def test_a_run_that_is_forgotten(agent: ScriptedAgent) -> None:
    agent.on(SHOW, None)
    with pytest.raises(errors.RunNotFound):
        wait()

from __future__ import annotations

import pytest

from bgtasks_gui.settings import Settings
from tests.cli.conftest import Bgtasks
from tests.cli.fakes.scripted_agent import ScriptedAgent


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/settings", Settings())
    agent.on("PUT /v1/settings", lambda asked: asked.body)


def test_every_setting_with_what_it_means(bgtasks: Bgtasks) -> None:
    shown = bgtasks("settings").out.splitlines()
    assert [line.partition("=")[0] for line in shown] == list(Settings.__struct_fields__)
    assert all(len(line.split(None, 1)) == 2 for line in shown)
    found = bgtasks("settings", "--json").json
    assert isinstance(found, dict)
    assert found["history_days"] == 7.0


def test_changes(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert "history_days=30 " in bgtasks("settings", "history_days=30", "max_running=4").out
    body = agent.said_to("PUT /v1/settings")[0].body
    assert (body["history_days"], body["max_running"]) == (30.0, 4)


def test_speeds_are_written_as_everywhere(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert "rate_limit=2097152 " in bgtasks("settings", "rate_limit=2M").out
    assert "rate_limit=off " in bgtasks("settings", "rate_limit=off").out
    sent = [asked.body for asked in agent.said_to("PUT /v1/settings")]
    assert [body and body["rate_limit"] for body in sent] == [2_097_152, None]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("history_days", "is not written as KEY=VALUE"),
        ("colour=red", 'There is no setting "colour"; there are: history_days,'),
        ("max_running=many", "max_running: "),
        ("history_days=0", "history_days: "),
        ("rate_limit=fast", "rate_limit: 'fast' is no speed"),
    ],
)
def test_changes_that_cannot_be(
    change: str, says: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    said = bgtasks("settings", change)
    assert said.code == 2
    assert says in said.err
    assert agent.said_to("PUT /v1/settings") == []

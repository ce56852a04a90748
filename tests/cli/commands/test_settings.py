from __future__ import annotations

import pytest

from bgtasks_gui.core.policies import NoticePolicy
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


def test_when_and_what_the_person_is_told(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks("settings", "notices=always", "quiet_from=22:00", "quiet_to=07:00").out
    assert "notices=always " in shown
    assert "quiet_from=22:00 " in shown
    body = agent.said_to("PUT /v1/settings")[0].body
    assert (body["notices"], body["quiet_from"], body["quiet_to"]) == ("always", "22:00", "07:00")
    agent.on("GET /v1/settings", Settings(quiet_from="22:00", quiet_to="07:00"))
    assert "quiet_to=off " in bgtasks("settings", "quiet_from=off", "quiet_to=OFF").out
    body = agent.said_to("PUT /v1/settings")[1].body
    assert (body["quiet_from"], body["quiet_to"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        (["a=b=always"], {"loud": "always", "backups": "never", "a=b": "always"}),
        (["backups=auto"], {"loud": "always", "backups": "auto"}),
        (["backups=off", "x=never", "y=auto"], {"loud": "always", "x": "never", "y": "auto"}),
        (["loud=off", "backups=off"], {}),
        (["off"], {}),
        (['{"x":"never"}'], {"x": "never"}),
        (['{"x":"never"}', "y=always"], {"x": "never", "y": "always"}),
        (["=never"], {"loud": "always", "backups": "never", "": "never"}),
    ],
)
def test_choices_of_groups(
    changes: list[str], kept: dict[str, str], bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    choices = {"loud": NoticePolicy.ALWAYS, "backups": NoticePolicy.NEVER}
    agent.on("GET /v1/settings", Settings(notices_by_group=choices))
    shown = bgtasks("settings", *(f"notices_by_group={change}" for change in changes))
    assert shown.code == 0
    assert agent.said_to("PUT /v1/settings")[0].body["notices_by_group"] == kept


def test_choices_of_groups_are_shown_as_they_are_written(
    bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    assert "notices_by_group=off " in bgtasks("settings").out
    agent.on("GET /v1/settings", Settings(notices_by_group={"a": NoticePolicy.NEVER}))
    assert 'notices_by_group={"a":"never"} ' in bgtasks("settings").out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("history_days", "is not written as KEY=VALUE"),
        ("colour=red", 'There is no setting "colour"; there are: history_days,'),
        ("max_running=many", "max_running: "),
        ("history_days=0", "history_days: "),
        ("rate_limit=fast", "rate_limit: 'fast' is no speed"),
        ("notices=loud", "notices: 'loud' is not possible here; known are auto, always, never"),
        ("quiet_from=22:00", "quiet_to: Quiet hours need a begin and an end: set quiet_to"),
        ("quiet_to=noon", "quiet_to: 'noon' is no time of day like \"22:30\"."),
        ("notices_by_group=backups", "notices_by_group: 'backups' is not written as GROUP=CHOICE"),
        ("notices_by_group=backups=loud", "notices_by_group"),
        ('notices_by_group={"a"', "notices_by_group: This is not JSON"),
    ],
)
def test_changes_that_cannot_be(
    change: str, says: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    said = bgtasks("settings", change)
    assert said.code == 2
    assert says in said.err
    assert agent.said_to("PUT /v1/settings") == []

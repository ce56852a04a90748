from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.cli.background import notices
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Asked, ScriptedAgent

DUNST = shapes.SurfaceView(
    name="freedesktop", title="Desktop notifications", is_available=True,
    sentence="dunst 1.9.0 shows progress and buttons", is_used=True,
)  # fmt: skip
TELLING = shapes.TellingView(
    surfaces=(DUNST,), held_back=2, is_quiet=True, quiet_until="2026-11-22T21:00:00.000Z"
)
FAILED = shapes.NoticeView(
    id="9", at=views.AT, kind="failed", title="backup failed", body="It ended with\nstatus 3.",
    task_id=views.TASK_ID, run_id=views.RUN_ID, group="", outcome="removed", changed_at=views.AT,
    surfaces=("freedesktop",), held_because=None,
)  # fmt: skip
HELD = msgspec.structs.replace(
    FAILED, id="8", at="2026-11-21T22:30:00.000Z", outcome="held_back", surfaces=(),
    held_because="Quiet hours.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/telling", TELLING)
    agent.on("GET /v1/notices", [FAILED, HELD])


def test_what_was_told_and_who_tells(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert bgtasks("notices").out.splitlines() == [
        "Notices are shown by Desktop notifications: dunst 1.9.0 shows progress and buttons."
        " Quiet hours are on until 22:00. 2 held back since the agent started.",
        "",
        "WHEN             NOTICE         TEXT                     OUTCOME",
        "10 min ago       backup failed  It ended with status 3.  dismissed",
        "yesterday 23:30  backup failed  It ended with status 3.  held back: Quiet hours.",
    ]
    assert agent.said_to("GET /v1/notices")[0].query == {"limit": "20"}


def test_as_json(bgtasks: Bgtasks) -> None:
    found = bgtasks("notices", "--json").json
    assert isinstance(found, dict)
    assert [one["id"] for one in found["notices"]] == ["9", "8"]
    assert found["telling"]["surfaces"][0]["name"] == "freedesktop"


@pytest.mark.parametrize("written", ["held_back", "held-back", "Held back"])
def test_only_one_outcome(written: str, bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert bgtasks("notices", "-n", "5", "--outcome", written).code == 0
    asked = agent.said_to("GET /v1/notices")[0]
    assert asked.query == {"limit": "5", "outcome": "held_back"}


def test_what_is_no_outcome(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    said = bgtasks("notices", "--outcome", "lost")
    assert said.code == 2
    assert '"lost" is no outcome; there are: added, removed, expired, cleared,' in said.err
    assert agent.asked == []


def test_without_any_it_is_said_who_tells(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/notices", [])
    said = bgtasks("notices")
    assert said.out.startswith("Notices are shown by Desktop notifications")
    assert len(said.out.splitlines()) == 1
    assert said.err == "There are no such notices in the history.\n"
    found = bgtasks("notices", "--json").json
    assert isinstance(found, dict)
    assert found["notices"] == []


def test_many_are_asked_for_page_by_page(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "PAGE", 2)
    pages = {None: ["9", "8"], "8": ["7", "6"], "6": ["5"]}

    def answer(asked: Asked) -> object:
        numbers = pages[asked.query.get("before_id")]
        return [msgspec.structs.replace(FAILED, id=number) for number in numbers]

    agent.on("GET /v1/notices", answer)
    found = bgtasks("notices", "-n", "100", "--json").json
    assert isinstance(found, dict)
    assert [one["id"] for one in found["notices"]] == ["9", "8", "7", "6", "5"]
    assert [one.query["limit"] for one in agent.said_to("GET /v1/notices")] == ["2", "2", "2"]

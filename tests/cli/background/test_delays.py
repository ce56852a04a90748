from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.cli.background import delays
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

DELAY = shapes.DelayView(
    request_id=7, owner="editor", reason="saving the drafts", callback="saved", run_id=None,
    requested_at="2026-11-22T15:09:30.000Z", ends_at="2026-11-22T15:12:30.000Z",
    actual_delay_time=180_000, remaining=150_000,
)  # fmt: skip
BUDGETS = [
    shapes.BudgetView(
        owner="editor", used_s=150.5, limit_s=600.0, frees_at="2026-11-23T09:00:00.000Z",
        open=(DELAY, msgspec.structs.replace(DELAY, request_id=8, run_id=views.RUN_ID)),
    ),
    shapes.BudgetView(owner="player", used_s=0.0, limit_s=600.0, frees_at=None, open=()),
]  # fmt: skip


def test_a_request(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/delays", DELAY)
    options = ("--owner", "editor", "--run", views.RUN_ID, "--callback", "saved")
    shown = bgtasks("delay", "request", "saving the drafts", *options)
    assert shown.out == "Request 7: 3 min (180000 ms), until 16:12.\n"
    asked = {
        "owner": "editor", "reason": "saving the drafts", "callback": "saved", "run": views.RUN_ID,
    }  # fmt: skip
    assert agent.asked[-1].body == asked
    found = bgtasks("delay", "request", "saving", "--json").json
    assert isinstance(found, dict)
    assert (found["request_id"], found["actual_delay_time"]) == (7, 180_000)


def test_a_request_of_a_script_names_nothing_else(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/delays", DELAY)
    assert bgtasks("delay", "request", "flushing").code == 0
    body = agent.asked[-1].body
    assert isinstance(body, dict)
    assert (body["owner"], body["run"]) == ("bgtasks", None)
    assert body["callback"].startswith("bgtasks-")


def test_a_refused_request_says_why(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    refused = codes.DelayRefused(cause=codes.Causes.TOO_MANY_DELAYS.value)
    agent.on("POST /v1/delays", refused)
    shown = bgtasks("delay", "request", "saving")
    assert shown.code == 2
    assert shown.err == "Error: Three requests are open already; cancel one first.\n"


def test_what_is_left(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/delays/7", {"remaining": 150_000})
    shown = bgtasks("delay", "left", "7", "--owner", "editor")
    assert shown.out == "Request 7: 2 min 30 s (150000 ms) left.\n"
    assert agent.asked[-1].query == {"owner": "editor"}
    assert bgtasks("delay", "left", "7", "--json").json == {"remaining": 150_000}


def test_a_request_is_taken_back(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("DELETE /v1/delays/7", DELAY)
    shown = bgtasks("delay", "cancel", "7", "--owner", "editor")
    assert shown.out == "Request 7 is taken back; 2 min 30 s (150000 ms) of it stay.\n"
    assert agent.asked[-1].query == {"owner": "editor"}
    found = bgtasks("delay", "cancel", "7", "--json").json
    assert isinstance(found, dict)
    assert found["remaining"] == 150_000


def test_a_number_is_one(bgtasks: Bgtasks) -> None:
    assert "'seven' is not a valid integer" in bgtasks("delay", "left", "seven").err


def test_the_budgets(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/delays", BUDGETS)
    assert bgtasks("delay", "list").out.splitlines() == [
        "OWNER   USED        OF                            COMES BACK",
        "editor  2 min 30 s  10 min  #####...............  from tomorrow 10:00",
        "player  0 s         10 min  ....................  -",
        "",
        "REQUEST  OWNER   LEFT        OF     REASON             RUN",
        "7        editor  2 min 30 s  3 min  saving the drafts  -",
        f"8        editor  2 min 30 s  3 min  saving the drafts  {views.RUN_ID}",
    ]
    found = bgtasks("delay", "list", "--json").json
    assert isinstance(found, list)
    assert [budget["owner"] for budget in found] == ["editor", "player"]


def test_nothing_open_needs_no_second_table(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/delays", BUDGETS[1:])
    assert "REQUEST" not in bgtasks("delay", "list").out


def test_nothing_used(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/delays", [])
    assert bgtasks("delay", "list").out == "No time for suspend delays is used.\n"


@pytest.mark.parametrize(
    ("share", "filled"), [(0, 0), (0.001, 1), (0.5, 10), (0.999, 19), (1, 20), (1.5, 20)]
)
def test_bars(share: float, filled: int) -> None:
    assert delays.bar(share) == "#" * filled + "." * (20 - filled)

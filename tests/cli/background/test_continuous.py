from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

_UNUSED = shapes.ModeCheckView(mode="voip", used=False, sentence="No sound is recorded.")
_USED = shapes.ModeCheckView(mode="audioPlayback", used=True, sentence="Sound is played.")
CALL = shapes.ContinuousView(
    id=3, owner="phone", ability="main", run_id=None, modes=("voip", "audioPlayback"),
    title="Calling", text="Ada", slot_type=65535, content_type=0, notification_id=3,
    started_at="2026-11-22T15:05:00.000Z", keeps_awake=False, checks=(_UNUSED, _USED),
)  # fmt: skip
WALK = msgspec.structs.replace(
    CALL, id=4, owner="", ability=f"run:{views.RUN_ID}", run_id=views.RUN_ID,
    modes=("location",), title="walk", checks=(),
)  # fmt: skip


def test_the_list(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/continuous", [CALL, WALK])
    head, first, second, check = bgtasks("continuous", "list").out.splitlines()
    assert head.split() == ["NUMBER", "OWNER", "PART", "MODES", "TITLE", "SINCE", "RUN"]
    shown = ["3", "phone", "main", "voip", "audioPlayback", "Calling", "5", "min", "ago", "-"]
    assert first.split() == shown
    assert second.split() == ["4", "you", "-", "location", "walk", "5", "min", "ago", views.RUN_ID]
    assert check == "3: voip: No sound is recorded."
    found = bgtasks("continuous", "list", "--json").json
    assert [one["id"] for one in found] == [3, 4]


def test_nothing_goes_on(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/continuous", [])
    assert bgtasks("continuous", "list").out == "No continuous task goes on.\n"


@pytest.mark.parametrize(("verb", "method"), [("start", "POST"), ("update", "PUT")])
def test_what_is_asked_for(bgtasks: Bgtasks, agent: ScriptedAgent, verb: str, method: str) -> None:
    agent.on(f"{method} /v1/continuous", CALL)
    options = "--owner phone --part window --mode voip --mode audioPlayback --title Calling"
    shown = bgtasks("continuous", verb, *options.split(), "--text", "Ada", "--keep-awake")
    assert shown.out == "Continuous task 3: voip audioPlayback.\n"
    assert agent.asked[-1].body == {
        "owner": "phone", "ability": "window", "modes": ["voip", "audioPlayback"], "mode": None,
        "title": "Calling", "text": "Ada", "run": None, "keep_awake": True,
    }  # fmt: skip
    found = bgtasks("continuous", verb, "--json").json
    assert found["notification_id"] == 3


def test_a_start_that_is_refused(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/continuous", codes.PermissionDenied())
    shown = bgtasks("continuous", "start", "--owner", "x", "--mode", "voip")
    assert shown.code == 2
    assert shown.err.startswith("Error: This owner may not keep work running in the background;")
    assert "`bgtasks access allow` lets it" in shown.err


def test_a_stop(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("DELETE /v1/continuous", CALL)
    shown = bgtasks("continuous", "stop", "--owner", "phone")
    assert shown.out == "Continuous task 3 is stopped.\n"
    assert agent.asked[-1].query == {"owner": "phone", "ability": "main"}
    assert bgtasks("continuous", "stop", "--owner", "phone", "--json").json["id"] == 3


def test_a_cancel(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/continuous/3/cancel", CALL)
    agent.on("POST /v1/continuous/4/cancel", WALK)
    shown = bgtasks("continuous", "cancel", "3", "--reason", "too loud")
    assert shown.out == "Continuous task 3 of phone is cancelled.\n"
    assert agent.asked[-1].body == {"reason": "too loud"}
    shown = bgtasks("continuous", "cancel", "4")
    assert shown.out == f"Continuous task 4 of you is cancelled, with its run {views.RUN_ID}.\n"
    assert bgtasks("continuous", "cancel", "3", "--json").json["id"] == 3
    agent.on("POST /v1/continuous/9/cancel", errors.NotFound("It is over."))
    assert bgtasks("continuous", "cancel", "9").code == 3

from __future__ import annotations

import msgspec

from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes.scripted_agent import ScriptedAgent

CPU = shapes.ResourceView(
    owner="indexer", resource="CPU", resource_type=1, is_process=False, reason="building",
    since="2026-11-22T15:07:30.000Z", until="2026-11-22T15:12:30.000Z",
)  # fmt: skip
LOCK = msgspec.structs.replace(
    CPU, owner="radio", resource="RUNNING_LOCK", resource_type=128, is_process=True, until=None,
    reason="on air",
)  # fmt: skip


def background(*held: shapes.ResourceView) -> shapes.BackgroundView:
    return shapes.BackgroundView(continuous=(), budgets=(), access=(), holds=(), resources=held)


def test_resources_are_applied_for(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/resources", [CPU, LOCK])
    options = ("--owner", "indexer", "--for", "10m", "--reason", "building")
    shown = bgtasks("resource", "apply", "cpu", "running-lock", *options)
    assert shown.out == "indexer holds CPU until 16:12; RUNNING_LOCK until it is released.\n"
    assert agent.asked[-1].body == {
        "owner": "indexer", "resource_types": 129, "is_apply": True, "timeout_ms": 600_000,
        "is_persist": False, "is_process": False, "reason": "building",
    }  # fmt: skip
    found = bgtasks("resource", "apply", "1", *options, "--json").json
    assert isinstance(found, list)
    assert [one["resource_type"] for one in found] == [1, 128]


def test_they_may_be_held_until_they_are_released(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/resources", [LOCK])
    options = ("--owner", "radio", "--persist", "--process", "--reason", "on air")
    assert bgtasks("resource", "apply", "128", *options).code == 0
    body = agent.asked[-1].body
    assert isinstance(body, dict)
    assert (body["timeout_ms"], body["is_persist"], body["is_process"]) == (0, True, True)


def test_what_is_no_resource(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    options = ("--owner", "x", "--reason", "y")
    shown = bgtasks("resource", "apply", "fuel", *options, "--persist")
    assert shown.code == 2
    assert shown.err.startswith("Error: 'fuel' is no resource; they are CPU, COMMON_EVENT")
    assert "Missing option '--owner'" in bgtasks("resource", "release", "cpu").err


def test_the_time_is_one_or_there_is_none(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    options = ("resource", "apply", "cpu", "--owner", "x", "--reason", "y")
    for more in ((), ("--for", "1s", "--persist")):
        shown = bgtasks(*options, *more)
        assert (shown.code, "either --for DURATION or --persist" in shown.err) == (2, True)
    assert agent.asked == []


def test_a_refusal_says_why(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/resources", codes.NotSystemProgram())
    shown = bgtasks("resource", "apply", "cpu", "--owner", "x", "--reason", "y", "--for", "1s")
    assert shown.code == 2
    assert shown.err == "Error: Only programs of the system may ask for this.\n"


def test_resources_are_released(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/resources", [])
    shown = bgtasks("resource", "release", "cpu", "--owner", "indexer", "--process")
    assert shown.out == "indexer holds nothing.\n"
    body = agent.asked[-1].body
    assert isinstance(body, dict)
    assert (body["resource_types"], body["is_apply"], body["is_process"]) == (1, False, True)


def test_everything_is_given_back(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("DELETE /v1/resources", [CPU, msgspec.structs.replace(CPU, is_process=True), LOCK])
    shown = bgtasks("resource", "reset", "--owner", "indexer")
    assert shown.out == "indexer gave back CPU, RUNNING_LOCK.\n"
    assert agent.asked[-1].query == {"owner": "indexer"}
    assert len(bgtasks("resource", "reset", "--owner", "indexer", "--json").json) == 3
    agent.on("DELETE /v1/resources", [])
    assert bgtasks("resource", "reset", "--owner", "indexer").out == "indexer held nothing.\n"


def test_the_list(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/background", background(CPU, LOCK))
    assert bgtasks("resource", "list").out.splitlines() == [
        "OWNER    RESOURCE      SINCE      UNTIL     FOR          REASON",
        "indexer  CPU           2 min ago  in 2 min  the program  building",
        "radio    RUNNING_LOCK  2 min ago  -         a process    on air",
    ]
    found = bgtasks("resource", "list", "--json").json
    assert isinstance(found, list)
    assert [one["until"] for one in found] == ["2026-11-22T15:12:30.000Z", None]
    agent.on("GET /v1/background", background())
    assert bgtasks("resource", "list").out == "No resource is held.\n"

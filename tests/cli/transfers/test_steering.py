from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.settings import Settings
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import receipts, views
from tests.cli.fakes.scripted_agent import ScriptedAgent

ADDRESS, RATE = "POST /v1/runs/disc/address", "POST /v1/runs/disc/rate"
URL = "https://a.example/new.iso"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on(ADDRESS, receipts.run(state=RunState.WAITING, started_at=None))
    agent.on(RATE, receipts.run(progress=views.progress(45, 100, unit="bytes")))
    agent.on("GET /v1/settings", Settings(max_running=7))
    agent.on("PUT /v1/settings", lambda asked: asked.body)


def test_another_address(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks("set-url", "disc", URL)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == "disc.iso: goes on from the new address; waiting.\n"
    assert agent.asked[-1].body == {"url": URL}
    found = bgtasks("set-url", "disc", URL, "--json").json
    assert isinstance(found, dict)
    assert found["task_name"] == "disc.iso"


def test_an_address_that_is_none(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(ADDRESS, errors.InvalidField("ftp: is not taken.", field="url"))
    said = bgtasks("set-url", "disc", "ftp://a")
    assert (said.code, said.out, said.err) == (2, "", "Error: URL: ftp: is not taken.\n")
    assert bgtasks("set-url", "disc", "ftp://a", "--json").error["field"] == "url"


def test_one_run_is_limited(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks("limit", "2M", "disc")
    assert shown.code == 0
    assert shown.out.startswith("disc.iso: speed: at most 2 MiB/s; running for 10 min. 45 %")
    assert agent.asked[-1].body == {"rate": 2_097_152}
    assert bgtasks("limit", "off", "disc").out.startswith("disc.iso: speed: no limit; ")
    assert agent.asked[-1].body == {"rate": None}
    found = bgtasks("limit", "2M", "disc", "--json").json
    assert isinstance(found, dict)
    assert found["id"] == views.RUN_ID


def test_all_together_are_limited(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert bgtasks("limit", "500K").out == "All transfers together: at most 500 KiB/s.\n"
    body = agent.said_to("PUT /v1/settings")[-1].body
    assert (body["rate_limit"], body["max_running"]) == (512_000, 7)
    assert bgtasks("limit", "off").out == "All transfers together: no limit.\n"
    found = bgtasks("limit", "off", "--json").json
    assert isinstance(found, dict)
    assert found["rate_limit"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("limit", "fast"), "'fast' is no speed: write it as"),
        (("limit", "1"), "1 KiB/s is the least"),
        (("limit",), "Missing argument"),
        (("set-url", "disc"), "Missing argument 'URL'"),
    ],
)
def test_what_cannot_be_said(
    words: tuple[str, ...], said: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    told = bgtasks(*words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert agent.asked == []

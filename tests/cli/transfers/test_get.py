from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bgtasks_gui.cli import app
from bgtasks_gui.core import errors, reasons
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import receipts, views
from tests.cli.fakes.scripted_agent import Asked, ScriptedAgent

S = RunState
RUN, TASK = views.RUN_ID, views.TASK_ID
URL = "https://a.example/disc.iso"
POST, DELETE = "POST /v1/tasks", f"DELETE /v1/tasks/{TASK}"
START = "Downloading disc.iso from a.example.\n"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on(POST, views.task(name="disc.iso", kind="download"))
    agent.on(f"POST /v1/tasks/{TASK}/run", receipts.completed())
    agent.on(DELETE, {"id": TASK, "name": "disc.iso", "canceled_runs": []})
    agent.on("GET /v1/health", views.health())
    agent.on(f"GET /v1/runs/{RUN}", receipts.run())


def sent(agent: ScriptedAgent) -> Asked:
    [asked] = agent.said_to(POST)
    return asked


def test_the_path_is_printed(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks("get", URL, "--limit", "2M")
    assert (shown.code, shown.out) == (0, "/tmp/disc.iso\n")
    assert shown.err == (
        f"{START}disc.iso: completed after 3 min: 100 MiB, 8.1 MiB/s on average, "
        "its sha256 is as expected.\n"
    )
    body = sent(agent).body
    assert isinstance(body, dict)
    assert (body["name"], body["kind"]) == ("disc.iso", "download")
    assert body["payload"] == {"url": URL, "to": f"{os.getcwd()}/", "rate": 2_097_152}
    assert sent(agent).query == {"if_exists": "keep_both"}
    assert len(agent.said_to(DELETE)) == 1


def test_a_name_of_ones_own(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    bgtasks("get", URL, "-o", "sub/other.iso")
    body = sent(agent).body
    assert isinstance(body, dict)
    assert body["name"] == "other.iso"
    assert body["payload"]["to"] == f"{os.getcwd()}/sub/other.iso"


def test_json_is_the_run(bgtasks: Bgtasks) -> None:
    shown = bgtasks("get", URL, "--json")
    assert shown.out.count("\n") == 1
    assert isinstance(shown.json, dict)
    assert (shown.json["id"], shown.json["state"]) == (RUN, "completed")


@pytest.mark.parametrize(
    ("state", "kept", "code"),
    [(S.FAILED, 34, 1), (S.FAILED, 0, 1), (S.CANCELED, 34, 5), (S.SKIPPED, 0, 5)],
)
def test_it_exits_as_the_run_did_and_keeps_what_can_go_on(
    state: S, kept: int, code: int, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    receipt = receipts.receipt(done=kept * receipts.MIB)
    ended = receipts.completed(
        state=state, result=None, receipt=receipt, reason=views.reason("That is why.")
    )
    agent.stream(views.event(8, "run_finished", run=ended))
    agent.on(f"POST /v1/tasks/{TASK}/run", receipts.run())
    shown = bgtasks("get", URL)
    assert (shown.code, shown.out) == (code, "")
    assert "That is why." in shown.err
    is_kept = state is S.FAILED and kept > 0
    hint = f"34 of 100 MiB are kept. Go on with: bgtasks run {TASK}\n"
    assert shown.err.endswith(hint) is is_kept
    assert bool(agent.said_to(DELETE)) is not is_kept


def test_one_that_needs_another_address(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    why = views.reason("It needs a new address.", code=str(reasons.Code.ADDRESS_EXPIRED))
    held = receipts.run(state=S.SUSPENDED, reason=why, receipt=receipts.receipt())
    agent.on(f"POST /v1/tasks/{TASK}/run", receipts.run())
    agent.stream(views.event(8, "run_suspended", run=held))
    shown = bgtasks("get", URL)
    assert (shown.code, shown.out) == (1, "")
    assert shown.err == (
        f"{START}disc.iso: stopped at 34 of 100 MiB. It needs a new address. "
        f"Go on with: bgtasks set-url {RUN} URL\n"
    )
    assert agent.said_to(DELETE) == []


def test_to_standard_output(
    agent: ScriptedAgent, home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    content = b"\x00\xff content"

    def put(asked: Asked) -> object:
        body = sent(agent).body
        assert isinstance(body, dict)
        path = body["payload"]["to"]
        Path(path).write_bytes(content)
        assert (body["name"], body["payload"]["segments"]) == ("disc.iso", 1)
        assert os.path.dirname(path).startswith(str(home))
        return receipts.completed(result={"path": path, "bytes": len(content)})

    agent.on(f"POST /v1/tasks/{TASK}/run", put)
    before = set(home.iterdir())
    assert app.main(("get", URL, "-o", "-")) == 0
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == content
    assert set(home.iterdir()) == before
    assert len(agent.said_to(DELETE)) == 1


def test_what_goes_to_standard_output_leaves_nothing_behind(
    bgtasks: Bgtasks, agent: ScriptedAgent, home: Path
) -> None:
    why = views.reason("It needs a new address.", code=str(reasons.Code.ADDRESS_EXPIRED))
    held = receipts.run(state=S.SUSPENDED, reason=why, receipt=receipts.receipt())
    agent.on(f"POST /v1/tasks/{TASK}/run", held)
    agent.on(f"GET /v1/runs/{RUN}", held)
    before = set(home.iterdir())
    shown = bgtasks("get", URL, "-o", "-")
    assert (shown.code, shown.out) == (1, "")
    assert "Go on with" not in shown.err
    assert [asked.query for asked in agent.said_to(DELETE)] == [{"cancel": "true"}]
    assert set(home.iterdir()) == before


@pytest.mark.parametrize(
    ("field", "told"),
    [("payload.url", "URL: Not that."), ("payload.to", "--to: Not that.")],
)
def test_what_the_agent_refuses(
    field: str, told: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    agent.on(POST, errors.InvalidField("Not that.", field=field))
    said = bgtasks("get", URL)
    assert (said.code, said.out, said.err) == (2, "", f"Error: {told}\n")
    assert bgtasks("get", URL, "--json").error["field"] == field
    assert agent.said_to(DELETE) == []


def test_a_task_that_cannot_be_run_is_removed(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"POST /v1/tasks/{TASK}/run", errors.StorageUnavailable("The disk is full."))
    assert bgtasks("get", URL).err == "Error: The disk is full.\n"
    assert len(agent.said_to(DELETE)) == 1


def test_what_cannot_be_said(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert "leave --json out" in bgtasks("get", URL, "-o", "-", "--json").err
    assert bgtasks("get").code == 2
    assert agent.asked == []


@pytest.mark.parametrize("words", [(), ("-o", "-")])
def test_an_agent_that_cannot_be_started(
    words: tuple[str, ...], home: Path, bgtasks: Bgtasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("BGTASKS_HOME", str(home / "file" / "home"))
    said = bgtasks("get", URL, *words)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("Error: ")

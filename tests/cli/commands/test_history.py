from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

ROOT = Path(__file__).resolve().parents[3]
RUN = views.RUN_ID


def test_status_for_people_and_programs(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/runs/{RUN}", views.run(progress=views.progress(45, unit="%")))
    assert bgtasks("status", RUN).out.splitlines() == [
        "backup: running for 10 min",
        "45 %",
        "Asked for by hand 10 min ago",
        f"Run {RUN}",
    ]
    found = bgtasks("status", RUN, "--json").json
    assert isinstance(found, dict)
    assert (found["state"], found["status"], found["exit_code"]) == ("running", "processing", None)


def test_status_older_than_the_history_is_null(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/runs/{RUN}", None)
    agent.on("GET /v1/runs", errors.TaskNotFound())
    found = bgtasks("status", RUN, "--json")
    assert (found.code, found.out) == (0, "null\n")
    assert "no such run in the history" in bgtasks("status", RUN).out


def test_status_never_issued_exits_3(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/runs/{RUN}", errors.RunNotFound("There is no such run."))
    agent.on("GET /v1/runs", errors.TaskNotFound())
    found = bgtasks("status", RUN, "--json")
    assert (found.code, found.out, found.error["code"]) == (3, "", "run_not_found")


def test_status_loads_neither_rich_nor_an_event_loop(agent: ScriptedAgent, home: Path) -> None:
    agent.on(f"GET /v1/runs/{RUN}", views.run())
    code = (
        "import sys; from bgtasks_gui.cli import app\n"
        f"for more in ([], ['--json']): assert app.main(['status', {RUN!r}, *more]) == 0\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert not loaded & {"rich", "asyncio", "subprocess", "httpx", "bgtasks_gui.wire.routes"}
    ours = {name for name in loaded if name.startswith("bgtasks_gui.cli.commands.")}
    assert ours == {"bgtasks_gui.cli.commands.history"}


def test_runs(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    failed = views.ended(RunState.FAILED, reason=views.reason("Failed: exit status 3."))
    agent.on("GET /v1/runs", [failed])
    shown = bgtasks("runs", "backup", "--state", "failed,cancelled", "--state", "missed", "-n", "1")
    assert shown.out.splitlines()[1].split(None, 3)[:3] == [RUN, "backup", "failed"]
    assert shown.out.rstrip().endswith("3 min  Failed: exit status 3.")
    assert agent.asked[-1].query == {
        "task": "backup", "state": "failed,canceled,missed", "limit": "1"
    }  # fmt: skip


def test_runs_since(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/runs", [])
    assert bgtasks("runs", "--since", "yesterday", "--json").json == []
    assert agent.asked[-1].query["since"] == "2026-11-20T23:00:00.000Z"
    shown = bgtasks("runs")
    assert (shown.out, shown.err) == ("", "There are no such runs in the history.\n")


def test_runs_in_a_state_that_is_none(bgtasks: Bgtasks) -> None:
    said = bgtasks("runs", "--state", "lost")
    assert said.code == 2
    assert said.err.startswith('Error: --state: "lost" is no state; there are: pending, waiting,')
    assert bgtasks("runs", "-n", "0").code == 2
    assert bgtasks("runs", "--since", "someday").err.startswith("Error: --since: 'someday' is not")

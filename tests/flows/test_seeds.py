"""What the five seed systems promise, as data of the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bgtasks_gui.client import commands, results
from bgtasks_gui.core import errors, ids
from tests.flows.line import FAILED, USAGE, Line
from tests.flows.living import Living

FUNCTIONS = """
import threading
from bgtasks_gui.worker import current_run

def returns(value):
    return value

def raises():
    raise ValueError("out of paper")

def aborts():
    current_run().abort("the account is closed")

def counts():
    run = current_run()
    for done, total in ((5, None), (3_000_000_000, 4_000_000_000), (4_000_000_000, 4_000_000_000)):
        run.progress(done, total, "things", f"at {done}")

def defers():
    run = current_run()
    held = run.deferral()
    def later():
        print("later", flush=True)
        held.complete()
    threading.Timer(0.2, later).start()
    print("returned", flush=True)
"""


@pytest.fixture
def functions(agent: Living, tmp_path: Path) -> Path:
    (tmp_path / "work.py").write_text(FUNCTIONS)
    return tmp_path


def details(bgtasks: Line, task: str) -> dict[str, object]:
    """Seed 0's four fields (concepts R1)."""
    shown = bgtasks("show", task, "--json").json
    names = ("expires_at", "registered", "last_exit_reason", "last_scheduled_local")
    return {name: shown[name] for name in names}


# Seed 0: the phone's background agent (R1 to R11)


def test_a_task_that_never_ran(agent: Living, bgtasks: Line) -> None:
    bgtasks("add", "command", "t", "--every", "15m", "--expires", "in 14d", "--", "true")
    found = details(bgtasks, "t")
    assert (found["registered"], found["last_exit_reason"]) == (True, "None")
    assert found["last_scheduled_local"] is None
    expires = datetime.fromisoformat(str(found["expires_at"]))
    assert abs(expires - datetime.now(UTC) - timedelta(days=14)) < timedelta(hours=2)


@pytest.mark.parametrize(
    ("function", "limits", "reason"),
    [
        ("returns", {"kwargs": {"value": 1}}, "Completed"),
        ("raises", {}, "UnhandledException"),
        ("aborts", {}, "Aborted"),
    ],
)
def test_how_a_function_ended(
    agent: Living, bgtasks: Line, functions: Path,
    function: str, limits: dict[str, object], reason: str,
) -> None:  # fmt: skip
    agent.add_python("t", f"work:{function}", functions, **limits)
    assert details(bgtasks, "t")["last_exit_reason"] == "None"
    agent.wait(agent.run("t").id)
    assert details(bgtasks, "t")["last_exit_reason"] == reason


def test_how_a_program_ended(agent: Living, bgtasks: Line) -> None:
    agent.add("long", "sleep", "1000", time_limit="PT0.2S")
    agent.add("failing", "false")
    agent.add("stopped", "sleep", "1000")
    agent.wait(agent.run("long").id)
    agent.wait(agent.run("failing").id)
    stopped = agent.wait_until(agent.run("stopped").id, "running")
    bgtasks("cancel", stopped.id)
    agent.wait(stopped.id)
    found = {name: details(bgtasks, name)["last_exit_reason"] for name in ("long", "failing")}
    assert found == {"long": "ExecutionTimeExceeded", "failing": "Other"}
    assert details(bgtasks, "stopped")["last_exit_reason"] == "Aborted"


def test_a_planned_time_is_told_on_the_clock_of_this_computer(agent: Living, bgtasks: Line) -> None:
    agent.add("t", "true", triggers=({"type": "interval", "every": "PT1S", "once": True},))
    with agent.client() as ask:
        for event in ask.events(after=0):
            if event.type == "run_finished" or ask(commands.list_runs(state="ended")):
                break
    found = bgtasks("show", "t", "--json").json
    local, utc = str(found["last_scheduled_local"]), str(found["last_scheduled_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", local)
    moment = datetime.fromisoformat(utc)
    assert datetime.fromisoformat(local) == moment.replace(microsecond=0)
    assert datetime.fromisoformat(local).utcoffset() == moment.astimezone().utcoffset()
    # R2: once is once.
    assert found["next_run_at"] is None
    [run] = bgtasks("runs", "t", "--json").json
    assert run["trigger"]["planned_at"] == utc


def test_an_expiry_is_in_the_future(agent: Living, bgtasks: Line) -> None:
    """R10."""
    told = bgtasks("add", "command", "t", "--expires", "2001-01-01T00:00:00Z", "--", "true")
    assert told.code == USAGE
    assert told.err.startswith("Error: --expires: ")


def test_removed_is_not_registered(agent: Living, bgtasks: Line) -> None:
    """R8."""
    agent.add("t", "true")
    bgtasks("disable", "t")
    assert details(bgtasks, "t")["registered"] is False
    bgtasks("remove", "t")
    assert bgtasks("show", "t", "--json").error["code"] == "task_not_found"


def test_who_aborts_is_not_started_again_until_registered_anew(
    agent: Living, bgtasks: Line, functions: Path
) -> None:
    """R11."""
    words = ("add", "python", "t", "work:aborts", "--path", str(functions), "--every", "1h")
    assert bgtasks(*words).code == 0
    ended = bgtasks("run", "t", "--wait", "--json")
    assert ended.code == 5
    with agent.client() as ask:
        run = ask(commands.list_runs(limit=1))[0]
    assert run.reason is not None
    assert (run.reason.code, run.reason.actor) == ("abort", "task")
    assert "the account is closed" in run.reason.sentence
    found = bgtasks("show", "t", "--json").json
    assert (found["registered"], found["next_run_at"]) == (False, None)
    assert found["unscheduled"]
    [blocker] = [
        one for one in bgtasks("why", "t", "--json").json["blockers"] if "closed" in one["sentence"]
    ]
    assert blocker["lifts"]
    again = bgtasks(*words, "--replace", "--json").json
    assert (again["registered"], again["unscheduled"]) == (True, None)
    assert again["next_run_at"] is not None


# Windows: registrations and runs


def test_every_task_and_run_has_an_id_of_its_own(agent: Living) -> None:
    """R39."""
    made = [agent.add(f"t{number}", "true").id for number in range(5)]
    made += [agent.run(f"t{number}").id for number in range(5) for _ in range(3)]
    assert len(set(made)) == 20
    assert all(ids.is_id(one) for one in made)


def test_a_run_ends_when_every_deferral_is_completed(agent: Living, functions: Path) -> None:
    """R69."""
    agent.add_python("t", "work:defers", functions)
    run = agent.wait(agent.run("t").id)
    assert run.state == "completed"
    assert agent.log(run.id) == "returned\nlater\n"


def test_a_time_limit_holds_whatever_is_deferred(agent: Living, functions: Path) -> None:
    """R70 and R71."""
    (functions / "stuck.py").write_text(
        "import time\nfrom bgtasks_gui.worker import current_run\n"
        "def hangs():\n    current_run().deferral()\n    time.sleep(1000)\n"
    )
    about = {"callable": "stuck:hangs", "path": [str(functions)], "cwd": str(functions)}
    agent.register("t", "python", about, (), time_limit="PT0.5S", grace="PT0.5S")
    run = agent.wait(agent.run("t").id)
    assert run.reason is not None
    assert (run.state, run.forced, run.reason.code) == ("canceled", True, "time_limit")
    assert run.reason.windows == 9


def test_progress_is_any_unsigned_number(agent: Living, functions: Path) -> None:
    """R72."""
    agent.add_python("t", "work:counts", functions)
    run = agent.wait(agent.run("t").id)
    assert run.progress is not None
    assert (run.progress.done, run.progress.total) == (4_000_000_000, 4_000_000_000)
    assert (run.progress.unit, run.progress.message) == ("things", "at 4000000000")


def test_a_result_is_checked(agent: Living, bgtasks: Line, functions: Path) -> None:
    """R74."""
    agent.add_python("good", "work:returns", functions, kwargs={"value": {"é": [1, None]}})
    agent.add_python("bad", "work:raises", functions)
    good = agent.wait(agent.run("good").id)
    results.check_result(good)
    assert good.result == {"é": [1, None]}
    bad = agent.wait(agent.run("bad").id)
    with pytest.raises(errors.RunFailed, match="ValueError: out of paper"):
        results.check_result(bad)
    assert bgtasks("run", "bad", "--wait").code == FAILED

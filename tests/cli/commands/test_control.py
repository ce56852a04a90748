from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

RUN = views.RUN_ID
SUSPENDED = views.run(state=RunState.SUSPENDED, reason=views.reason("Suspended by you: later."))


@pytest.mark.parametrize("word", ["suspend", "resume", "cancel"])
def test_of_a_task(word: str, bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"POST /v1/tasks/backup/{word}", {"runs": [SUSPENDED]})
    shown = bgtasks(word, "backup", "--reason", "later")
    assert shown.out == f"backup: suspended. Suspended by you: later. Run {RUN}\n"
    assert agent.asked[-1].body == {"reason": "later"}
    assert isinstance(bgtasks(word, "backup", "--json").json, dict)


@pytest.mark.parametrize("word", ["suspend", "resume", "cancel"])
def test_of_a_run(word: str, bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"POST /v1/tasks/{RUN}/{word}", errors.TaskNotFound())
    agent.on(f"POST /v1/runs/{RUN}/{word}", views.run())
    assert bgtasks(word, RUN).out == f"backup: running for 10 min. Run {RUN}\n"
    assert agent.asked[-1].body == {"reason": None}


def test_cancel_of_a_run_that_has_ended_is_no_error(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"POST /v1/tasks/{RUN}/cancel", errors.TaskNotFound())
    agent.on(f"POST /v1/runs/{RUN}/cancel", views.ended())
    shown = bgtasks("cancel", RUN)
    assert (shown.code, shown.out) == (0, f"backup: completed 7 min ago. Run {RUN}\n")


def test_a_task_without_runs(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/tasks/backup/cancel", {"runs": []})
    shown = bgtasks("cancel", "backup")
    assert (shown.code, shown.out) == (0, "No run of backup is going on.\n")


def test_everything(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/pause", {"paused": True, "until": None})
    agent.on("POST /v1/resume", {"paused": False, "until": None})
    assert bgtasks("suspend", "--all").out == "Everything is paused until you resume.\n"
    assert bgtasks("resume", "--all").out == "Nothing is paused any more.\n"
    assert bgtasks("resume", "--all", "--json").json == {"paused": False, "until": None}


@pytest.mark.parametrize("word", ["suspend", "resume"])
def test_one_or_all_must_be_named(word: str, bgtasks: Bgtasks) -> None:
    assert bgtasks(word).err == "Error: Give a task, a run or --all.\n"
    assert bgtasks(word, "backup", "--all").err == "Error: Give either it or --all.\n"
    assert bgtasks(word, "--all", "backup").code == 2


@pytest.mark.parametrize(
    ("arguments", "until"),
    [
        ((), None),
        (("--for", "1h30m"), "2026-11-22T16:40:00.000Z"),
        (("--until", "18:00"), "2026-11-22T17:00:00.000Z"),
    ],
)
def test_pause(
    arguments: tuple[str, ...], until: str | None, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    agent.on("POST /v1/pause", {"paused": True, "until": until})
    assert bgtasks("pause", *arguments, "--json").json == {"paused": True, "until": until}
    assert agent.asked[-1].body == {"until": until}


def test_pauses_that_cannot_be(bgtasks: Bgtasks) -> None:
    assert "either --for or --until" in bgtasks("pause", "--for", "1h", "--until", "18:00").err
    assert bgtasks("pause", "--for", "99999999d").err == "Error: --for: That is too long.\n"
    assert bgtasks("pause", "--for", "soon").code == 2

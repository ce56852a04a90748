from __future__ import annotations

import pytest

from bgtasks_gui.cli import asking
from bgtasks_gui.client import commands, connect
from bgtasks_gui.core import errors
from tests.cli.conftest import NOW
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Asked, ScriptedAgent

RUN, TASK = views.RUN_ID, views.TASK_ID
NO_RUN, NO_TASK = errors.RunNotFound("No such run."), errors.TaskNotFound("No such task.")


def cancel(target: str) -> object:
    with connect() as client:
        return asking.of_task_or_run(client, target, commands.cancel_task, commands.cancel_run)


def test_a_name_is_a_task(agent: ScriptedAgent) -> None:
    agent.on("POST /v1/tasks/backup/cancel", {"runs": [views.run()]})
    assert cancel("backup").runs == (views.run(),)  # type: ignore[attr-defined]


def test_an_id_is_a_task_or_else_a_run(agent: ScriptedAgent) -> None:
    agent.on(f"POST /v1/tasks/{RUN}/cancel", NO_TASK)
    agent.on(f"POST /v1/runs/{RUN}/cancel", views.ended())
    assert cancel(RUN) == views.ended()


def test_what_is_neither(agent: ScriptedAgent) -> None:
    agent.on("POST /v1/tasks/bakup/cancel", NO_TASK)
    with pytest.raises(errors.TaskNotFound):
        cancel("bakup")
    assert len(agent.asked) == 1
    agent.on(f"POST /v1/tasks/{RUN}/cancel", NO_TASK)
    agent.on(f"POST /v1/runs/{RUN}/cancel", NO_RUN)
    with pytest.raises(errors.RunNotFound):
        cancel(RUN)


def find(target: str) -> object:
    with connect() as client:
        return asking.find_run(client, target)


def test_newest_run_of_a_task(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/runs", [views.run()])
    assert find("backup") == views.run()
    assert agent.asked[-1].query == {"task": "backup", "limit": "1"}
    agent.on("GET /v1/runs", [])
    assert find("backup") is None


def test_run_by_its_id(agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/runs/{RUN}", views.run())
    assert find(RUN) == views.run()
    assert len(agent.asked) == 1


def test_id_of_a_task(agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/runs/{TASK}", NO_RUN)
    agent.on("GET /v1/runs", [views.run()])
    assert find(TASK) == views.run()


def test_run_older_than_the_history_and_run_that_never_was(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/runs", NO_TASK)
    agent.on(f"GET /v1/runs/{RUN}", None)
    assert find(RUN) is None
    agent.on(f"GET /v1/runs/{RUN}", NO_RUN)
    with pytest.raises(errors.RunNotFound):
        find(RUN)


def test_every_task_comes_once(agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAGE", 3)
    # Two owners have a task "b", which no page may tear apart.
    known = [views.task(id=f"id-{place}", name=name) for place, name in enumerate("abbcde")]

    def page(asked: Asked) -> object:
        after = asked.query.get("after", "")
        return [task for task in known if task.name > after][: int(asked.query["limit"])]

    agent.on("GET /v1/tasks", page)
    with connect() as client:
        assert list(asking.every_task(client, "home")) == known
    assert {asked.query["group"] for asked in agent.asked} == {"home"}


def test_many_runs_come_in_pages(agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAGE", 2)
    known = [views.run(id=f"run-{number}") for number in range(9, 0, -1)]

    def page(asked: Asked) -> object:
        older = [run for run in known if run.id < asked.query.get("cursor", "run-99")]
        return older[: int(asked.query["limit"])]

    agent.on("GET /v1/runs", page)
    with connect() as client:
        found = asking.newest_runs(client, 5, task="backup", states=("failed", "missed"), since=NOW)
        assert found == known[:5]
        assert asking.newest_runs(client, 20) == known
    first = agent.asked[0].query
    assert (first["state"], first["since"]) == ("failed,missed", "2026-11-22T15:10:00.000Z")

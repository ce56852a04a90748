from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

SOON = "2026-11-22T15:15:00.000Z"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    known = [views.task(next_run_at=SOON, last_run=views.ended()), views.task(name="写真")]
    agent.on("GET /v1/tasks", known)
    agent.on("GET /v1/tasks/backup", views.task(environment={"PATH": "/bin"}))
    agent.on("GET /v1/system", views.system())


def test_list_in_columns(bgtasks: Bgtasks) -> None:
    shown = bgtasks("list")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        "NAME    NEXT      LAST                 DOES",
        "backup  in 5 min  completed 7 min ago  runs `./backup.sh`",
        "写真    by hand   never ran            runs `./backup.sh`",
    ]


def test_list_with_ids_and_groups(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks", [views.task(group="home")])
    shown = bgtasks("list", "--ids").out
    assert shown.splitlines()[0].split() == ["NAME", "ID", "GROUP", "NEXT", "LAST", "DOES"]
    assert f"backup  {views.TASK_ID}  home " in shown


def test_list_of_a_pause(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    pause = shapes.PauseView(paused=True, until=SOON)
    agent.on("GET /v1/system", views.system(pause=pause))
    assert "paused until 16:15" in bgtasks("list").out


def test_list_of_a_group_as_json(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    found = bgtasks("list", "--group", "home", "--json")
    assert isinstance(found.json, list)
    assert [task["name"] for task in found.json] == ["backup", "写真"]
    assert agent.asked[-1].query["group"] == "home"
    assert found.out.count("\n") == 1


def test_empty_list_says_so_beside_the_answer(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks", [])
    shown = bgtasks("list", "--group", "home")
    assert (shown.code, shown.out) == (0, "")
    assert shown.err.startswith("There are no tasks in the group home.")
    assert bgtasks("list", "--json").json == []


def test_show(bgtasks: Bgtasks) -> None:
    assert "Task         backup\n" in bgtasks("show", "backup").out
    assert bgtasks("show", "backup", "--environment").out == "PATH=/bin\n"
    found = bgtasks("show", "backup", "--json").json
    assert isinstance(found, dict)
    assert found["environment"] == {"PATH": "/bin"}


def test_unknown_task_exits_3_with_what_the_agent_suggests(
    bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    missing = errors.TaskNotFound("There is no task 'bakup'; did you mean 'backup'?", field="task")
    agent.on("GET /v1/tasks/bakup", missing)
    said = bgtasks("show", "bakup")
    assert (said.code, said.out) == (3, "")
    assert said.err == "Error: There is no task 'bakup'; did you mean 'backup'?\n"
    assert bgtasks("show", "bakup", "--json").error == {
        "code": "task_not_found", "message": missing.message, "field": "task",
    }  # fmt: skip


def test_enable_and_disable(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("POST /v1/tasks/backup/enable", views.task(next_run_at=SOON))
    agent.on("POST /v1/tasks/backup/disable", views.task(enabled=False))
    assert bgtasks("enable", "backup").out == (
        "Enabled: backup runs `./backup.sh`; next in 5 min.\n"
    )
    assert bgtasks("disable", "backup").out == "Disabled: backup runs by hand only.\n"
    for word in ("enable", "disable"):
        found = bgtasks(word, "backup", "--json").json
        assert isinstance(found, dict)
        assert found["enabled"] == (word == "enable")


def test_remove(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    gone = {"id": views.TASK_ID, "name": "backup", "canceled_runs": []}
    agent.on("DELETE /v1/tasks/backup", gone)
    assert bgtasks("remove", "backup").out == "Removed backup.\n"
    assert agent.asked[-1].query == {"cancel": "false"}
    agent.on("DELETE /v1/tasks/backup", gone | {"canceled_runs": ["a", "b"]})
    assert bgtasks("remove", "backup", "--cancel").out == "Removed backup and cancelled 2 runs.\n"
    assert agent.asked[-1].query == {"cancel": "true"}
    assert bgtasks("remove", "backup", "--json").json == gone | {"canceled_runs": ["a", "b"]}

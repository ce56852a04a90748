from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.cli.commands import exchange
from bgtasks_gui.core import errors, ids
from bgtasks_gui.core.tasks import TaskSpec
from bgtasks_gui.wire import codec
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Asked, ScriptedAgent


def follows(task: str) -> msgspec.Raw:
    return codec.raw({"type": "after", "task": task, "outcomes": ["failed"]})


def spec(name: str, *after: str, **more: object) -> TaskSpec:
    triggers = tuple(follows(task) for task in after)
    payload = msgspec.Raw(b'{"argv":["ls"]}')
    known = TaskSpec(name=name, kind="command", payload=payload, triggers=triggers)
    return msgspec.structs.replace(known, **more)


def write(file: Path, *specs: TaskSpec, **head: object) -> Path:
    known = {"format": "bgtasks-tasks", "version": 1, "tasks": specs} | head
    file.write_bytes(codec.encode(known))
    return file


@pytest.fixture
def registered(agent: ScriptedAgent) -> dict[str, object]:
    """What was registered, by name; each gets an id of its own."""
    known: dict[str, object] = {}

    def register(asked: Asked) -> object:
        assert isinstance(asked.body, dict)
        known[asked.body["name"]] = asked.body
        return views.task(name=asked.body["name"], id=ids.make_id(len(known), 0))

    def check(asked: Asked) -> object:
        assert isinstance(asked.body, dict)
        when = [f"after task {one['task']}" for one in asked.body["triggers"]]
        return {"does": "runs `ls`", "when": when, "only_if": [], "warnings": ["W."], "next": []}

    agent.on("POST /v1/tasks", register)
    agent.on("POST /v1/check", check)
    return known


def test_what_is_exported_is_what_was_registered(
    bgtasks: Bgtasks, agent: ScriptedAgent, tmp_path: Path
) -> None:
    full = views.task(
        name="unpack", id=views.RUN_ID, triggers=(follows(views.TASK_ID),), time_limit="PT1H",
        expires_at="2026-11-29T15:00:00.000Z", group="home", enabled=False,
    )  # fmt: skip
    agent.on("GET /v1/tasks", [views.task(), full])
    file = tmp_path / "tasks.json"
    assert bgtasks("export", str(file)).err == f"Wrote 2 tasks to {file}.\n"
    backup, unpack = exchange.read_file(file)
    assert (backup.name, backup.environment) == ("backup", None)
    assert (unpack.group, unpack.enabled, str(unpack.time_limit)) == ("home", False, "1:00:00")
    # Ids stay behind: what it follows is named.
    assert codec.plain(unpack.triggers[0])["task"] == "backup"
    assert bgtasks("export").out == file.read_text()
    assert bgtasks("export", "-").out == file.read_text()


def test_environments_are_exported_only_when_asked_for(
    bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    agent.on("GET /v1/tasks", [views.task()])
    agent.on(f"GET /v1/tasks/{views.TASK_ID}", views.task(environment={"PATH": "/bin"}))
    assert '"environment": null' in bgtasks("export").out
    assert '"PATH": "/bin"' in bgtasks("export", "--environment").out


def test_export_to_where_nothing_can_be_written(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks", [])
    said = bgtasks("export", "/nowhere/at/all.json")
    assert (said.code, "cannot be written" in said.err) == (2, True)


def test_import_shows_each_and_adds_them_switched_off(
    bgtasks: Bgtasks, registered: dict[str, object], tmp_path: Path
) -> None:
    file = write(tmp_path / "tasks.json", spec("late", "early"), spec("early"))
    shown = bgtasks("import", str(file))
    assert shown.code == 0, shown.err
    assert shown.err.splitlines() == [
        "early runs `ls`.",
        "  Note: W.",
        "late runs `ls`, after task early.",
        "  Note: W.",
        "Added 2 tasks, switched off: bgtasks enable TASK.",
    ]
    assert shown.out.splitlines() == [ids.make_id(1, 0), ids.make_id(2, 0)]
    assert [one["enabled"] for one in registered.values()] == [False, False]  # type: ignore[index]
    late = registered["late"]
    assert isinstance(late, dict)
    # It follows the one that was added a moment ago.
    assert late["triggers"][0]["task"] == ids.make_id(1, 0)


def test_import_of_a_task_that_follows_one_already_there(
    bgtasks: Bgtasks, agent: ScriptedAgent, registered: dict[str, object], tmp_path: Path
) -> None:
    agent.on("GET /v1/tasks/backup", views.task())
    file = write(tmp_path / "tasks.json", spec("late", "backup", views.RUN_ID))
    found = bgtasks("import", str(file), "--enable", "--replace", "--json")
    assert isinstance(found.json, list)
    late = registered["late"]
    assert isinstance(late, dict)
    assert [one["task"] for one in late["triggers"]] == [views.TASK_ID, views.RUN_ID]
    assert late["enabled"] is True
    assert agent.said_to("POST /v1/tasks")[0].query == {"if_exists": "replace"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 5), ("\n", 5)])
def test_on_a_terminal_it_asks(
    answer: str,
    code: int,
    bgtasks: Bgtasks,
    registered: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write(tmp_path / "tasks.json", spec("backup"))
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert bgtasks("import", str(file)).code == code
    assert list(registered) == (["backup"] if code == 0 else [])
    monkeypatch.setattr("sys.stdin", Terminal())
    assert bgtasks("import", str(file), "--yes").code == 0


def test_an_error_says_which_task_and_what_was_added(
    bgtasks: Bgtasks, agent: ScriptedAgent, registered: dict[str, object], tmp_path: Path
) -> None:
    file = write(tmp_path / "tasks.json", spec("a"), spec("b"))
    known = agent.answer_of("POST /v1/tasks")

    def register(asked: Asked) -> object:
        assert isinstance(asked.body, dict)
        if asked.body["name"] == "b":
            return errors.DuplicateName("It exists.", field="name")
        return known(asked)

    agent.on("POST /v1/tasks", register)
    said = bgtasks("import", str(file))
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == "Error: b: It exists. Added before it: a."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "not JSON"),
        ('{"format": "other"}', 'its format is "other"'),
        ('{"format": "bgtasks-tasks", "version": 2}', "Version 2 of the file is not known"),
        ('{"format": "bgtasks-tasks", "version": 1, "tasks": [{"name": "a"}]}', "tasks[0]"),
    ],
)
def test_files_that_are_none(
    text: str, says: str, bgtasks: Bgtasks, agent: ScriptedAgent, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(text)
    said = bgtasks("import", str(file))
    assert said.code == 2
    assert said.err.startswith(f"Error: {file}, ")
    assert says in said.err


def test_a_file_that_is_not_there(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    assert "cannot be read: No such file" in bgtasks("import", "/nowhere/at/all.json").err


def test_standard_input(
    agent: ScriptedAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = write(tmp_path / "tasks.json", spec("a")).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert [one.name for one in exchange.read_file(Path("-"))] == ["a"]


def test_order_of_tasks_that_follow_one_another() -> None:
    found = [spec("c", "b", "outside"), spec("b", "a"), spec("a", "a")]
    assert [one.name for one in exchange.in_order(found)] == ["a", "b", "c"]
    with pytest.raises(errors.InvalidField, match="in a circle: a, b"):
        exchange.in_order([spec("a", "b"), spec("b", "a"), spec("c")])

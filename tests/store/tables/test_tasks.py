from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.store import database
from bgtasks_gui.store.tables import tasks
from tests.fakes import samples


def _environments(connection: database.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM environments").fetchone()[0])


def test_tasks_share_an_environment(connection: database.Connection) -> None:
    environment = {"PATH": "/bin", "LANG": "C"}
    swapped = {"LANG": "C", "PATH": "/bin"}
    tasks.save(connection, samples.a_task(1, environment=environment))
    tasks.save(connection, samples.a_task(2, environment=swapped))
    assert _environments(connection) == 1
    known = tasks.Environments()
    first, second = (tasks.find(connection, known, samples.an_id(number)) for number in (1, 2))
    assert first is not None
    assert second is not None
    assert first.environment == environment
    assert first.environment is second.environment


def test_an_environment_goes_with_the_last_task_that_has_it(
    connection: database.Connection,
) -> None:
    task, other = (samples.a_task(number, environment={"KEY": "a"}) for number in (1, 2))
    tasks.save(connection, task)
    tasks.save(connection, other)
    tasks.save(connection, msgspec.structs.replace(task, environment={"KEY": "b"}))
    assert _environments(connection) == 2
    tasks.remove(connection, other.id)
    assert _environments(connection) == 1
    tasks.save(connection, msgspec.structs.replace(task, environment=None))
    assert _environments(connection) == 0
    tasks.remove(connection, task.id)
    tasks.remove(connection, task.id)


def test_an_environment_is_not_in_the_record(connection: database.Connection) -> None:
    tasks.save(connection, samples.a_task(environment={"KEY": "very private"}))
    (record,) = connection.execute("SELECT record FROM tasks").fetchone()
    assert "private" not in record


def test_environments_are_forgotten_when_there_are_many(
    connection: database.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_ENVIRONMENTS_KEPT", 2)
    made = [samples.a_task(number, environment={"N": str(number)}) for number in range(4)]
    for task in made:
        tasks.save(connection, task)
    known = tasks.Environments()
    for _ in range(2):
        assert [tasks.find(connection, known, task.id) for task in made] == made


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ("", 'A task named "task 1" is registered already; choose another name'),
        ("g", 'A task named "task 1" is registered already in the group "g"; choose another'),
    ],
)
def test_the_name_taken_is_told(connection: database.Connection, group: str, sentence: str) -> None:
    tasks.save(connection, samples.a_task(1, group=group))
    with pytest.raises(errors.DuplicateName) as refused:
        tasks.save(connection, samples.a_task(2, name="task 1", group=group))
    assert refused.value.message.startswith(sentence)
    assert refused.value.field == "name"


def test_what_is_not_the_name_is_a_bug(connection: database.Connection) -> None:
    connection.execute(
        "CREATE TRIGGER no BEFORE INSERT ON tasks BEGIN SELECT raise(ABORT, 'x'); END"
    )
    with pytest.raises(database.Error, match="x"):
        tasks.save(connection, samples.a_task())


@pytest.mark.parametrize(
    ("page", "index"),
    [
        (tasks.Page(limit=5), "tasks_by_name"),
        (tasks.Page(after_name="m", after_id="x"), "SEARCH t USING INDEX tasks_by_name"),
        (tasks.Page(group="g"), "SEARCH t USING INDEX tasks_by_group"),
        (
            tasks.Page(group="g", after_name="m"),
            "SEARCH t USING INDEX tasks_by_group (group_name=? AND ",
        ),
        (tasks.Page(search="m"), "tasks_by_name"),
    ],
)
def test_pages_walk_along_an_index(
    connection: database.Connection, page: tasks.Page, index: str
) -> None:
    statement, values = tasks.to_sql(page)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert index in plan[0]
    assert not any("SCAN" in step for step in plan[1:])
    assert not any("TEMP B-TREE" in step for step in plan)

from __future__ import annotations

from datetime import timedelta

import msgspec

from bgtasks_gui.core import tasks
from bgtasks_gui.store import database
from bgtasks_gui.store.tables import plans
from bgtasks_gui.store.tables import tasks as stored_tasks
from tests.fakes import samples


def test_plans_are_moved_and_added_together(connection: database.Connection) -> None:
    first, second = samples.a_task(1), samples.a_task(2)
    for task in (first, second):
        stored_tasks.save(connection, task)
    plans.save_planned(connection, [samples.planned(first, samples.at(1))])
    plans.save_planned(
        connection, [samples.planned(first, samples.at(5)), samples.planned(second, samples.at(3))]
    )
    found = plans.find_all_planned(connection)
    assert [(entry[2], entry[0] - samples.NOW.timestamp()) for entry in found] == [
        (second.id, 3.0),
        (first.id, 5.0),
    ]


def test_flex_is_kept_to_the_millisecond(connection: database.Connection) -> None:
    task = samples.a_task()
    stored_tasks.save(connection, task)
    entry = tasks.Planned(
        task_id=task.id, position=0, next_at=samples.NOW, flex=timedelta(seconds=90.5)
    )
    plans.save_planned(connection, [entry])
    assert plans.find_planned(connection, task.id) == [entry]


def test_cutting_a_task_leaves_the_plans_of_its_triggers(connection: database.Connection) -> None:
    task = samples.a_task(triggers=(msgspec.Raw(b"{}"),) * 3)
    stored_tasks.save(connection, task)
    entries = [samples.planned(task, samples.NOW, position) for position in range(3)]
    plans.save_planned(connection, entries)
    listener = tasks.Listener(task_id=task.id, position=0, topic="startup")
    plans.save_listeners(connection, [listener, listener])
    assert plans.find_listeners(connection, "startup") == [listener]
    plans.cut(connection, msgspec.structs.replace(task, triggers=task.triggers[:2]))
    assert plans.find_planned(connection, task.id) == entries[:2]
    assert plans.find_listeners(connection, "startup") == []


def test_a_topic_is_found_by_its_index(connection: database.Connection) -> None:
    rows = connection.execute(f"EXPLAIN QUERY PLAN {plans._LISTENERS}", ("startup",))
    plan = [row[3] for row in rows]
    assert plan[0].startswith("SEARCH listeners USING COVERING INDEX listeners_by_topic (topic=?)")
    assert not any("TEMP B-TREE" in step for step in plan)

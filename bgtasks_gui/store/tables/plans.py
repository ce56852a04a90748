"""What is planned and what is listened to, for all tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bgtasks_gui.core import tasks
from bgtasks_gui.store import database

_MOVE: Final = "UPDATE planned SET next_at = ?, flex = ? WHERE position = ? AND task_id = ?"
# These insert only for a task that is registered: a firing may come in while its task is removed.
_PLAN: Final = """
    INSERT INTO planned (next_at, flex, position, task_id)
    SELECT ?, ?, ?, id FROM tasks WHERE id = ?
    ON CONFLICT (task_id, position) DO UPDATE
    SET next_at = excluded.next_at, flex = excluded.flex
"""
_LISTEN: Final = """
    INSERT OR IGNORE INTO listeners (task_id, position, topic)
    SELECT id, ?, ? FROM tasks WHERE id = ?
"""
_CLEAR: Final = "DELETE FROM planned WHERE task_id = ? AND position = ?"
_CUT: Final = "DELETE FROM planned WHERE task_id = ? AND position >= ?"
_STOP_LISTENING: Final = "DELETE FROM listeners WHERE task_id = ?"

_OF_TASK: Final = """
    SELECT task_id, position, next_at, flex FROM planned WHERE task_id = ? ORDER BY position
"""
_ALL: Final = """
    SELECT next_at / 1000.0, flex / 1000.0, task_id, position FROM planned
    WHERE task_id NOT IN (SELECT id FROM tasks WHERE is_scheduled = 0)
    ORDER BY next_at, flex, task_id, position
"""
_TOPICS: Final = "SELECT DISTINCT topic FROM listeners"
_LISTENERS: Final = """
    SELECT task_id, position, topic FROM listeners
    WHERE topic = ? AND task_id NOT IN (SELECT id FROM tasks WHERE is_scheduled = 0)
    ORDER BY task_id, position
"""

_MS: Final = timedelta(milliseconds=1)


def save_planned(connection: database.Connection, planned: Iterable[tasks.Planned]) -> None:
    """Store when these triggers are due next; None as time clears."""
    rows = []
    for entry in planned:
        if entry.next_at is None:
            connection.execute(_CLEAR, (entry.task_id, entry.position))
        else:
            next_at, flex = database.to_ms(entry.next_at), entry.flex // _MS
            rows.append((next_at, flex, entry.position, entry.task_id))
    # Most plans move one that is there, and that is twice as fast.
    if rows and connection.executemany(_MOVE, rows).rowcount != len(rows):
        connection.executemany(_PLAN, rows)


def cut(connection: database.Connection, task: tasks.Task) -> None:
    """Forget what belongs to triggers that the task no longer has, and all its listeners."""
    connection.execute(_CUT, (task.id, len(task.triggers)))
    connection.execute(_STOP_LISTENING, (task.id,))


def save_listeners(connection: database.Connection, listeners: Iterable[tasks.Listener]) -> None:
    rows = [(one.position, one.topic, one.task_id) for one in listeners]
    connection.executemany(_LISTEN, rows)


def find_planned(connection: database.Connection, task_id: str) -> list[tasks.Planned]:
    return [
        tasks.Planned(
            task_id=owner, position=position, next_at=database.from_ms(next_at), flex=flex * _MS
        )
        for owner, position, next_at, flex in connection.execute(_OF_TASK, (task_id,))
    ]


def find_all_planned(connection: database.Connection) -> list[tuple[float, float, str, int]]:
    return connection.execute(_ALL).fetchall()


def find_topics(connection: database.Connection) -> set[str]:
    """Everything that some task listens to."""
    return {topic for (topic,) in connection.execute(_TOPICS)}


def find_listeners(connection: database.Connection, topic: str) -> list[tasks.Listener]:
    return [
        tasks.Listener(task_id=task_id, position=position, topic=found)
        for task_id, position, found in connection.execute(_LISTENERS, (topic,))
    ]

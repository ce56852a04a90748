"""Applies changes to the database, many in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bgtasks_gui.core import ports, runs, tasks
from bgtasks_gui.store import database
from bgtasks_gui.store.tables import notices, plans
from bgtasks_gui.store.tables import runs as stored_runs
from bgtasks_gui.store.tables import tasks as stored_tasks

_SAVE_FACT: Final = """
    INSERT INTO facts (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
_READ_FACT: Final = "SELECT value FROM facts WHERE name = ?"


def apply(connection: database.Connection, changes: Iterable[ports.Change]) -> None:
    """Store these changes, in order, inside the open transaction.

    Of a run that changed several times only the last state is written: nobody can see the others,
    since they all become visible at once.
    """
    latest = _Latest()
    for change in changes:
        if change.tasks or change.removed_tasks:
            # What earlier changes said of a task must not reach a later task of the same id.
            latest.write(connection)
            latest = _Latest()
            _apply_tasks(connection, change)
        latest.add(change)
    latest.write(connection)


def find_fact(connection: database.Connection, name: str) -> str | None:
    row = connection.execute(_READ_FACT, (name,)).fetchone()
    return None if row is None else str(row[0])


def _apply_tasks(connection: database.Connection, change: ports.Change) -> None:
    # Removed first, so that a task can take the name of the one it replaces.
    for task_id in change.removed_tasks:
        stored_tasks.remove(connection, task_id)
    for task in change.tasks:
        stored_tasks.save(connection, task)
        plans.cut(connection, task)
    for past in change.pasts:
        stored_tasks.remember(connection, past)
    plans.save_listeners(connection, change.listeners)


class _Latest:
    """The last word of several changes on each run, planned time, fact and notice."""

    def __init__(self) -> None:
        self._planned: dict[tuple[str, int], tasks.Planned] = {}
        self._runs: dict[str, runs.Run] = {}
        self._facts: dict[str, str] = {}
        self._notices: dict[str, ports.Told] = {}

    def add(self, change: ports.Change) -> None:
        for entry in change.planned:
            self._planned[entry.task_id, entry.position] = entry
        for run in change.runs:
            self._runs[run.id] = run
        if change.facts:
            self._facts |= change.facts
        for told in change.notices:
            self._notices[told.id] = told

    def write(self, connection: database.Connection) -> None:
        if self._planned:
            plans.save_planned(connection, self._planned.values())
        if self._runs:
            stored_runs.save(connection, self._runs.values())
        if self._facts:
            connection.executemany(_SAVE_FACT, self._facts.items())
        if self._notices:
            notices.save(connection, self._notices.values())

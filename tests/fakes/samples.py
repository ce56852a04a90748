"""Tasks, runs and plans for tests, told apart by a number; higher numbers were made later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from bgtasks_gui.core import ids, runs, tasks

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def an_id(number: int) -> str:
    """The identifier number so many; made so many seconds after `NOW`."""
    return ids.make_id((at(number) - _EPOCH) // _MS, number)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def a_task(number: int = 1, **changes: object) -> tasks.Task:
    task = tasks.Task(
        id=an_id(number),
        name=f"task {number}",
        kind="command",
        payload=msgspec.Raw(b'{"argv":["true"]}'),
        triggers=(msgspec.Raw(b'{"type":"interval","every":"PT15M"}'),),
        registered_at=NOW,
        updated_at=NOW,
    )
    return msgspec.structs.replace(task, **changes)


def a_run(number: int = 1, task: tasks.Task | None = None, **changes: object) -> runs.Run:
    """A pending run of the task (the first one where none is given), fired by its trigger 0."""
    task = task or a_task()
    run = runs.Run(
        id=an_id(number),
        task_id=task.id,
        task_name=task.name,
        kind=task.kind,
        state=runs.RunState.PENDING,
        triggered_at=at(number),
        firing=runs.Firing(type="interval", position=0, planned_at=at(number)),
    )
    return msgspec.structs.replace(run, **changes)


def planned(task: tasks.Task, next_at: datetime | None, position: int = 0) -> tasks.Planned:
    return tasks.Planned(task_id=task.id, position=position, next_at=next_at)


def started(run: runs.Run) -> runs.Run:
    return runs.move(run, runs.RunState.RUNNING, started_at=run.triggered_at)


def ended(
    run: runs.Run, state: runs.RunState = runs.RunState.COMPLETED, **changes: object
) -> runs.Run:
    """The run after it was started and ended a second after it was fired."""
    changes = {"completed_at": run.triggered_at + timedelta(seconds=1)} | changes
    return runs.move(started(run), state, **changes)

"""Tasks and runs as the agent tells of them, told apart by a number; higher is later."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bgtasks_gui.core import runs
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps
from tests.cli.fakes import views
from tests.fakes import samples

#: Ten minutes before `clocks.ManualNow` begins.
AT = views.AT
reason = views.reason
progress = views.progress
system = views.system


def stamp(seconds: float) -> str:
    """So many seconds after `AT`."""
    return stamps.stamp(stamps.parse(AT) + timedelta(seconds=seconds))


def task(number: int = 1, **changes: object) -> shapes.TaskView:
    known = {"id": samples.an_id(number), "name": f"task {number}"}
    return views.task(**(known | changes))


def run(
    number: int = 1,
    state: str = "running",
    of: shapes.TaskView | None = None,
    **changes: object,
) -> shapes.RunView:
    """A run of a task, the first where none is given, as it is in this state."""
    of = of or task()
    now = runs.RunState(state)
    began = None if now in (*runs.WAITING, runs.RunState.SKIPPED, runs.RunState.MISSED) else AT
    known = {
        "id": samples.an_id(1000 + number), "task_id": of.id, "task_name": of.name, "state": now,
        "status": runs.COARSE[now], "started_at": began,
        "completed_at": stamp(180) if now in runs.ENDED else None,
        "exit_code": 0 if now is runs.RunState.COMPLETED else None,
    }  # fmt: skip
    return views.run(**(known | changes))


def ended_task(number: int, state: str, **changes: object) -> shapes.TaskView:
    """A task with a last run that ended so."""
    bare = task(number)
    last = run(number, state, bare, **changes)
    return msgspec.structs.replace(bare, last_run=last)


def caught_up(asked: str = "Two runs were missed; you decide.") -> dict[str, object]:
    """Changes that make a waiting run one that waits for the person."""
    firing = msgspec.structs.replace(views.run().trigger, caught_up=True, planned_at=AT)
    return {"trigger": firing, "waits_for": asked}

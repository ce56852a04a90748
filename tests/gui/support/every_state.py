"""A task in every state that is shown, also of transfers, with words in each of its columns."""

from __future__ import annotations

from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states, task_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.task_rows import TaskRow
from bgtasks_gui.wire import shapes
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow

LONG = "a very long story of what somebody wants to have done every day, and why " * 9
_ENDED = frozenset(map(str, runs.ENDED))
_LIVE = frozenset(map(str, runs.RunState)) - _ENDED


def row(state: str, words: str = "Backup", progress: shapes.ProgressView | None = None) -> TaskRow:
    """A task in this state; everything that can be said of it is in these words."""
    about = {"name": words, "does": words, "when": (words,)}
    number = 1 + list(states.APPEARANCES).index(state)
    bare = views.task(number, **about)
    reason = views.reason(words)
    if state in _ENDED:
        last = views.run(number, state, bare, reason=reason, exit_code=137, forced=True)
        planned = views.stamp(3600)
        return TaskRow(views.task(number, **about, last_run=last, next_run_at=planned), None)
    if state == "needs_you":
        held = views.run(number, "suspended", bare, reason=reason, progress=progress)
        found = TaskRow(bare, held)
        found.state = state
        return found
    if state in _LIVE:
        return TaskRow(bare, views.run(number, state, bare, waits_for=words, progress=progress))
    changes = {
        "disabled": {"enabled": False},
        "expired": {"registered": False},
        "scheduled": {"next_run_at": views.stamp(3600)},
        "idle": {},
    }[state]
    return TaskRow(views.task(number, **about, **changes), None)


def table(*rows: TaskRow, now: ManualNow | None = None) -> RowTable[TaskRow]:
    """The list of tasks, with these."""
    columns = task_rows.columns(lambda: None, Asked())
    made = RowTable(columns, now or ManualNow(), sorted_by="task")
    made.replace(rows)
    return made

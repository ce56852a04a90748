"""The tab with a task's newest runs: how long they took, and how they ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.durations import DurationPlot
from bgtasks_gui.gui.models import run_rows, states, task_rows
from bgtasks_gui.gui.models.columns import Words
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.run_rows import RunRow
from bgtasks_gui.gui.widgets.row_view import RowView

#: Runs that are plotted and listed.
MOST: Final = 60
#: States whose sentence is coloured: the person may do something.
_CALLS: Final = frozenset({"failed", "missed", "waiting"})


class RunsTab(QWidget):
    """Durations as bars, and the runs themselves.

    Signals: `opened` with the id of a run that is to be shown by itself.
    """

    opened = Signal(str)

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._client = client
        self._task_id = ""
        first, *others = run_rows.ended_columns()
        columns = [dataclasses.replace(first, words=_told_by_time, title="Asked for"), *others]
        self._table = RowTable[RunRow](columns, now, sorted_by="when", descending=True, parent=self)
        self._view = RowView(self._table, "Runs of this task")
        self._view.set_columns({"left_out": ["when"]})
        self._plot = DurationPlot()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._plot, 2)
        row.addWidget(self._view, 3)
        self._plot.picked.connect(self._view.pick)
        self._view.opened.connect(self.opened)

    def show_subject(self, subject: Subject) -> None:
        run = subject.run
        task_id = subject.task.id if subject.task is not None else run.task_id if run else ""
        if task_id != self._task_id:
            self._task_id = task_id
            self._table.replace([])
            self._plot.forget()

    async def read(self) -> None:
        task_id = self._task_id
        if not task_id:
            return
        try:
            found = await self._client(commands.list_runs(task=task_id, limit=MOST))
        except errors.UserError:
            # Removed, or the agent is away, which the window says; what is shown stays.
            return
        if self._task_id == task_id:
            self._show([RunRow(run) for run in found])

    def _show(self, rows: list[RunRow]) -> None:
        self._table.replace(rows)
        self._plot.show_runs([row.run for row in reversed(rows)])


def _told_by_time(row: RunRow, now: datetime) -> Words:
    """All are of one task, so its name says nothing: when, by what, and how it went."""
    run, role = row.run, states.APPEARANCES[row.state].role
    when = f"{times.when(run.triggered_at, now)}, {run_phrases.trigger(run)}"
    if run_phrases.has_ended(run):
        said = text.one_line(run_phrases.note(run, now)) or "Ended well."
    else:
        said = task_rows.live_note(run, now)
    first = text.one_line(f"{when[:1].upper()}{when[1:]}")
    return Words(first, said, role if row.state in _CALLS else "second", row.state)

"""The list of all tasks, kept in step with the mirror."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models import task_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_rows import TaskRow


class TaskTable(RowTable[TaskRow]):
    """One row a task."""

    def __init__(
        self,
        bridge: Bridge,
        tally: Tally,
        asked: Asked,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        columns = task_rows.columns(lambda: bridge.pause, asked)
        super().__init__(columns, now, sorted_by="task", parent=parent)
        self._mirror = bridge.mirror
        self._tally = tally
        tally.changed.connect(self._on_changed)
        asked.changed.connect(self._on_asked_changed)
        bridge.system_changed.connect(self.refresh)

    def _on_changed(self, changes: Changes, touched: frozenset[str]) -> None:
        tasks = self._mirror.tasks
        rows = [self._row(task_id) for task_id in touched if task_id in tasks]
        self.change(rows, changes.removed_tasks, self._fields(changes))

    def _fields(self, changes: Changes) -> dict[str, frozenset[str]]:
        """What changed in each row: in its task, and in the runs of that task."""
        found = dict(changes.tasks)
        for run_id, names in changes.runs.items():
            run = self._mirror.runs.get(run_id)
            if run is not None:
                found[run.task_id] = found.get(run.task_id, frozenset()) | names
        return found

    def _row(self, task_id: str) -> TaskRow:
        return TaskRow(self._mirror.tasks[task_id], self._tally.foremost(task_id))

    def _on_asked_changed(self, ids: frozenset[str]) -> None:
        runs = self._mirror.runs
        touched = {runs[one].task_id if one in runs else one for one in ids}
        rows = [self._row(task_id) for task_id in touched if task_id in self._mirror.tasks]
        self.change(rows)

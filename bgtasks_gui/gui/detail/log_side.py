"""The log as one side of what is selected: the output of its run, or of the task's newest."""

from __future__ import annotations

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.log.log_tab import LogTab


class LogSide(LogTab):
    """Follows the selection; the log itself is read as it is looked at."""

    def show_subject(self, subject: Subject) -> None:
        last = None if subject.task is None else subject.task.last_run
        self.show_run(subject.run or last)

    async def read(self) -> None:
        """Nothing more: the log reads itself, piece by piece."""

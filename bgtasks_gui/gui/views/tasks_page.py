"""The page of all tasks."""

from __future__ import annotations

from collections.abc import Sequence

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.page import Parts


class TasksPage(ListPage):
    """Every registered task, whatever it does now."""

    name = "tasks"
    title = "Tasks"
    icon = "list-checks"
    search_hint = "Search tasks"
    chips = (
        ("Running", frozenset({"running", "canceling"})),
        ("Waiting", frozenset({"waiting", "pending"})),
        ("Suspended", frozenset({"suspended"})),
        ("Failed", frozenset({"failed", "missed"})),
        ("Disabled", frozenset({"disabled", "expired"})),
    )

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, parts.tasks)

    def count(self) -> tuple[int, str]:
        return len(self.table.all_rows()), ""

    def subjects(self) -> Sequence[Subject]:
        rows = [self.table.find(row_id) for row_id in self.view.picked_ids()]
        return [
            Subject(row.task, row.run if row.run is not None else row.task.last_run)
            for row in rows
            if row is not None
        ]

    def state_of(self, subject: Subject) -> str:
        row = None if subject.task is None else self.table.find(subject.task.id)
        return super().state_of(subject) if row is None else str(row.state)

    def say_empty(self) -> None:
        self.empty.say(
            "No tasks yet",
            "A task is a command, a script or a Python function that runs at a time, on an event "
            "or when you say so.",
            "Add your first task",
            "Try the samples",
        )

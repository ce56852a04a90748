"""The page of runs that are under way."""

from __future__ import annotations

from collections.abc import Sequence

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.models.run_table import ActiveTable
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.page import Parts


class ActivityPage(ListPage):
    """Runs that run, wait or are suspended."""

    name = "activity"
    title = "Activity"
    icon = "activity"
    search_hint = "Search runs"
    chips = (
        ("Running", frozenset({"running", "canceling"})),
        ("Waiting", frozenset({"waiting", "pending"})),
        ("Suspended", frozenset({"suspended"})),
    )

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, ActiveTable(parts.bridge, parts.tally, parts.asked, parts.now))

    def count(self) -> tuple[int, str]:
        counts = self.table.counts
        running = counts["running"] + counts["canceling"]
        if running:
            return running, "running"
        waiting = counts["waiting"] + counts["pending"] + counts["suspended"]
        return waiting, "waiting" if waiting else ""

    def subjects(self) -> Sequence[Subject]:
        tasks = self.parts.bridge.mirror.tasks
        rows = [self.table.find(row_id) for row_id in self.view.picked_ids()]
        return [Subject(tasks.get(row.run.task_id), row.run) for row in rows if row is not None]

    def say_empty(self) -> None:
        self.empty.say(
            "Nothing is running",
            "What runs, waits for its conditions or is suspended is listed here while it lasts.",
        )

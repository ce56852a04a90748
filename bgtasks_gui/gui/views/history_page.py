"""The page of runs that have ended, as far back as the agent keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.models.run_table import HistoryTable
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.page import Parts

_A_PAGE: Final = 500


class HistoryPage(ListPage):
    """How everything ended."""

    name = "history"
    title = "History"
    icon = "history"
    search_hint = "Search history"
    chips = (
        ("Done", frozenset({"completed"})),
        ("Failed", frozenset({"failed"})),
        ("Cancelled", frozenset({"canceled"})),
        ("Skipped", frozenset({"skipped"})),
        ("Missed", frozenset({"missed"})),
    )

    def __init__(self, parts: Parts) -> None:
        self._history = HistoryTable(parts.bridge, parts.tally, parts.now)
        #: A run that is to be selected once it was read.
        self._awaited = ""
        super().__init__(parts, self._history)
        self._history.more_wanted.connect(self._on_more_wanted)

    def count(self) -> tuple[int, str]:
        failures = self.parts.tally.unseen_failures
        return failures, "failed" if failures else ""

    def subjects(self) -> Sequence[Subject]:
        tasks = self.parts.bridge.mirror.tasks
        rows = [self.table.find(row_id) for row_id in self.view.picked_ids()]
        return [Subject(tasks.get(row.run.task_id), row.run) for row in rows if row is not None]

    def appear(self) -> None:
        self.parts.tally.look_at_failures()

    def pick(self, row_id: str) -> bool:
        self._awaited = "" if super().pick(row_id) else row_id
        if self._awaited and self._history.canFetchMore():
            # It may be older than all that were read.
            self._history.fetchMore()
        return not self._awaited

    def say_empty(self) -> None:
        self.empty.say(
            "No run has ended yet",
            "Each run is kept here with how it ended and why, also those that were skipped or "
            "missed.",
        )

    def _on_more_wanted(self) -> None:
        self.parts.performer.spawn(self._read_more())

    async def _read_more(self) -> None:
        oldest = self._history.oldest
        call = commands.list_runs(state="ended", limit=_A_PAGE, cursor=oldest)
        try:
            page = await self.parts.bridge.client(call)
        except errors.UserError:
            # The window says that the agent is away; scrolling asks again.
            self._history.stop_asking()
            return
        self._history.take_page(page, is_last=len(page) < _A_PAGE)
        if self._awaited and (self._history.oldest or "") <= self._awaited:
            super().pick(self._awaited)
            self._awaited = ""
        elif self._awaited:
            self.pick(self._awaited)

"""The lists of runs: those under way, and those that have ended with the history behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, Signal

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import runs
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models import run_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.rows import Index, RowTable
from bgtasks_gui.gui.models.run_rows import RunRow
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.wire import shapes

_ROOT: Final = QModelIndex()


class ActiveTable(RowTable[RunRow]):
    """Runs that have not ended."""

    def __init__(
        self,
        bridge: Bridge,
        tally: Tally,
        asked: Asked,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        columns = run_rows.active_columns(asked)
        super().__init__(columns, now, sorted_by="trigger", descending=True, parent=parent)
        self._mirror = bridge.mirror
        self.replace(RunRow(run) for run in tally.active())
        tally.changed.connect(self._on_changed)
        asked.changed.connect(self._on_asked_changed)

    def _on_changed(self, changes: Changes, _touched: frozenset[str]) -> None:
        known = [self._mirror.runs[one] for one in changes.runs if one in self._mirror.runs]
        ended = {run.id for run in known if run.state in runs.ENDED}
        rows = [RunRow(run) for run in known if run.id not in ended]
        self.change(rows, changes.removed_runs | ended, changes.runs)

    def _on_asked_changed(self, ids: frozenset[str]) -> None:
        found = (self.find(one) for one in ids)
        self.change([row for row in found if row is not None])


class HistoryTable(RowTable[RunRow]):
    """Runs that have ended: the newest from the mirror, older ones as far as they were asked for.

    Signals: `more_wanted` when somebody has scrolled to the end and there is more.
    """

    more_wanted = Signal()

    def __init__(
        self,
        bridge: Bridge,
        tally: Tally,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(
            run_rows.ended_columns(), now, sorted_by="when", descending=True, parent=parent
        )
        self._bridge = bridge
        self._mirror = bridge.mirror
        #: Whether the agent has runs older than those that are here.
        self.has_more = True
        self._is_asking = False
        known = [run for run in self._mirror.runs.values() if run.state in runs.ENDED]
        self.replace(map(RunRow, known))
        #: Id of the run down to which none is missing; the next page begins after it. A run that
        #: ends late may be older, with others between that were not read.
        self.oldest = _oldest(known)
        tally.changed.connect(self._on_changed)

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        is_ready = self._bridge.is_loaded and self.has_more and not self._is_asking
        return is_ready and not parent.isValid()

    def fetchMore(self, parent: Index = _ROOT) -> None:
        self._is_asking = True
        self.more_wanted.emit()

    def take_page(self, page: Iterable[shapes.RunView], *, is_last: bool) -> None:
        """Older runs, as they were asked for."""
        self._is_asking = False
        self.has_more = not is_last
        read = list(page)
        self.oldest = _oldest(read) or self.oldest
        self.change(map(RunRow, read))

    def stop_asking(self) -> None:
        """The page cannot be had now; it is asked for again at the next scrolling."""
        self._is_asking = False

    def _on_changed(self, changes: Changes, _touched: frozenset[str]) -> None:
        known = (self._mirror.runs[one] for one in changes.runs if one in self._mirror.runs)
        ended = [run for run in known if run.state in runs.ENDED]
        if changes.connected and self._has_gap(ended):
            # More has ended meanwhile than the mirror holds; what lies between is asked for again.
            self.has_more = True
            self.oldest = _oldest(ended)
            self.replace(map(RunRow, ended))
            return
        if changes.connected and self.oldest is None:
            self.oldest = _oldest(ended)
        # Runs that the mirror has no more room for stay: they are history.
        self.change(map(RunRow, [*ended, *changes.passing.values()]), (), changes.runs)

    def _has_gap(self, ended: list[shapes.RunView]) -> bool:
        """Whether there may be runs between those that are here and those that are new."""
        if len(ended) < self._mirror.ended_kept:
            return False
        oldest = min(run.id for run in ended)
        return all(row.id < oldest for row in self.all_rows())


def _oldest(found: Iterable[shapes.RunView]) -> str | None:
    return min((run.id for run in found), default=None)

"""The list of notices: the newest, and older ones as far as they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, Signal

from bgtasks_gui.gui.models.notices import notice_rows
from bgtasks_gui.gui.models.notices.notice_rows import NoticeRow
from bgtasks_gui.gui.models.rows import Index, RowTable
from bgtasks_gui.wire.notices import NoticeView

_ROOT: Final = QModelIndex()


class NoticeTable(RowTable[NoticeRow]):
    """Notices that were told or held back.

    Signals: `more_wanted` when somebody has scrolled to the end and there is more.
    """

    more_wanted = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        #: Titles of the surfaces by their names.
        self._titles: dict[str, str] = {}
        columns = notice_rows.columns(self._titles)
        super().__init__(columns, now, sorted_by="when", descending=True, parent=parent)
        #: Whether the agent has notices older than those that are here; not before they are read.
        self._has_more = False
        self._is_asking = False

    @property
    def oldest(self) -> str | None:
        """Id of the oldest notice that is here; the next page begins before it."""
        return min((row.id for row in self.all_rows()), default=None)

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        return self._has_more and not self._is_asking and not parent.isValid()

    def fetchMore(self, parent: Index = _ROOT) -> None:
        self._is_asking = True
        self.more_wanted.emit()

    def take_titles(self, titles: Mapping[str, str]) -> None:
        """What the surfaces are called."""
        if titles != self._titles:
            self._titles.clear()
            self._titles.update(titles)
            self.refresh()

    def take_newest(self, page: Sequence[NoticeView], *, is_last: bool) -> None:
        """The newest notices as they are now; `is_last` where there are no others."""
        fresh = {one.id: NoticeRow(one) for one in page}
        known = {row.id for row in self.all_rows()}
        end = "" if is_last else page[-1].id
        if is_last or not (known & fresh.keys()):
            # What lies between those that were here and these is asked for again.
            self._has_more = not is_last
        if known and not (known & fresh.keys()):
            self.replace(fresh.values())
            return
        # What is not among them in their time is not kept any more.
        gone = {one for one in known - fresh.keys() if one >= end}
        self.change((row for row in fresh.values() if self._is_other(row)), gone)

    def take_page(self, page: Sequence[NoticeView], *, is_last: bool) -> None:
        """Older notices, as they were asked for."""
        self._is_asking = False
        self._has_more = not is_last
        self.change(map(NoticeRow, page))

    def stop_asking(self) -> None:
        """The page cannot be had now; it is asked for again at the next scrolling."""
        self._is_asking = False

    def _is_other(self, row: NoticeRow) -> bool:
        known = self.find(row.id)
        return known is None or known.notice != row.notice

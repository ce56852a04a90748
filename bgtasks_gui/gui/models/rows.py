"""A list that is sorted and filtered by itself, over rows that change many times a second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from bgtasks_gui.gui.models.columns import Column, Row, Words
from bgtasks_gui.gui.models.order import Order
from bgtasks_gui.gui.style import tips

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R", bound=Row)

#: Rows that come, go or move one by one; more at once are told as a new layout.
FEW: Final = 8
#: The id of a row, for views that keep a selection over a new layout.
ID_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_ROOT: Final = QModelIndex()
_D = Qt.ItemDataRole


class RowTable(QAbstractTableModel, Generic[R]):
    """Rows of one sort in an order and through a filter.

    `now` is the clock of what is said about times.

    Signals: `counted` after the number of rows in a state changed, whatever the filter.
    """

    counted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        now: Callable[[], datetime],
        *,
        sorted_by: str,
        descending: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._now = now
        #: Rows in each state, whatever the filter.
        self.counts: Counter[str] = Counter()
        first = next(column for column in self.columns if column.name == sorted_by)
        self._order = Order[R](first, is_descending=descending)
        #: First and last row that a view shows; changes elsewhere are seen when it gets there.
        self._visible: tuple[int, int] | None = None

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _D.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == ID_ROLE:
            return self.id_at(index.row())
        if role not in (_D.DisplayRole, _D.AccessibleTextRole, _D.ToolTipRole):
            return None
        words = self.words(index)
        if role == _D.DisplayRole:
            return words.first
        parts = (words.meaning, words.first, words.second)
        said = ", ".join(part for part in parts if part) or None
        return tips.plain(said) if said and role == _D.ToolTipRole else said

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _D.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == _D.DisplayRole:
            return column.title
        if role == _D.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        by, is_descending = self.columns[column], order == Qt.SortOrder.DescendingOrder
        self._lay_out(lambda: self._order.sort_by(by, is_descending=is_descending))

    # What views and delegates ask

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder]:
        order = Qt.SortOrder
        down = order.DescendingOrder if self._order.is_descending else order.AscendingOrder
        return self.columns.index(self._order.column), down

    def id_at(self, row: int) -> str:
        return self._order.id_at(row)

    def row_at(self, row: int) -> R:
        return self._order.rows[self._order.id_at(row)]

    def find(self, row_id: str) -> R | None:
        return self._order.rows.get(row_id)

    def position(self, row_id: str) -> int:
        """Where a row is shown; -1 where it is not."""
        return self._order.position(row_id)

    def next_named(self, start: str, row: int) -> str | None:
        """The id of the first row from this one on, and round, whose name begins so."""
        count = self.rowCount()
        found = (self.row_at((row + step) % count) for step in range(count))
        return next((one.id for one in found if one.haystack.startswith(start)), None)

    def words(self, index: Index) -> Words:
        """What a cell says."""
        column = self.columns[index.column()]
        return column.words(self.row_at(index.row()), self._now())

    def all_rows(self) -> Collection[R]:
        """Every row, whatever the filter."""
        return self._order.rows.values()

    # What is told to it

    def show_span(self, first: int, last: int) -> None:
        """The rows that are on the screen."""
        self._visible = (first, last)

    def search(self, text: str) -> None:
        """Show only rows that hold these words, in any order."""
        if self._order.search(text):
            self._lay_out(self._order.filter)

    def only(self, is_wanted: Callable[[R], bool] | None) -> None:
        """Show only rows that this wants; None is all."""
        self._order.only(is_wanted)
        self._lay_out(self._order.filter)

    def replace(self, rows: Iterable[R]) -> None:
        """Hold these rows instead."""
        fresh = {row.id: row for row in rows}
        self.counts = Counter(row.state for row in fresh.values())
        self._lay_out(lambda: self._order.replace(fresh))
        self.counted.emit()

    def change(
        self,
        rows: Iterable[R],
        removed: Iterable[str] = (),
        fields: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Take in new states of rows, new rows and removals; `fields` is what changed in each.

        What is among both is there: whoever tells may be behind, as a removal that was undone.
        """
        before = self.counts.copy()
        fresh = {row.id: row for row in rows}
        known = self._order.rows
        gone = [one for one in set(removed) if one in known and one not in fresh]
        old = [known[one] for one in (*fresh, *gone) if one in known]
        self.counts.subtract(row.state for row in old)
        self.counts.update(row.state for row in fresh.values())
        self._show_change(fresh, gone, fields or {})
        if self.counts != before:
            self.counted.emit()

    def settle(self) -> None:
        """Bring a column that changes all the time back into order, if it got out of it."""
        if self._order.is_stale:
            self._lay_out(self._order.settle)

    def refresh(self) -> None:
        """What is said of times on the screen has changed."""
        span = self._span()
        if span is not None:
            self._tell(*span, 0, len(self.columns) - 1)

    # Inside

    def _show_change(
        self, fresh: Mapping[str, R], gone: list[str], fields: Mapping[str, frozenset[str]]
    ) -> None:
        moved = [row_id for row_id, row in fresh.items() if self._order.take(row)]
        if len(gone) + len(moved) > FEW:
            self._lay_out(lambda: self._order.arrange(without=gone))
            return
        # Those that come into sight are painted anyway.
        shown = [row_id for row_id in fresh if self.position(row_id) >= 0]
        for row_id in gone:
            self._take_out(row_id)
        for row_id in moved:
            self._move(row_id)
        self._touch(shown, fields)

    def _lay_out(self, arrange: Callable[[], None]) -> None:
        """Bring everything into another order; persistent indexes go with their rows."""
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self.id_at(index.row())) for index in self.persistentIndexList()]
        arrange()
        for index, row_id in kept:
            row = self.position(row_id)
            fresh = self.index(row, index.column()) if row >= 0 else QModelIndex()
            self.changePersistentIndex(index, fresh)
        self.layoutChanged.emit()

    def _take_out(self, row_id: str) -> None:
        row = self.position(row_id)
        if row < 0:
            self._order.drop(row_id)
            return
        self.beginRemoveRows(QModelIndex(), row, row)
        self._order.drop(row_id)
        self.endRemoveRows()

    def _move(self, row_id: str) -> None:
        """Show a row where it belongs now; it takes its selection along."""
        root, row, target = QModelIndex(), self.position(row_id), self._order.target(row_id)
        if row == target:
            self._order.place(row_id)
        elif target < 0:
            self.beginRemoveRows(root, row, row)
            self._order.place(row_id)
            self.endRemoveRows()
        elif row < 0:
            self.beginInsertRows(root, target, target)
            self._order.place(row_id)
            self.endInsertRows()
        else:
            # Qt counts the place before which a row is put, itself among the others.
            self.beginMoveRows(root, row, row, root, target + (target > row))
            self._order.place(row_id)
            self.endMoveRows()

    def _touch(self, touched: Iterable[str], fields: Mapping[str, frozenset[str]]) -> None:
        """Tell of changed cells on the screen, as one span of rows and columns."""
        span = self._span()
        if span is None:
            return
        first, last = span
        places = {one: self.position(one) for one in touched}
        seen = {one: row for one, row in places.items() if first <= row <= last}
        if not seen:
            return
        names = [fields.get(one, frozenset()) for one in seen]
        # Of a row without any, it is not known what changed in it.
        all_names = frozenset[str]().union(*names) if all(names) else frozenset[str]()
        at = [
            place
            for place, column in enumerate(self.columns)
            if not all_names or column.depends_on & all_names
        ]
        if at:
            self._tell(min(seen.values()), max(seen.values()), at[0], at[-1])

    def _span(self) -> tuple[int, int] | None:
        if not len(self._order):
            return None
        first, last = self._visible or (0, len(self._order) - 1)
        last = min(last, len(self._order) - 1)
        return (first, last) if first <= last else None

    def _tell(self, top: int, bottom: int, left: int, right: int) -> None:
        self.dataChanged.emit(self.index(top, left), self.index(bottom, right))

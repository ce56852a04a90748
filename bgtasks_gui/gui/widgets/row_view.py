"""The list on the screen: a table whose rows are told which of them are seen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from bgtasks_gui.gui.delegates import cells
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import metrics
from bgtasks_gui.gui.widgets.row_columns import RowColumns


class RowView(QTableView):
    """Shows a `RowTable`.

    Signals: `picked` after the selection changed, `opened` with a row's id on Enter or double
    click, `menu_wanted` with a place on the screen, `columns_changed` after the person did it.
    """

    picked = Signal()
    opened = Signal(str)
    menu_wanted = Signal(QPoint)
    columns_changed = Signal()

    def __init__(self, table: RowTable[Any], title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._delegate = cells.RowDelegate(self)
        self._picked = frozenset[str]()
        #: Where the mouse is over the rows, from their top; -1 is elsewhere.
        self._mouse_y = -1
        #: What was typed in one go to find a name, and when its last letter was.
        self._typed, self._typed_at = "", 0.0
        self.setAccessibleName(title)
        # Before there are rows: a header that is told of heights looks at every one of them.
        self._set_up_rows()
        self.setModel(table)
        self.setItemDelegate(self._delegate)
        self._columns = RowColumns(self, table)
        self._columns.changed.connect(self.columns_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.activated.connect(self._on_activated)
        table.layoutChanged.connect(self._on_selection_changed)

    # What pages ask

    def picked_ids(self) -> list[str]:
        """Ids of the selected rows, in the order they are shown."""
        # Not by `selectedRows`: it asks the table a dozen times about each row.
        spans = self.selectionModel().selection()
        rows = {row for span in spans.toList() for row in range(span.top(), span.bottom() + 1)}
        return [self.table.id_at(row) for row in sorted(rows)]

    def pick(self, row_id: str) -> bool:
        """Select a row and show it; False where it is not in the list."""
        row = self.table.position(row_id)
        if row < 0:
            return False
        place = self.table.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        # Not by `selectRow`, which does something else while Shift or Control is held.
        self.selectionModel().setCurrentIndex(place, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(place)
        return True

    def show_picked(self) -> bool:
        """Bring what is selected into sight; False where nothing is."""
        picked = self._foremost()
        if picked.isValid():
            # As far down as there are rows now, not as there were before the last change.
            self.executeDelayedItemsLayout()
            self.scrollTo(picked)
        return picked.isValid()

    def set_stale(self, *, is_stale: bool) -> None:
        """Fade everything: it may not be true any more."""
        self.setProperty("stale", is_stale)
        self.viewport().update()

    def columns(self) -> dict[str, Any]:
        """How the person set the columns, to be kept."""
        return self._columns.kept()

    def set_columns(self, kept: Mapping[str, Any]) -> None:
        """Set the columns as they were."""
        self._columns.take(kept)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(700, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._columns.arrange()
        before = event.oldSize().height()
        if event.size().height() < before:
            # A message or the pane came up: what is selected stays in sight, if it was.
            picked = self._foremost()
            row = self.visualRect(picked)
            if picked.isValid() and row.top() < before and row.bottom() >= 0:
                self.scrollTo(picked)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Scrolling, sorting and filtering all end here, so the span is told where it is used.
        height = self.viewport().height()
        first, last = self.rowAt(0), self.rowAt(height - 1)
        count = self.table.rowCount()
        self.table.show_span(max(first, 0), last if last >= 0 else count - 1)
        super().paintEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._mark_hovered()

    def viewportEvent(self, event: QEvent) -> bool:
        # The view itself is not left when the mouse goes to its header.
        if event.type() == QEvent.Type.Leave:
            self._mouse_y = -1
            self._mark_hovered()
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse_y = event.position().toPoint().y()
        self._mark_hovered()
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # Some systems send this beside the menu key, which is answered by itself.
        is_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if not is_key and self.indexAt(event.pos()).isValid():
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and is_shifted):
            self._want_menu()
        elif event.key() == Qt.Key.Key_F4:
            self._columns.show_menu()
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """To the next row whose name begins with what was typed in one go."""
        now = time.monotonic()
        is_more = now - self._typed_at < QApplication.keyboardInputInterval() / 1000
        self._typed_at, self._typed = now, (self._typed if is_more else "") + search.casefold()
        # A further letter may still fit the row that was found; a first one goes on from it.
        start = self.currentIndex().row() + (0 if is_more else 1)
        found = self.table.next_named(self._typed, start)
        if found is not None:
            self.pick(found)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        current = self.currentIndex()
        if current.isValid() and self.isColumnHidden(current.column()):
            # Qt finds no way out of a cell that is hidden.
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(current.siblingAtColumn(0), flag)
        if action in (self.CursorAction.MoveHome, self.CursorAction.MoveEnd):
            # To the first and last row; a list has no use for the first and last column.
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(action, modifiers)

    # Inside

    def _set_up_rows(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(metrics.ROW)
        rows.setDefaultSectionSize(metrics.ROW)

    def _mark_hovered(self) -> None:
        row = self.rowAt(self._mouse_y) if self._mouse_y >= 0 else -1
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def _foremost(self) -> QModelIndex:
        """The first cell of the selected row that keys go on from; of no row where none is."""
        current = self.currentIndex()
        if self.selectionModel().isRowSelected(current.row(), QModelIndex()):
            return current.siblingAtColumn(0)
        picked = self.picked_ids()
        return self.table.index(self.table.position(picked[0]), 0) if picked else QModelIndex()

    def _want_menu(self) -> None:
        if self.show_picked():
            place = self.visualRect(self._foremost()).center()
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    def _on_selection_changed(self) -> None:
        # Qt tells of selections that are as they were, and not of rows that a filter takes away.
        picked = frozenset(self.picked_ids())
        if picked != self._picked:
            self._picked = picked
            self.picked.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self.table.id_at(index.row()))

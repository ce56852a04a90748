"""The list on the screen: a table whose rows are told which of them are seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from bgtasks_gui.gui.delegates import cells
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import metrics

T = TypeVar("T")
#: What the first column keeps before others are left out.
_NAME_WIDTH: Final = 250
_NARROWEST: Final = 90


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
        #: Columns that the person has left out.
        self._left_out: set[str] = set()
        self._is_arranging = False
        self._picked = frozenset[str]()
        self.setAccessibleName(title)
        # Before there are rows: a header that is told of heights looks at every one of them.
        self._set_up_rows()
        self.setModel(table)
        self.setItemDelegate(self._delegate)
        self._set_up_header()
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.activated.connect(self._on_activated)
        table.layoutChanged.connect(self._on_layout_changed)

    # What pages ask

    def picked_ids(self) -> list[str]:
        """Ids of the selected rows, in the order they are shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.table.id_at(row) for row in rows]

    def pick(self, row_id: str) -> bool:
        """Select a row and show it; False where it is not in the list."""
        row = self.table.position(row_id)
        if row < 0:
            return False
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0))
        return True

    def set_stale(self, *, is_stale: bool) -> None:
        """Fade everything: it may not be true any more."""
        self.setProperty("stale", is_stale)
        self.viewport().update()

    def columns(self) -> dict[str, Any]:
        """How the person set the columns, to be kept."""
        header, (at, order) = self.horizontalHeader(), self.table.sorted_by
        return {
            "sorted_by": self.table.columns[at].name,
            "descending": order == Qt.SortOrder.DescendingOrder,
            "left_out": sorted(self._left_out),
            "widths": {
                column.name: header.sectionSize(place)
                for place, column in enumerate(self.table.columns)
                if column.width and not header.isSectionHidden(place)
            },
        }

    def set_columns(self, kept: dict[str, Any]) -> None:
        """Set the columns as they were; what is not known any more is passed over."""
        places = {column.name: at for at, column in enumerate(self.table.columns)}
        self._left_out = {name for name in kept.get("left_out", ()) if name in places}
        for name, width in kept.get("widths", {}).items():
            if name in places and self.table.columns[places[name]].width:
                self.setColumnWidth(places[name], max(int(width), _NARROWEST))
        if kept.get("sorted_by") in places:
            order = Qt.SortOrder
            down = order.DescendingOrder if kept.get("descending") else order.AscendingOrder
            self.sortByColumn(places[kept["sorted_by"]], down)
        self._arrange()

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        if (
            self.selectionModel().hasSelection()
            and event.size().height() < event.oldSize().height()
        ):
            # A message or the pane came up: what is selected stays in sight.
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        # Scrolling, sorting and filtering all end here, so the span is told where it is used.
        height = self.viewport().height()
        first, last = self.rowAt(0), self.rowAt(height - 1)
        count = self.table.rowCount()
        self.table.show_span(max(first, 0), last if last >= 0 else count - 1)
        super().paintEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Menu:
            self.menu_wanted.emit(self._menu_place())
            return
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.table.rowCount() - 1}
        if event.key() in ends and self.table.rowCount():
            # To the first and last row; a list has no use for the first and last column.
            self.selectRow(ends[Qt.Key(event.key())])
            self.scrollTo(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        super().keyPressEvent(event)

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
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(metrics.ROW)
        rows.setDefaultSectionSize(metrics.ROW)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(_NARROWEST)
        header.setFixedHeight(metrics.HEADER)
        header.setSortIndicator(*self.table.sorted_by)
        self.setSortingEnabled(True)
        for at, column in enumerate(self.table.columns):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(at, mode.Interactive if column.width else mode.Stretch)
            if column.width:
                self.setColumnWidth(at, column.width)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu_requested)
        header.sectionResized.connect(self._on_columns_changed)
        header.sortIndicatorChanged.connect(self._on_columns_changed)

    def _arrange(self) -> None:
        """Leave out columns, from the last in importance, until the names have room."""
        self._is_arranging = True
        columns = list(enumerate(self.table.columns))
        wanted = [(at, one) for at, one in columns if one.name not in self._left_out]
        room = self.viewport().width() - _NAME_WIDTH
        widths = {at: max(self.columnWidth(at), one.width) for at, one in wanted if one.width}
        dropped = set[int]()
        for at in sorted(widths, key=lambda at: self.table.columns[at].importance):
            if sum(widths[one] for one in widths if one not in dropped) <= room:
                break
            dropped.add(at)
        for at, one in columns:
            self.setColumnHidden(at, one.name in self._left_out or at in dropped)
        self._is_arranging = False

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def _menu_place(self) -> QPoint:
        row = self.currentIndex().row()
        at = self.visualRect(self.table.index(max(row, 0), 0)).center()
        return self.viewport().mapToGlobal(at)

    def _on_selection_changed(self) -> None:
        self._picked = frozenset(self.picked_ids())
        self.picked.emit()

    def _on_layout_changed(self) -> None:
        # Qt says no word of selected rows that a filter takes away.
        if self._picked and self._picked != frozenset(self.picked_ids()):
            self._on_selection_changed()

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self.table.id_at(index.row()))

    def _on_menu_requested(self, place: QPoint) -> None:
        if self.indexAt(place).isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    def _on_columns_changed(self, *_: object) -> None:
        if not self._is_arranging and self.isVisible():
            self.columns_changed.emit()

    def _on_header_menu_requested(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self._column_choices(menu)))
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _column_choices(self, menu: QMenu) -> Iterable[QAction]:
        for column in self.table.columns:
            if not column.is_optional:
                continue
            choice = QAction(column.title, menu)
            choice.setCheckable(True)
            choice.setChecked(column.name not in self._left_out)
            choice.setProperty("column", column.name)
            choice.toggled.connect(self._on_column_toggled)
            yield choice

    def _on_column_toggled(self, *, is_wanted: bool) -> None:
        name = str(self.sender().property("column"))
        (self._left_out.discard if is_wanted else self._left_out.add)(name)
        self._arrange()
        self.columns_changed.emit()

    def sizeHint(self) -> QSize:
        return QSize(700, 400)

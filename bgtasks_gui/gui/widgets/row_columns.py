"""The columns of a list: which are seen, how wide they are, and what the person made of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import metrics

#: What the first column keeps before others are left out.
_NAME_WIDTH: Final = 250
_NARROWEST: Final = 90
_WIDEST: Final = 600


class _Kept(msgspec.Struct):
    """What is remembered of them."""

    sorted_by: str = ""
    descending: bool = False
    left_out: list[str] = []
    widths: dict[str, int] = {}


class RowColumns(QObject):
    """The columns of a `RowTable` in the view that shows it.

    Signals: `changed` after the person did it.
    """

    changed = Signal()

    def __init__(self, view: QTableView, table: RowTable[Any]) -> None:
        super().__init__(view)
        self._view = view
        self._table = table
        #: Columns that the person has left out, and how wide each is where there is room.
        self._left_out: set[str] = set()
        self._widths = {one.name: one.width for one in table.columns if one.width}
        self._is_arranging = False
        self._set_up()

    def kept(self) -> dict[str, Any]:
        """How the person set them, to be remembered."""
        at, order = self._table.sorted_by
        is_descending = order == Qt.SortOrder.DescendingOrder
        name, left_out = self._table.columns[at].name, sorted(self._left_out)
        kept = _Kept(name, is_descending, left_out, dict(self._widths))
        found: dict[str, Any] = msgspec.to_builtins(kept)
        return found

    def take(self, remembered: Mapping[str, Any]) -> None:
        """Set them as they were; what makes no sense, or is not known any more, is passed over."""
        try:
            kept = msgspec.convert(remembered, _Kept)
        except msgspec.ValidationError:
            kept = _Kept()
        columns = self._table.columns
        self._left_out = {one.name for one in columns if one.is_optional} & set(kept.left_out)
        for name in self._widths.keys() & kept.widths.keys():
            self._widths[name] = min(max(kept.widths[name], _NARROWEST), _WIDEST)
        places = {one.name: at for at, one in enumerate(columns)}
        if kept.sorted_by in places:
            order = Qt.SortOrder
            down = order.DescendingOrder if kept.descending else order.AscendingOrder
            self._view.sortByColumn(places[kept.sorted_by], down)
        self.arrange()

    def arrange(self) -> None:
        """Leave out columns, from the last in importance, until the names have room."""
        wanted = [one for one in self._table.columns if one.width]
        wanted = [one for one in wanted if one.name not in self._left_out]
        widths = {one.name: self._widths[one.name] for one in wanted}
        room = self._view.viewport().width() - _NAME_WIDTH
        if sum(widths.values()) > room:
            # Before one is left out, those that were made wide give way.
            widths = {one.name: min(widths[one.name], one.width) for one in wanted}
        for column in sorted(wanted, key=lambda one: one.importance):
            if sum(widths.values()) <= room:
                break
            del widths[column.name]
        self._is_arranging = True
        for at, column in enumerate(self._table.columns):
            if column.name in widths:
                self._view.setColumnWidth(at, widths[column.name])
            self._view.setColumnHidden(at, column.width > 0 and column.name not in widths)
        self._is_arranging = False

    # Inside

    def _set_up(self) -> None:
        header, mode = self._view.horizontalHeader(), QHeaderView.ResizeMode
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(_NARROWEST)
        header.setFixedHeight(metrics.HEADER)
        header.setSortIndicator(*self._table.sorted_by)
        self._view.setSortingEnabled(True)
        for at, column in enumerate(self._table.columns):
            header.setSectionResizeMode(at, mode.Interactive if column.width else mode.Stretch)
            if column.width:
                self._view.setColumnWidth(at, column.width)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu_requested)
        header.sectionResized.connect(self._on_section_resized)
        header.sortIndicatorChanged.connect(self._on_sorted)

    def _on_section_resized(self, at: int, _before: int, width: int) -> None:
        # What is left for the name follows from the others, and the window's size.
        if self._is_arranging or not width or not self._table.columns[at].width:
            return
        seen = {one: self._view.columnWidth(place) for place, one in self._places()}
        over = sum(seen.values()) - self._view.viewport().width() + _NAME_WIDTH
        most = min(width - max(over, 0), _WIDEST)
        if width > max(most, _NARROWEST):
            self._view.setColumnWidth(at, max(most, _NARROWEST))
            return
        self._widths.update(seen)
        self._tell()

    def _places(self) -> Iterable[tuple[int, str]]:
        """Columns of a width of their own that are seen."""
        for at, column in enumerate(self._table.columns):
            if column.width and not self._view.isColumnHidden(at):
                yield at, column.name

    def _on_sorted(self) -> None:
        self._tell()

    def _tell(self) -> None:
        if self._view.isVisible():
            self.changed.emit()

    def show_menu(self, place: QPoint | None = None) -> None:
        """Offer to sort by a column and to leave columns out; at a place of the header."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self._choices(menu)))
        sorting = menu.addMenu("Sort by")
        sorting.addActions(list(self._orders(sorting)))
        menu.popup(self._view.horizontalHeader().mapToGlobal(place or QPoint(0, metrics.HEADER)))

    def _on_menu_requested(self, place: QPoint) -> None:
        self.show_menu(place)

    def _orders(self, menu: QMenu) -> Iterable[QAction]:
        """Every column; the one that sorts now turns round."""
        at, order = self._table.sorted_by
        down = Qt.SortOrder.DescendingOrder
        for place, column in enumerate(self._table.columns):
            choice = QAction(column.title, menu)
            choice.setCheckable(True)
            choice.setChecked(place == at)
            turned = Qt.SortOrder.AscendingOrder if order == down or place != at else down
            choice.triggered.connect(functools.partial(self._sort, place, turned))
            yield choice

    def _sort(self, place: int, order: Qt.SortOrder, *_: object) -> None:
        self._view.sortByColumn(place, order)

    def _choices(self, menu: QMenu) -> Iterable[QAction]:
        for column in self._table.columns:
            if not column.is_optional:
                continue
            choice = QAction(column.title, menu)
            choice.setCheckable(True)
            choice.setChecked(column.name not in self._left_out)
            choice.setProperty("column", column.name)
            choice.toggled.connect(self._on_choice_toggled)
            yield choice

    def _on_choice_toggled(self, is_wanted: bool) -> None:
        name = str(self.sender().property("column"))
        (self._left_out.discard if is_wanted else self._left_out.add)(name)
        self.arrange()
        self._tell()

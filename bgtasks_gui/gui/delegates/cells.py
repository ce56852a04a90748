"""Draws a cell by the look of its column: two lines of words, a state with its name, a bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.columns import Column, Row, Words
from bgtasks_gui.gui.models.rows import Index, RowTable
from bgtasks_gui.gui.style import fonts, icons, metrics, theme

#: Baselines of the two lines from the top of a row, and of one line alone.
_FIRST: Final = 24.0
_SECOND: Final = 41.0
_ALONE: Final = 32.0
_BAR_TOP: Final = 36.0
_BAR_HEIGHT: Final = 6.0
_EDGE_WIDTH: Final = 3
#: From the left of a state's icon to the name beside it.
_BESIDE_STATE: Final = metrics.STATE_ICON + 12
_BESIDE_SMALL: Final = metrics.SMALL_ICON + 4
_BESIDE_OUTCOME: Final = metrics.ICON + 6
_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight

Draw = Callable[["_Cell"], None]


class RowDelegate(QStyledItemDelegate):
    """Draws every cell of a `RowTable`."""

    def __init__(self, view: QTableView, parent: QObject | None = None) -> None:
        super().__init__(parent or view)
        self._view = view
        self._ink = _Ink()
        #: Row under the mouse; -1 is none.
        self.hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table = cast("RowTable[Any]", index.model())
        column = table.columns[index.column()]
        cell = _Cell(painter, option, self._ink, column, table.words(index))
        cell.row = table.row_at(index.row())
        if cell.rect.right() >= self._view.viewport().width() - 1:
            # The list's right edge stands in line with the buttons above it.
            cell.right = cell.rect.right() - metrics.EDGE
        painter.save()
        is_current = self._view.hasFocus() and self._view.currentIndex().row() == index.row()
        cell.draw_ground(
            is_selected=bool(cell.state & QStyle.StateFlag.State_Selected),
            is_hovered=index.row() == self.hovered,
            is_current=is_current,
            is_first=self._view.horizontalHeader().visualIndex(index.column()) == 0,
        )
        painter.setOpacity(metrics.FADED if self._view.property("stale") is True else 1.0)
        _LOOKS[column.look](cell)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, metrics.ROW)


class _Ink:
    """Fonts and their measures, made once."""

    def __init__(self) -> None:
        self.strong = fonts.text(weight=QFont.Weight.DemiBold)
        self.medium = fonts.text(weight=QFont.Weight.Medium, tabular=True)
        self.plain = fonts.text(tabular=True)
        self.small = fonts.text(metrics.SMALL, tabular=True)
        self._measures: dict[int, QFontMetricsF] = {}

    def measure(self, font: QFont) -> QFontMetricsF:
        known = self._measures.get(id(font))
        if known is None:
            known = self._measures[id(font)] = QFontMetricsF(font)
        return known


class _Cell:
    """One cell while it is drawn."""

    row: Row

    def __init__(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        ink: _Ink,
        column: Column[Any],
        words: Words,
    ) -> None:
        self.painter = painter
        # PySide does not tell type checkers of the fields that the option has.
        self.rect = QRectF(cast(Any, option).rect)
        self.state = cast(QStyle.StateFlag, cast(Any, option).state)
        self.ink = ink
        self.column = column
        self.words = words
        self.left = self.rect.left() + metrics.CELL
        self.right = self.rect.right() - metrics.CELL
        self.top = self.rect.top()

    def draw_ground(
        self, *, is_selected: bool, is_hovered: bool, is_current: bool, is_first: bool
    ) -> None:
        look, painter, rect = theme.current(), self.painter, self.rect
        if is_selected:
            painter.fillRect(rect, look.color("selection"))
        elif is_hovered:
            painter.fillRect(rect, look.color("hover"))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, look.color("accent" if is_current else "border"))
        if is_current:
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), look.color("accent"))
        if is_first and is_selected:
            edge = QRectF(rect.left(), rect.top(), _EDGE_WIDTH, rect.height())
            painter.fillRect(edge, look.color("accent"))

    def icon(self, state: str, left: float, size: int, top: float) -> None:
        look = states.SHAPES[state]
        self.picture(look.icon, look.role, left, size, top)

    def picture(self, name: str, role: str, left: float, size: int, top: float) -> None:
        ratio = self.painter.device().devicePixelRatio()
        picture = icons.pixmap(name, role, size, ratio)
        self.painter.drawPixmap(QPointF(round(left), round(top)), picture)

    def write(
        self,
        text: str,
        baseline: float,
        *,
        font: QFont,
        role: str,
        left: float | None = None,
        right: float | None = None,
        align: Qt.AlignmentFlag = _LEFT,
    ) -> float:
        """Words on a baseline, cut with an ellipsis where they do not fit; how wide they are."""
        start, end = self.left if left is None else left, self.right if right is None else right
        measure = self.ink.measure(font)
        width = measure.horizontalAdvance(text)
        if width > end - start:
            text = measure.elidedText(text, Qt.TextElideMode.ElideRight, max(end - start, 0))
            width = measure.horizontalAdvance(text)
        at = end - width if align is _RIGHT else start
        self.painter.setFont(font)
        self.painter.setPen(theme.current().color(role))
        self.painter.drawText(QPointF(at, self.top + baseline), text)
        return width


def _draw_name(cell: _Cell) -> None:
    # The list's own edge stands in line with the title above it.
    left = cell.rect.left() + metrics.EDGE
    cell.icon(cell.words.state, left, metrics.STATE_ICON, cell.top + 17)
    beside = left + _BESIDE_STATE
    is_alone, above = not cell.words.second, beside
    baseline = _ALONE if is_alone else _FIRST
    if cell.words.icon:
        cell.picture(cell.words.icon, "second", above, metrics.SMALL_ICON, cell.top + baseline - 12)
        above += _BESIDE_SMALL
    cell.write(cell.words.first, baseline, font=cell.ink.strong, role="text", left=above)
    if not is_alone:
        cell.write(
            cell.words.second, _SECOND, font=cell.ink.small, role=cell.words.role, left=beside
        )


def _draw_progress(cell: _Cell) -> None:
    run, words, ink = cell.row.run, cell.words, cell.ink
    share = None
    if run is not None and run.progress is not None and not run_phrases.has_ended(run):
        share = run_phrases.fraction(run.progress)
    if share is None:
        cell.write(words.first, _ALONE, font=ink.plain, role="second")
        return
    used = cell.write(words.first, _FIRST, font=ink.medium, role="text")
    cell.write(
        words.second, _FIRST, font=ink.small, role="second", left=cell.left + used + 8,
        align=_RIGHT,
    )  # fmt: skip
    draw_bar(
        cell.painter,
        QRectF(cell.left, cell.top + _BAR_TOP, cell.right - cell.left, _BAR_HEIGHT),
        share,
        states.APPEARANCES[cell.row.state].bar,
    )


def draw_bar(painter: QPainter, rail: QRectF, share: float, role: str) -> None:
    """A progress bar in the colour of a role on its rail."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rail.height() / 2
    painter.setBrush(theme.current().color("track"))
    painter.drawRoundedRect(rail, radius, radius)
    if share > 0:
        done = QRectF(rail)
        # Never shorter than it is high: the first percent is seen too.
        done.setWidth(min(max(rail.width() * share, rail.height()), rail.width()))
        painter.setBrush(theme.current().color(role))
        painter.drawRoundedRect(done, radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _draw_outcome(cell: _Cell) -> None:
    words, left = cell.words, cell.left
    if not words.state:
        cell.write(words.first, _ALONE, font=cell.ink.plain, role="second")
        return
    cell.icon(words.state, left, metrics.ICON, cell.top + 11)
    beside, role = left + _BESIDE_OUTCOME, states.APPEARANCES[words.state].role
    cell.write(words.first, _FIRST, font=cell.ink.medium, role=role, left=beside)
    cell.write(words.second, _SECOND, font=cell.ink.small, role="second", left=beside)


def _draw_words(cell: _Cell) -> None:
    words = cell.words
    align = _RIGHT if cell.column.is_right else _LEFT
    font = cell.ink.medium if cell.column.look == "figures" else cell.ink.plain
    first = _FIRST if words.second else _ALONE
    cell.write(words.first, first, font=font, role="text", align=align)
    cell.write(words.second, _SECOND, font=cell.ink.small, role=words.role, align=align)


_LOOKS: Final[dict[str, Draw]] = {
    "name": _draw_name,
    "progress": _draw_progress,
    "outcome": _draw_outcome,
    "words": _draw_words,
    "figures": _draw_words,
}

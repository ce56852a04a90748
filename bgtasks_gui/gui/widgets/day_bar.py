"""How today went: one figure for each outcome, each the way to those runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import fonts, icons, mark, metrics, theme

_HEIGHT = 56
_ICON = 18
#: Below this width the word stands under its figure.
_ONE_LINE = 168


class DayBar(QWidget):
    """A row of figures.

    Signals: `chosen` with the state of the one that was pressed.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._figures: dict[str, _Figure] = {}
        self.setAccessibleName("Today's outcomes")

    def show_counts(self, counts: Sequence[tuple[str, int]], *, has_more: bool = False) -> None:
        """How many runs ended in each state today; `has_more` where these are not all."""
        for state, count in counts:
            if state not in self._figures:
                figure = self._figures[state] = _Figure(state)
                figure.clicked.connect(self._on_clicked)
                self._row.addWidget(figure, 1)
            self._figures[state].show_count(count, has_more=has_more and count > 0)

    def _on_clicked(self) -> None:
        figure = self.sender()
        if isinstance(figure, _Figure):
            self.chosen.emit(figure.state)


class _Figure(QPushButton):
    """One outcome: its shape, how many, and its word."""

    def __init__(self, state: str) -> None:
        super().__init__()
        mark(self, role="figure")
        self.state = state
        self._count = -1
        self._has_more = False
        self.setFixedHeight(_HEIGHT)

    def show_count(self, count: int, *, has_more: bool) -> None:
        if (count, has_more) != (self._count, self._has_more):
            self._count, self._has_more = count, has_more
            word = states.APPEARANCES[self.state].word
            self.setAccessibleName(f"{word} today: {count:,}{' or more' if has_more else ''}")
            self.setToolTip(f"{word} today")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        look = states.APPEARANCES[self.state]
        painter = QPainter(self)
        painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
        # A nought is no news, so it has no colour.
        role = look.role if self._count else "second"
        is_narrow = self.width() < _ONE_LINE
        margin, first, second = (10, 27, 44) if is_narrow else (14, 35, 34)
        picture = icons.pixmap(look.icon, role, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(margin, (_HEIGHT - _ICON) / 2), picture)
        left = margin + _ICON + (6 if is_narrow else 10)
        large = fonts.text(metrics.TITLE, QFont.Weight.DemiBold, tabular=True)
        painter.setFont(large)
        painter.setPen(theme.current().color("text" if self._count else "second"))
        figure = self._figure(is_short=is_narrow)
        painter.drawText(QPointF(left, first), figure)
        small = fonts.text(metrics.SMALL)
        painter.setFont(small)
        painter.setPen(theme.current().color("second"))
        at = left if is_narrow else left + QFontMetricsF(large).horizontalAdvance(figure) + 8
        room = self.width() - 6 - at
        painter.drawText(QPointF(at, second), _said(look.word.lower(), QFontMetricsF(small), room))

    def _figure(self, *, is_short: bool) -> str:
        count, more = max(self._count, 0), "+" if self._has_more else ""
        is_cut = is_short and count >= 10_000
        return f"{count // 1000:,}k{more}" if is_cut else f"{count:,}{more}"


def _said(word: str, measure: QFontMetricsF, room: float) -> str:
    """As much of "done today" as there is room for."""
    if measure.horizontalAdvance(f"{word} today") <= room:
        return f"{word} today"
    return measure.elidedText(word, Qt.TextElideMode.ElideRight, max(room, 0))

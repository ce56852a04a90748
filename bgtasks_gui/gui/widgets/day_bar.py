"""How today went: one figure for each outcome, each the way to those runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import fonts, icons, mark, metrics, theme

_HEIGHT = 56


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

    def show_counts(self, counts: Sequence[tuple[str, int]]) -> None:
        """How many runs ended in each state today."""
        for state, count in counts:
            if state not in self._figures:
                figure = self._figures[state] = _Figure(state)
                figure.clicked.connect(self._on_clicked)
                self._row.addWidget(figure, 1)
            self._figures[state].show_count(count)

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
        self.setFixedHeight(_HEIGHT)

    def show_count(self, count: int) -> None:
        if count != self._count:
            self._count = count
            word = states.APPEARANCES[self.state].word
            self.setAccessibleName(f"{word} today: {count}")
            self.setToolTip(f"{word} today")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        look = states.APPEARANCES[self.state]
        # A nought is no news, so it has no colour.
        role = look.role if self._count else "second"
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(QPointF(14, 19), icons.pixmap(look.icon, role, 18, ratio))
        large = fonts.text(metrics.TITLE, QFont.Weight.DemiBold, tabular=True)
        painter.setFont(large)
        painter.setPen(theme.current().color("text" if self._count else "second"))
        figure = f"{max(self._count, 0):,}"
        painter.drawText(QPointF(42, 35), figure)
        beside = 42 + QFontMetricsF(large).horizontalAdvance(figure) + 8
        painter.setFont(fonts.text(metrics.SMALL))
        painter.setPen(theme.current().color("second"))
        painter.drawText(QPointF(beside, 34), f"{look.word.lower()} today")

"""A card of a few lines that lead somewhere: what runs, what needs the person, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from bgtasks_gui.gui.delegates.cells import draw_bar
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import fonts, icons, mark, metrics, theme, tips

#: Lines of one card.
MOST: Final = 5
_HEIGHT: Final = 44
_BAR_WIDTH: Final = 84


@dataclass(frozen=True)
class SummaryLine:
    """One thing and what there is to say of it."""

    #: Id of the task or run it leads to.
    id: str
    state: str
    name: str
    note: str
    #: At the right: a time, percent.
    figure: str = ""
    #: Share that is done; None shows no bar.
    share: float | None = None


class SummaryCard(QFrame):
    """A title with a count, up to `MOST` lines, and the way to all of them.

    Signals: `opened` with the id of a line, `more_wanted` for everything there is.
    """

    opened = Signal(str)
    more_wanted = Signal()

    def __init__(self, title: str, nothing: str, more: str) -> None:
        super().__init__()
        mark(self, role="card")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 10)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 4, 2)
        head.setSpacing(8)
        self._title, self._count = QLabel(title), QLabel()
        mark(self._title, role="strong")
        mark(self._count, role="second")
        self._more = QPushButton(more)
        mark(self._more, role="link")
        # Several cards lead to the same page, by other lines of it.
        self._more.setAccessibleName(f"{more}: {title}")
        self._more.clicked.connect(self.more_wanted)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._more)
        column.addLayout(head)
        self._empty = QLabel(nothing)
        mark(self._empty, role="second")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(8, 4, 8, 8)
        column.addWidget(self._empty)
        self._buttons = [_LineButton() for _ in range(MOST)]
        for button in self._buttons:
            button.clicked.connect(self._on_clicked)
            column.addWidget(button)
        column.addStretch(1)
        self.show_lines([], 0)

    @property
    def first_line(self) -> QPushButton | None:
        """Where the keyboard begins; None where there is no line."""
        return None if self._buttons[0].isHidden() else self._buttons[0]

    def show_lines(
        self, lines: Sequence[SummaryLine], count: int, *, has_more: bool = False
    ) -> None:
        """Show these; `count` is how many there are in all, or at least where `has_more`."""
        self._count.setText(f"{count:,}{'+' if has_more else ''}" if count else "")
        self._empty.setVisible(not lines)
        self._more.setVisible(count > 0)
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(lines))
            if at < len(lines):
                button.show_line(lines[at])

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, _LineButton):
            self.opened.emit(button.line_id)


class _LineButton(QPushButton):
    """One line; it draws itself, since a button holds one line of words only."""

    def __init__(self) -> None:
        super().__init__()
        mark(self, role="row")
        self.setFixedHeight(_HEIGHT)
        self._line: SummaryLine | None = None

    @property
    def line_id(self) -> str:
        return "" if self._line is None else self._line.id

    def show_line(self, line: SummaryLine) -> None:
        if line == self._line:
            return
        self._line = line
        word = states.APPEARANCES[line.state].word
        parts = (line.name, word, line.note, line.figure)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(tips.plain(", ".join(part for part in (line.name, line.note) if part)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line = self._line
        if line is None:
            return
        painter, look = QPainter(self), states.APPEARANCES[line.state]
        painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
        picture = icons.pixmap(look.icon, look.role, 18, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(8, 13), picture)
        right = self.width() - 8.0
        figures = fonts.text(metrics.SMALL, tabular=True)
        top_right = right
        if line.figure:
            at = right - QFontMetricsF(figures).horizontalAdvance(line.figure)
            self._write(painter, line.figure, figures, "second", at, right, 18)
            top_right = at - 12
        if line.share is not None:
            rail = QRectF(right - _BAR_WIDTH, 29, _BAR_WIDTH, 5)
            draw_bar(painter, rail, line.share, look.bar)
            right = rail.left() - 12
        strong = fonts.text(weight=QFont.Weight.Medium)
        self._write(painter, line.name, strong, "text", 36, top_right, 18)
        small = fonts.text(metrics.SMALL, tabular=True)
        self._write(painter, line.note, small, "second", 36, right, 35)

    def _write(
        self,
        painter: QPainter,
        text: str,
        font: QFont,
        role: str,
        left: float,
        right: float,
        baseline: float,
    ) -> None:
        measure = QFontMetricsF(font)
        shown = measure.elidedText(text, Qt.TextElideMode.ElideRight, max(right - left + 1, 0))
        painter.setFont(font)
        painter.setPen(theme.current().color(role))
        painter.drawText(QPointF(left, baseline), shown)

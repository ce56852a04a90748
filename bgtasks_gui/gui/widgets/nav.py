"""The sidebar: where one is, how much there is elsewhere, and how the machine stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import fonts, icons, mark, metrics, theme
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire import shapes


class NavButton(QPushButton):
    """A page of the sidebar with its count."""

    def __init__(self, title: str, icon: str) -> None:
        super().__init__()
        self._title = title
        self._count, self._state = 0, ""
        mark(self, role="nav")
        icons.bind(self, icon, "text")
        self.setText(f"  {title}")
        self.setCheckable(True)
        self.setAccessibleName(title)

    def set_count(self, count: int, state: str = "") -> None:
        """The figure at the right, and the state whose shape and colour it has; 0 shows none."""
        if (count, state) != (self._count, self._state):
            self._count, self._state = count, state
            said = states.APPEARANCES[state].word.lower() if state else ""
            self.setAccessibleName(
                f"{self._title}, {count:,} {said}".strip() if count else self._title
            )
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._count:
            return
        painter = QPainter(self)
        role = states.APPEARANCES[self._state].role if self._state else "second"
        text = f"{self._count:,}" if self._count < 10_000 else f"{self._count // 1000:,}k"
        painter.setFont(fonts.text(metrics.SMALL, tabular=True))
        painter.setPen(theme.current().color(role))
        right = self.width() - 12
        width = painter.fontMetrics().horizontalAdvance(text)
        place = QRect(right - width - 2, 0, width + 4, self.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
        if self._state:
            icon, size = states.APPEARANCES[self._state].icon, 14
            picture = icons.pixmap(icon, role, size, self.devicePixelRatioF())
            at = QPointF(right - width - 8 - size, (self.height() - size) / 2)
            painter.drawPixmap(at, picture)


class Sidebar(QFrame):
    """Pages, and facts of the machine at the foot.

    Signals: `chosen` with the number of a page.
    """

    chosen = Signal(int)

    def __init__(self, pages: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        mark(self, role="sidebar")
        self.setFixedWidth(metrics.SIDEBAR)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 12)
        column.setSpacing(2)
        column.addLayout(_brand())
        column.addSpacing(6)
        self.buttons = [NavButton(title, icon) for title, icon in pages]
        self._group = QButtonGroup(self)
        for at, button in enumerate(self.buttons):
            self._group.addButton(button, at)
            column.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        column.addStretch(1)
        self.facts = FactsCard()
        column.addWidget(self.facts)

    def choose(self, at: int) -> None:
        self.buttons[at].setChecked(True)


#: How a fact looks that is well, and one that is not.
_FACT: Final = ("circle-check", "done")
_DOUBT: Final = ("triangle-alert", "waiting")


class FactsCard(QFrame):
    """How the machine stands, as far as tasks depend on it."""

    def __init__(self) -> None:
        super().__init__()
        mark(self, role="card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(5)
        title = QLabel("Conditions now")
        mark(title, role="section")
        column.addWidget(title)
        self._lines: list[tuple[Shape, ElidedLabel]] = []
        self._column = column
        self.hide()

    def show_facts(self, facts: Sequence[shapes.FactView]) -> None:
        """Say these facts; with none the card is gone."""
        while len(self._lines) < len(facts):
            self._add_line()
        for at, (shape, words) in enumerate(self._lines):
            is_used = at < len(facts)
            shape.setVisible(is_used)
            words.setVisible(is_used)
            if is_used:
                fact = facts[at]
                shape.set_icon(*_FACT if fact.ok else _DOUBT)
                words.set_text(f"{fact.name[:1].upper()}{fact.name[1:]}: {fact.value}")
        self.setVisible(bool(facts))

    def _add_line(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        shape, words = Shape(size=14), ElidedLabel()
        row.addWidget(shape)
        row.addWidget(words, 1)
        self._column.addLayout(row)
        self._lines.append((shape, words))


def _brand() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(10, 8, 4, 4)
    row.setSpacing(10)
    name = QLabel("Background Tasks")
    mark(name, role="strong")
    row.addWidget(Shape("layers", "accent", 20))
    row.addWidget(name, 1)
    return row

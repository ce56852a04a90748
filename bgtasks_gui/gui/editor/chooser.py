"""What a new task begins with: cards of common tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.editor.templates import Template
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.shape import Shape

_COLUMNS: Final = 2
_HEIGHT: Final = 88
_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


class TemplateCard(QAbstractButton):
    """One template; the whole card is the button.

    Signals: `stepped` with how far an arrow key goes on.
    """

    stepped = Signal(int)

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.template = template
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.description)
        self.setFixedHeight(_HEIGHT)
        self._frame = QFrame()
        mark(self._frame, role="card")
        # What is inside is looked at, the button around it is pressed.
        self._frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._frame)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(make_label(template.title, "strong"))
        words.addWidget(make_label(template.description, "second"))
        words.addStretch(1)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(16, 6, 14, 6)
        row.setSpacing(14)
        row.addWidget(Shape(template.icon, "accent", 20))
        row.addLayout(words, 1)

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its frame is all there is to see."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from card to card; Enter takes one as Space does."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _show_focus(self, is_focused: bool) -> None:
        self._frame.setProperty("focused", is_focused)
        style = self._frame.style()
        style.unpolish(self._frame)
        style.polish(self._frame)


class TemplateChooser(QWidget):
    """All templates.

    Signals: `chosen` with the template.
    """

    chosen = Signal(object)

    def __init__(self, templates: Sequence[Template]) -> None:
        super().__init__()
        mark(self, role="surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(self)
        box.setContentsMargins(metrics.EDGE, 20, metrics.EDGE, 20)
        box.setSpacing(4)
        box.addWidget(make_label("New task", "title"))
        box.addWidget(make_label("Begin with one of these; everything can be changed.", "second"))
        box.addSpacing(12)
        grid = QGridLayout()
        grid.setSpacing(10)
        self.cards = [TemplateCard(one) for one in templates]
        for place, card in enumerate(self.cards):
            grid.addWidget(card, place // _COLUMNS, place % _COLUMNS)
            card.clicked.connect(self._on_clicked)
            card.stepped.connect(self._on_stepped)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        box.addLayout(grid)
        box.addStretch(1)
        if self.cards:
            self.setFocusProxy(self.cards[0])

    def _on_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, TemplateCard):
            self.chosen.emit(card.template)

    def _on_stepped(self, step: int) -> None:
        card = self.sender()
        if isinstance(card, TemplateCard):
            place = self.cards.index(card) + step
            if 0 <= place < len(self.cards):
                self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)

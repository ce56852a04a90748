"""A line of a card: a shape, what it is about, what stands at its right, and more below."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.gui.widgets.system.words import Words


class Line(QWidget):
    """`right` and `below` are for what else belongs to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._shape = Shape(size=metrics.ICON)
        # In the middle of its line, also where a button makes that higher.
        grid.addWidget(self._shape, 0, 0)
        self._lead, self._figure, self._note = ElidedLabel("", "medium"), QLabel(), Words()
        mark(self._figure, role="second")
        self.right = QHBoxLayout()
        self.right.setSpacing(10)
        self.right.addWidget(self._lead, 1)
        self.right.addWidget(self._figure)
        grid.addLayout(self.right, 0, 1)
        self.below = QVBoxLayout()
        self.below.setSpacing(2)
        self.below.addWidget(self._note)
        grid.addLayout(self.below, 1, 1)
        self._note.hide()

    def say(self, shape: tuple[str, str], lead: str, note: str = "", figure: str = "") -> None:
        """Say this; `figure` stands at the right."""
        self._shape.set_icon(*shape)
        self._lead.set_text(lead)
        self._note.say(note)
        self._figure.setText(figure)
        self._figure.setVisible(bool(figure))

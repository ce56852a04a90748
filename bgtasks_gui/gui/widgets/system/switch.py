"""A switch: what it stands for is so at once, unlike a box that is ticked in a form."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from bgtasks_gui.gui.style import metrics, theme

_WIDTH: Final = 32
_HEIGHT: Final = 18
#: Around it, for the line that shows where the keyboard is.
_MARGIN: Final = 2
_GAP: Final = 3


class Switch(QCheckBox):
    """On or off. `name` is read out; there are no words on it."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Fixed, policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + 2 * _MARGIN, _HEIGHT + 2 * _MARGIN)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, is_on = theme.current(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
        rail = QRectF(_MARGIN, _MARGIN, _WIDTH, _HEIGHT)
        edge = "accent" if is_on else "second" if self.underMouse() else "control_border"
        painter.setPen(QPen(look.color(edge), 1))
        painter.setBrush(look.color("accent" if is_on else "track"))
        rail = rail.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rail, rail.height() / 2, rail.height() / 2)
        size = _HEIGHT - 2 * _GAP
        left = rail.right() - _GAP - size + 0.5 if is_on else rail.left() + _GAP - 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("on_accent" if is_on else "second"))
        painter.drawEllipse(QRectF(left, _MARGIN + _GAP, size, size))
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(around, around.height() / 2, around.height() / 2)

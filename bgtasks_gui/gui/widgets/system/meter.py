"""How much of an allowance is used: a bar that turns when little is left."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bgtasks_gui.gui.delegates.cells import draw_bar
from bgtasks_gui.gui.style import metrics

_HEIGHT: Final = 6
#: From here on little is left.
_NEAR: Final = 0.8


class Meter(QWidget):
    """A bar from nothing to all of it; `said` tells the same to those who do not see it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share = 0.0
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Fixed)

    def show_share(self, share: float, said: str) -> None:
        """Show that so much is used, from 0 to 1."""
        self.setAccessibleName(said)
        share = min(max(share, 0.0), 1.0)
        if share != self.share:
            self.share = share
            self.update()

    @property
    def role(self) -> str:
        """The colour of the bar."""
        return "running" if self.share < _NEAR else "bar_waiting"

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
        rail = QRectF(0, (self.height() - _HEIGHT) / 2, self.width(), _HEIGHT)
        draw_bar(painter, rail, self.share, self.role)

"""A thin bar that shows which parts of a file are there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bgtasks_gui.gui.style import theme

_HEIGHT: Final = 10
_RADIUS: Final = 3.0
#: Pixels that the smallest piece has, so that it is seen.
_LEAST: Final = 1.0

Range = tuple[int, int]


class PieceMap(QWidget):
    """Ranges of bytes along the length of a file."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0
        self._ranges: tuple[Range, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def show_ranges(self, length: int, ranges: tuple[Range, ...], said: str) -> None:
        """Show these ranges of so many bytes; `said` says it to those who do not see it."""
        self.setAccessibleName(said)
        self.setToolTip(said)
        if (length, ranges) != (self._length, self._ranges):
            self._length, self._ranges = length, ranges
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rail = QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        shape = QPainterPath()
        shape.addRoundedRect(rail, _RADIUS, _RADIUS)
        painter.fillPath(shape, theme.current().color("track"))
        painter.setClipPath(shape)
        painter.setBrush(theme.current().color("running"))
        for start, end in self._ranges:
            if end > start and self._length:
                left = rail.width() * start / self._length
                width = max(rail.width() * (end - start) / self._length, _LEAST)
                painter.drawRect(QRectF(left, 0, width, rail.height()))

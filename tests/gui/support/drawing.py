"""What is drawn: painters that paint, and note what they wrote and where."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import NamedTuple

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPaintDevice, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

#: What rounding to whole pixels may add.
ROUNDING = 1.0


class Line(NamedTuple):
    """Words that were written."""

    text: str
    left: float
    right: float
    baseline: float
    colour: str
    opacity: float


class Bar(NamedTuple):
    """A rounded rectangle that was filled."""

    rect: QRectF
    colour: str


class Notes:
    """What was drawn, in this order."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.bars: list[Bar] = []
        self.pictures: list[QRectF] = []

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.lines]

    def line(self, text: str) -> Line:
        """The one that begins so."""
        [found] = [one for one in self.lines if one.text.startswith(text)]
        return found

    def overlaps(self) -> list[tuple[str, str]]:
        """Words on one baseline of which one runs into the other."""
        lines = sorted(self.lines, key=lambda one: (one.baseline, one.left))
        return [
            (one.text, other.text)
            for one, other in itertools.pairwise(lines)
            if one.baseline == other.baseline and other.left < one.right - ROUNDING
        ]

    def outside(self, left: float, right: float) -> list[Line]:
        """Words that leave this room."""
        return [
            one for one in self.lines
            if one.left < left - ROUNDING or one.right > right + ROUNDING
        ]  # fmt: skip


class NotingPainter(QPainter):
    """Paints on a device, and notes it."""

    def __init__(self, device: QPaintDevice, notes: Notes) -> None:
        super().__init__(device)
        self.notes = notes

    def drawText(self, place: QPointF | QRect, *rest: object) -> None:
        super().drawText(place, *rest)
        text = str(rest[-1])
        at = QPointF(place.topLeft()) if isinstance(place, QRect) else place
        right = at.x() + QFontMetricsF(self.font()).horizontalAdvance(text)
        colour = self.pen().color().name()
        if text:
            line = Line(text, at.x(), right, at.y(), colour, self.opacity())
            self.notes.lines.append(line)

    def drawRoundedRect(self, rect: QRectF, *radius: float) -> None:
        super().drawRoundedRect(rect, *radius)
        self.notes.bars.append(Bar(QRectF(rect), self.brush().color().name()))

    def drawPixmap(self, place: QPointF, picture: QPixmap) -> None:
        super().drawPixmap(place, picture)
        self.notes.pictures.append(QRectF(place, picture.deviceIndependentSize()))


@contextmanager
def picture(width: int, height: int, ratio: float = 1.0) -> Iterator[tuple[NotingPainter, QPixmap]]:
    """A painter on an empty picture of so many logical pixels."""
    drawn = QPixmap(round(width * ratio), round(height * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = NotingPainter(drawn, Notes())
    try:
        yield painter, drawn
    finally:
        painter.end()


def draw(widget: QWidget, module: ModuleType, patch: pytest.MonkeyPatch) -> Notes:
    """Let a widget of this module draw itself; what it drew."""
    notes = Notes()
    with patch.context() as within:
        within.setattr(module, "QPainter", lambda device: NotingPainter(device, notes))
        widget.grab()
    return notes


def redrawn(change: Callable[[], object], module: ModuleType, patch: pytest.MonkeyPatch) -> Notes:
    """What widgets of this module draw by themselves after a change; they are on the screen."""
    notes = Notes()
    QApplication.processEvents()
    with patch.context() as within:
        within.setattr(module, "QPainter", lambda device: NotingPainter(device, notes))
        change()
        QApplication.processEvents()
    return notes


def colours(image: QImage, part: QRect | None = None) -> set[str]:
    """All colours of a picture, or of a part of it in its own pixels."""
    seen = image if part is None else image.copy(part)
    return {
        seen.pixelColor(x, y).name()
        for x in range(seen.width())
        for y in range(seen.height())
        if seen.pixelColor(x, y).alpha() == 255
    }

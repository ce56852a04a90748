"""The icon in the tray, drawn: a disc of its own, since nobody tells what colour a panel has."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from bgtasks_gui.gui.style import palette

SIZES: Final = (16, 22, 24, 32, 48)
RATIOS: Final = (1, 2)
#: Parts of the ring: what is drawn, and told to the panel, changes no oftener.
STEPS: Final = 20

_BUSY: Final = QColor(palette.LIGHT.accent)
_CALM: Final = QColor(palette.LIGHT.second)
_GLYPH: Final = QColor(palette.LIGHT.surface)
_RAIL: Final = QColor(255, 255, 255, 60)
#: Seen at 3:1 or better on white, on light grey and on near black alike.
_HOLLOW: Final = QColor("#767676")
_MARK: Final = QColor(palette.DARK.waiting)
_INK: Final = QColor(palette.DARK.window)
#: Without figures the ring stands at three quarters.
_PLAIN: Final = STEPS * 3 // 4


class State(enum.StrEnum):
    """What the disc says."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    AWAY = "away"


class Look(NamedTuple):
    """All that the icon depends on."""

    state: State
    #: How much of the ring is drawn, of `STEPS`.
    steps: int = 0
    #: Whether there is a mark at the corner.
    needs_you: bool = False


def look(state: State, share: float | None = None, *, needs_you: bool = False) -> Look:
    """`share` is the total progress from 0 to 1; None where nothing says how far it is."""
    if state is not State.RUNNING:
        return Look(state, 0, needs_you)
    steps = _PLAIN if share is None else max(1, min(round(share * STEPS), STEPS))
    return Look(state, steps, needs_you)


@functools.lru_cache(STEPS * 4)
def icon(wanted: Look) -> QIcon:
    """The icon in every size that panels ask for."""
    found = QIcon()
    for size in SIZES:
        for ratio in RATIOS:
            found.addPixmap(pixmap(wanted, size, ratio))
    return found


def pixmap(wanted: Look, size: int, ratio: int = 1) -> QPixmap:
    """The icon as a picture of `size` logical pixels."""
    pixels = size * ratio
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Everything is measured in sixteenths of the edge.
    _DRAW[wanted.state](painter, pixels / 16, wanted.steps)
    if wanted.needs_you:
        _draw_mark(painter, pixels / 16)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _draw_idle(painter: QPainter, unit: float, _steps: int) -> None:
    """Two sheets that lie on one another, as in the sign of the program."""
    _draw_disc(painter, unit, _CALM)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GLYPH)
    painter.drawPolygon(_polygon(unit, (8, 3.6), (12.4, 6.2), (8, 8.8), (3.6, 6.2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_GLYPH, 1.5 * unit))
    painter.drawPolyline(_polygon(unit, (4.0, 9.4), (8, 11.8), (12.0, 9.4)))


def _draw_running(painter: QPainter, unit: float, steps: int) -> None:
    _draw_disc(painter, unit, _BUSY)
    ring = QRectF(3.25 * unit, 3.25 * unit, 9.5 * unit, 9.5 * unit)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_RAIL, 2.5 * unit))
    painter.drawEllipse(ring)
    painter.setPen(_pen(_GLYPH, 2.5 * unit))
    # From the top, clockwise, in sixteenths of a degree.
    painter.drawArc(ring, 90 * 16, -round(360 * 16 * steps / STEPS))


def _draw_paused(painter: QPainter, unit: float, _steps: int) -> None:
    _draw_disc(painter, unit, _CALM)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GLYPH)
    # Whole pixels, so that the edges of the bars are sharp.
    width, top, height = round(2 * unit), round(4.5 * unit), round(7 * unit)
    gap = round(2 * unit)
    left = (round(16 * unit) - 2 * width - gap) // 2
    for x in (left, left + width + gap):
        painter.drawRect(x, top, width, height)


def _draw_away(painter: QPainter, unit: float, _steps: int) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_HOLLOW, 2 * unit))
    painter.drawEllipse(QRectF(1.5 * unit, 1.5 * unit, 13 * unit, 13 * unit))
    painter.drawLine(QPointF(5.5 * unit, 8 * unit), QPointF(10.5 * unit, 8 * unit))


def _draw_mark(painter: QPainter, unit: float, _steps: int = 0) -> None:
    """An exclamation mark in whole pixels, since a blurred one is only a spot at this size."""
    radius = round(4 * unit)
    middle = round(16 * unit) - radius
    painter.setPen(Qt.PenStyle.NoPen)
    # The dark edge sets the mark off from the disc, and from a light panel.
    painter.setBrush(_INK)
    painter.drawEllipse(QPointF(middle, middle), radius, radius)
    painter.setBrush(_MARK)
    painter.drawEllipse(QPointF(middle, middle), radius - 0.9 * unit, radius - 0.9 * unit)
    painter.setBrush(_INK)
    half = max(1, round(0.55 * unit))
    top, height = middle - round(2 * unit), round(2.6 * unit)
    painter.drawRect(middle - half, top, 2 * half, height)
    painter.drawRect(middle - half, top + height + half, 2 * half, half)


def _draw_disc(painter: QPainter, unit: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(0.5 * unit, 0.5 * unit, 15 * unit, 15 * unit))


def _pen(colour: QColor, width: float) -> QPen:
    flat, round_ = Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, flat, round_)


def _polygon(unit: float, *points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x * unit, y * unit) for x, y in points])


_DRAW: Final[dict[State, Callable[[QPainter, float, int], None]]] = {
    State.IDLE: _draw_idle,
    State.RUNNING: _draw_running,
    State.PAUSED: _draw_paused,
    State.AWAY: _draw_away,
}

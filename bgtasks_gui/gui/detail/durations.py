"""How long a task's newest runs took, as bars: the longest are seen at once, and how each ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import fonts, metrics, theme
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

_S = runs.RunState
#: Bars at most; with more they would be too thin to tell apart.
MOST: Final = 60
#: Room above the bars for words, and below them for ticks and times.
_TOP, _BOTTOM = 34, 26
#: Room between bars and the words beside them.
_GAP: Final = 8
_WIDEST: Final = 14.0
#: With fewer runs than this, "usually" says nothing.
_FEWEST: Final = 3
_SIDE: Final = Qt.AlignmentFlag
#: Lengths that an axis is marked with, in seconds.
_STEPS: Final = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30),
    *(60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400),
)


def ticks(longest_s: float) -> list[float]:
    """Two or three round lengths up to the longest, the last of them at or above it."""
    step = next((one for one in _STEPS if one * 3 >= longest_s), None)
    if step is None:
        step = math.ceil(longest_s / 3 / 86_400) * 86_400
    count = max(1, math.ceil(longest_s / step))
    return [step * (at + 1) for at in range(count)]


def seconds(run: shapes.RunView) -> float | None:
    """How long it took; None for one that never started or has not ended."""
    if run.started_at is None or run.completed_at is None:
        return None
    took = stamps.parse(run.completed_at) - stamps.parse(run.started_at)
    return max(took.total_seconds(), 0.0)


class DurationPlot(QWidget):
    """Bars, the oldest at the left. Arrow keys and the mouse go from one to the next.

    Signals: `picked` with the id of the run that was clicked or entered.
    """

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: list[shapes.RunView] = []
        #: Whether it was told which runs there are.
        self._is_told = False
        self._at = -1
        #: The lengths the axis is marked with, and where half of the runs are shorter.
        self._marks = [1.0]
        self._median: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Durations of the newest runs")
        self.setMinimumSize(220, 90)

    def forget(self) -> None:
        """Show nothing until it is known which runs there are."""
        self.show_runs([])
        self._is_told = False

    def show_runs(self, found: Sequence[shapes.RunView]) -> None:
        """Show these runs, the oldest first; those that are not over are left out."""
        self._is_told = True
        marked = self.marked
        self._runs = [run for run in found if run.state in runs.ENDED][-MOST:]
        ids = [run.id for run in self._runs]
        self._at = ids.index(marked.id) if marked is not None and marked.id in ids else -1
        known = [took for run in self._runs if (took := seconds(run)) is not None]
        self._marks = ticks(max(known, default=0.0) or 1.0)
        self._median = median(known) if len(known) >= _FEWEST else None
        self._tell()

    @property
    def marked(self) -> shapes.RunView | None:
        """The run whose bar is marked."""
        return self._runs[self._at] if 0 <= self._at < len(self._runs) else None

    def sizeHint(self) -> QSize:
        return QSize(360, 160)

    # What a person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._runs) - 1
        keys = Qt.Key
        moves = {
            keys.Key_Left: last if self._at < 0 else max(self._at - 1, 0),
            keys.Key_Right: min(self._at + 1, last),
            keys.Key_Home: 0,
            keys.Key_End: last,
        }
        key = keys(event.key())
        if key in moves and self._runs:
            self._at = moves[key]
            self._tell()
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self.marked is not None:
            self.picked.emit(self.marked.id)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._bar_at(event.position())
        if found != self._at:
            self._at = found
            self._tell()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._bar_at(event.position())
        if found >= 0:
            self._at = found
            self.picked.emit(self._runs[found].id)

    def event(self, event: QHelpEvent) -> bool:  # type: ignore[override]  # Qt tells it all events
        if event.type() == QHelpEvent.Type.ToolTip and self.marked is not None:
            QToolTip.showText(event.globalPos(), self.describe(self.marked, times.now()), self)
            return True
        return super().event(event)

    @staticmethod
    def describe(run: shapes.RunView, now: datetime) -> str:
        """ "Fri 17:30, took 42 s, failed: exit status 3."."""
        began = times.when(run.started_at or run.triggered_at, now)
        took = f"took {run_phrases.took(run, now)}" if seconds(run) is not None else "never started"
        why = run_phrases.note(run, now) or f"{states.APPEARANCES[str(run.state)].word}."
        return f"{began[:1].upper()}{began[1:]}, {took}. {why}"

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._at = -1
            self._tell()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        if not self._is_told:
            return
        if not self._runs:
            painter.setPen(theme.current().color("second"))
            painter.drawText(self.rect(), int(_SIDE.AlignCenter), "No run has ended yet")
            return
        self._draw_axis(painter)
        for at in range(len(self._runs)):
            self._draw_bar(painter, at)
        self._draw_median(painter)
        self._draw_words(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.current().color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)

    def _draw_axis(self, painter: QPainter) -> None:
        start, end = self._span()
        for mark in (0.0, *self._marks):
            y = self._height_of(mark, self._marks[-1])
            painter.setPen(QPen(theme.current().color("border"), 1))
            painter.drawLine(QPointF(start, y), QPointF(end, y))
            painter.setPen(theme.current().color("second"))
            place = QRectF(0, y - 9, start - _GAP, 18)
            painter.drawText(place, int(_SIDE.AlignRight | _SIDE.AlignVCenter), _words(mark))

    def _draw_words(self, painter: QPainter) -> None:
        """Above the bars the one that is marked; below them the time they reach over."""
        start, end = self._span()
        now = times.now()
        if self.marked is not None:
            said, role = self.describe(self.marked, now), "text"
        else:
            said, role = f"Usually {_words(self._median)}" if self._median else "", "second"
        left = metrics.EDGE
        room = self.width() - 2 * left
        said = QFontMetricsF(painter.font()).elidedText(said, Qt.TextElideMode.ElideRight, room)
        painter.setPen(theme.current().color(role))
        painter.drawText(QRectF(left, 7, room, 16), int(_SIDE.AlignLeft | _SIDE.AlignTop), said)
        painter.setPen(theme.current().color("second"))
        below = QRectF(start, self.height() - 19, end - start, 16)
        first, last = (times.when(run.triggered_at, now) for run in (self._runs[0], self._runs[-1]))
        painter.drawText(below, int(_SIDE.AlignLeft), first)
        reach = self._bar(len(self._runs) - 1).right() - start
        if reach > 2 * QFontMetricsF(painter.font()).horizontalAdvance(first + last):
            below.setRight(start + reach)
            painter.drawText(below, int(_SIDE.AlignRight), last)

    def _draw_bar(self, painter: QPainter, at: int) -> None:
        run, look = self._runs[at], theme.current()
        bar, took = self._bar(at), seconds(run)
        colour = look.color(states.APPEARANCES[str(run.state)].role)
        most = self._marks[-1]
        base = self._height_of(0, most)
        if at == self._at:
            ground = QRectF(bar.left() - 2, _TOP - 8, bar.width() + 4, base - _TOP + 14)
            painter.fillRect(ground, look.color("selection"))
        painter.setPen(QPen(colour, 1.5))
        if took is None:
            # It never ran: a tick at the base, so that it is seen to be missing.
            painter.drawLine(QPointF(bar.left(), base + 4), QPointF(bar.right(), base + 4))
            return
        top = min(self._height_of(took, most), base - 2)
        shape = QRectF(bar.left(), top, bar.width(), base - top)
        is_hollow = run.state is _S.CANCELED
        painter.setBrush(Qt.BrushStyle.NoBrush if is_hollow else colour)
        painter.drawRect(shape.adjusted(0.75, 0.75, -0.75, 0))
        if run.state is _S.FAILED:
            self._draw_cross(painter, QPointF(bar.center().x(), top - 6))

    @staticmethod
    def _draw_cross(painter: QPainter, at: QPointF) -> None:
        for across in (-3, 3):
            start, end = QPointF(at.x() - across, at.y() - 3), QPointF(at.x() + across, at.y() + 3)
            painter.drawLine(start, end)

    def _draw_median(self, painter: QPainter) -> None:
        if self._median is None:
            return
        start, end = self._span()
        y = self._height_of(self._median, self._marks[-1])
        painter.setPen(QPen(theme.current().color("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        place = QRectF(end + _GAP, y - 9, self.width() - end - _GAP, 18)
        painter.drawText(place, int(_SIDE.AlignLeft | _SIDE.AlignVCenter), _words(self._median))

    # Places

    @staticmethod
    def _small() -> QFont:
        return fonts.text(metrics.SMALL, tabular=True)

    def _span(self) -> tuple[float, float]:
        """Where the bars begin and end, between the words at both sides."""
        measure = QFontMetricsF(self._small())
        left = max(measure.horizontalAdvance(_words(mark)) for mark in self._marks)
        right = measure.horizontalAdvance(_words(self._median)) + _GAP if self._median else 0.0
        return metrics.EDGE + left + _GAP, self.width() - metrics.EDGE - right

    def _height_of(self, length_s: float, most: float) -> float:
        room = self.height() - _TOP - _BOTTOM
        return self.height() - _BOTTOM - room * min(length_s / most, 1.0)

    def _bar(self, at: int) -> QRectF:
        start, end = self._span()
        step = min((end - start) / len(self._runs), _WIDEST + 6)
        width = max(min(step * 0.7, _WIDEST), 2.0)
        left = start + step * at + (step - width) / 2
        return QRectF(left, _TOP, width, self.height() - _TOP - _BOTTOM)

    def _bar_at(self, place: QPointF) -> int:
        for at in range(len(self._runs)):
            bar = self._bar(at)
            if bar.left() - 2 <= place.x() <= bar.right() + 2:
                return at
        return -1

    def _tell(self) -> None:
        run = self.marked
        self.setAccessibleDescription("" if run is None else self.describe(run, times.now()))
        self.update()


def _words(length_s: float | None) -> str:
    return times.length(length_s) if length_s else "0"

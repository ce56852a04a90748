"""The speed of the transfer that is looked at: a sentence, and a plot that is loaded with it."""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bgtasks_gui.core import durations
from bgtasks_gui.gui.detail.transfer.speeds import Point, Speeds
from bgtasks_gui.gui.style import mark, theme

if TYPE_CHECKING:
    from bgtasks_gui.gui.detail.transfer.plotting import Plot

_log = logging.getLogger(__name__)
#: Milliseconds between two pictures at least, and while nothing is told.
NEWS_MS: Final = 250
QUIET_MS: Final = 1000
_PLOTTING: Final = "bgtasks_gui.gui.detail.transfer.plotting"
#: What the plot stands on takes a fifth of a second to load: beside the window, not in its way.
_NEEDED: Final = ("numpy", "pyqtgraph")


class SpeedPlot(QWidget):
    """Draws at most four times a second, and not at all while nobody can look."""

    def __init__(self, speeds: Speeds) -> None:
        super().__init__()
        self._speeds = speeds
        self._run_id = ""
        self._is_moving = False
        self._plot: Plot | None = None
        self._loading: asyncio.Task[None] | None = None
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        mark(self.words, role="second")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.words)
        self._column.addStretch(1)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw)
        speeds.grew.connect(self._on_grew)
        theme.current().changed.connect(self._on_theme_changed)

    @property
    def plot(self) -> Plot | None:
        """There once it was shown."""
        return self._plot

    def show_run(self, run_id: str, *, is_moving: bool) -> None:
        """Tell of this run."""
        is_other, self._run_id, self._is_moving = run_id != self._run_id, run_id, is_moving
        if is_other and self._is_seen:
            self._draw()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None and self._loading is None:
            self._loading = asyncio.ensure_future(self._load())
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._next.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._loading is not None:
            self._loading.cancel()
        super().closeEvent(event)

    # Inside

    @property
    def _is_seen(self) -> bool:
        return self.isVisible() and not self.window().isMinimized()

    async def _load(self) -> None:
        try:
            for name in _NEEDED:
                await asyncio.to_thread(importlib.import_module, name)
            from bgtasks_gui.gui.detail.transfer.plotting import Plot
        except ImportError:
            # The sentence says it without the plot.
            _log.warning("no plot of speeds", exc_info=True, extra={"action": "plot"})
            return
        self._plot = Plot()
        self._plot.setParent(self)
        self._column.insertWidget(1, self._plot, 1)
        self._column.setStretch(2, 0)
        self._plot.show()
        self._draw()

    def _on_grew(self, run_ids: set[str]) -> None:
        if self._run_id in run_ids and self._is_seen:
            left = self._next.remainingTime() if self._next.isActive() else QUIET_MS
            self._next.start(max(0, min(left, NEWS_MS)))

    def _on_theme_changed(self) -> None:
        if self._plot is not None:
            self._plot.dress()

    def _draw(self) -> None:
        if not self._is_seen:
            return
        points = self._speeds.points(self._run_id)
        said = _say(points, is_moving=self._is_moving)
        self.words.setText(said)
        if self._plot is not None:
            self._plot.show_points(points)
            self._plot.setAccessibleName(f"Speed: {said}")
        if self._is_moving:
            # What is silent stands still, and is seen to.
            self._next.start(QUIET_MS)


def _say(points: list[Point], *, is_moving: bool) -> str:
    """ "2 MiB/s now, 3 MiB/s at most in the last 5 min"."""
    if not points:
        return "No speed was told yet" if is_moving else "It does not move now"
    most = f"{durations.say_size(round(max(one.rate for one in points)))}/s"
    now = f"{durations.say_size(round(points[-1].rate))}/s now" if is_moving else "Stands still"
    return f"{now}, {most} at most in the last 5 min"

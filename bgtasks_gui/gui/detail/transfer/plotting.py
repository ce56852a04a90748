"""The plot itself. Imported when the first is shown: it needs pyqtgraph, which needs NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame

from bgtasks_gui.core import durations
from bgtasks_gui.gui.detail.transfer.speeds import SPAN_S, Point
from bgtasks_gui.gui.style import fonts, metrics, theme

#: Room for a speed beside the axis, in pixels.
_AXIS_WIDTH: Final = 78
#: The least that the axis reaches, so that the slowest transfer does not look fast.
_LEAST: Final = 1024.0
_TICKS: Final = ((-240, "4 min ago"), (-120, "2 min ago"), (0, "now"))
#: Room for half a word behind the last mark.
_BEHIND: Final = 14
_HALF: Final = 60


class _SpeedAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # it has no types
    """Speeds in words."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{durations.say_size(round(one))}/s" for one in values]

    def tickValues(self, _low: float, high: float, _size: float) -> list[tuple[float, list[float]]]:
        step = round_step(high)
        count = int(high // step)
        return [(step, [step * at for at in range(count + 1)])]


def round_step(most: float) -> float:
    """A power of two of bytes, of which one, two or three reach up to this."""
    step = 1.0
    while most / step >= 4:
        step *= 2
    return step


class Plot(pyqtgraph.PlotWidget):  # type: ignore[misc]  # it has no types
    """Speeds of the last minutes as a line. It takes no keys and no mouse: words beside it tell."""

    def __init__(self) -> None:
        super().__init__(axisItems={"left": _SpeedAxis("left")})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        item = self.getPlotItem()
        item.layout.setContentsMargins(0, 6, _BEHIND, 0)
        item.getAxis("bottom").setTicks([list(_TICKS)])
        item.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        item.getAxis("left").setWidth(_AXIS_WIDTH)
        self.setXRange(-SPAN_S, 0, padding=0)
        self._line = self.plot(antialias=True)
        self.dress()

    def dress(self) -> None:
        """Wear the colours of the theme."""
        look = theme.current()
        self.setBackground(look.color("surface"))
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(look.color("border"))
            axis.setTextPen(look.color("second"))
            axis.setStyle(tickFont=fonts.text(metrics.SMALL, tabular=True), tickLength=0)
        ground = QColor(look.color("running"))
        ground.setAlpha(_HALF)
        self._line.setPen(pyqtgraph.mkPen(look.color("running"), width=1.5))
        self._line.setFillLevel(0)
        self._line.setFillBrush(ground)

    def show_points(self, points: Sequence[Point]) -> None:
        self._line.setData([one.at for one in points], [one.rate for one in points])
        most = max((one.rate for one in points), default=0.0)
        self.setYRange(0, max(most * 1.1, _LEAST), padding=0)

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.transfer.plotting import Plot, round_step
from bgtasks_gui.gui.detail.transfer.speeds import SPAN_S, Point
from bgtasks_gui.gui.style import theme

MIB = 1 << 20


@pytest.fixture
def plot(dressed: theme.Theme, qtbot: QtBot) -> Plot:
    one = Plot()
    qtbot.addWidget(one)
    one.resize(320, 90)
    one.show()
    return one


def test_the_last_minutes_are_shown_up_to_the_fastest(plot: Plot) -> None:
    plot.show_points([Point(-2.0, 3.0 * MIB), Point(-1.0, 10.0 * MIB)])
    (left, right), (low, high) = plot.viewRange()
    assert (left, right, low) == (-SPAN_S, 0, 0)
    assert 10 * MIB < high < 12 * MIB
    times, rates = plot._line.getData()
    assert list(times) == [-2.0, -1.0]
    assert list(rates) == [3.0 * MIB, 10.0 * MIB]


def test_nothing_does_not_look_fast(plot: Plot) -> None:
    plot.show_points([])
    assert plot.viewRange()[1][1] >= 1024
    plot.grab()


@pytest.mark.parametrize("most", [1.0, 1024.0, 3.9 * MIB, 4.0 * MIB, 1e12])
def test_one_to_three_round_speeds_are_marked(plot: Plot, most: float) -> None:
    step = round_step(most)
    assert 1 <= most / step < 4
    axis = plot.getPlotItem().getAxis("left")
    [(_, marks)] = axis.tickValues(0, most, 90)
    assert 2 <= len(marks) <= 4
    assert axis.tickStrings([2.0 * MIB], 1.0, 1.0) == ["2 MiB/s"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_it_wears_the_theme(plot: Plot, look: theme.Choice) -> None:
    theme.current().choose(look)
    plot.dress()
    plot.show_points([Point(-200.0, float(MIB)), Point(0.0, float(MIB))])
    picture = plot.grab().toImage()
    assert picture.pixelColor(310, 2) == theme.current().color("surface")
    assert plot._line.opts["pen"].color() == theme.current().color("running")


def test_it_takes_neither_keys_nor_the_mouse(plot: Plot) -> None:
    assert plot.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert plot.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

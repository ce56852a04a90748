from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.detail import durations
from bgtasks_gui.gui.detail.durations import DurationPlot
from bgtasks_gui.gui.style import theme
from bgtasks_gui.wire import shapes
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow


def ran(number: int, length_s: float, state: str = "completed") -> shapes.RunView:
    return views.run(number, state, completed_at=views.stamp(length_s))


@pytest.fixture
def plot(dressed: theme.Theme, qtbot: QtBot) -> DurationPlot:
    one = DurationPlot()
    one.resize(420, 160)
    qtbot.addWidget(one)
    one.show()
    return one


@given(st.floats(min_value=0.0005, max_value=10_000_000))
def test_the_axis_has_few_marks_and_reaches_the_longest(longest: float) -> None:
    marks = durations.ticks(longest)
    assert 1 <= len(marks) <= 3
    assert marks[-1] >= longest
    assert marks == sorted(marks)


@pytest.mark.parametrize(
    ("longest", "marks"),
    [(42, [20, 40, 60]), (170, [60, 120, 180]), (3, [1, 2, 3]), (1, [0.5, 1.0])],
)
def test_the_axis_is_marked_with_round_lengths(longest: float, marks: list[float]) -> None:
    assert durations.ticks(longest) == marks


def test_only_runs_that_are_over_have_a_length() -> None:
    assert durations.seconds(ran(1, 42)) == 42
    assert durations.seconds(views.run(2, "running")) is None
    assert durations.seconds(views.run(3, "skipped")) is None


def test_a_longer_run_has_a_higher_bar(plot: DurationPlot) -> None:
    heights = [plot._height_of(length, 60) for length in (0, 20, 40, 60, 90)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == heights[-2]


def test_the_newest_are_shown_and_none_that_goes_on(plot: DurationPlot) -> None:
    many = [ran(number, 10) for number in range(1, 90)]
    plot.show_runs([*many, views.run(99, "running")])
    assert [run.id for run in plot._runs] == [run.id for run in many[-durations.MOST :]]


def test_keys_go_from_bar_to_bar_and_pick_one(plot: DurationPlot, qtbot: QtBot) -> None:
    first, second, third = (ran(number, 10 * number) for number in (1, 2, 3))
    plot.show_runs([first, second, third])
    for key, there in (
        (Qt.Key.Key_Left, third), (Qt.Key.Key_Left, second), (Qt.Key.Key_Home, first),
        (Qt.Key.Key_Left, first), (Qt.Key.Key_End, third), (Qt.Key.Key_Right, third),
    ):  # fmt: skip
        qtbot.keyClick(plot, key)
        assert plot.marked == there
    with qtbot.waitSignal(plot.picked) as heard:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert heard.args == [third.id]


def test_the_mouse_finds_the_bar_it_is_over(plot: DurationPlot, qtbot: QtBot) -> None:
    found = [ran(number, 10) for number in range(1, 31)]
    plot.show_runs(found)
    for at in (0, 13, 29):
        place = plot._bar(at).center().toPoint()
        with qtbot.waitSignal(plot.picked) as heard:
            qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
        assert heard.args == [found[at].id]
    with qtbot.assertNotEmitted(plot.picked):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


def test_the_marked_bar_is_told_in_words(plot: DurationPlot, qtbot: QtBot) -> None:
    plot.show_runs([ran(1, 42)])
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert "took 42 s" in plot.accessibleDescription()


def test_the_mark_stays_with_its_run(plot: DurationPlot, qtbot: QtBot) -> None:
    first, second = ran(1, 10), ran(2, 20)
    plot.show_runs([first])
    qtbot.keyClick(plot, Qt.Key.Key_End)
    plot.show_runs([first, second])
    assert plot.marked == first
    plot.show_runs([second])
    assert plot.marked is None
    assert plot.accessibleDescription() == ""


def test_the_mark_goes_with_the_mouse(plot: DurationPlot, qtbot: QtBot) -> None:
    found = [ran(number, 10) for number in range(1, 11)]
    plot.show_runs(found)
    qtbot.mouseMove(plot, plot._bar(4).center().toPoint())
    assert plot.marked == found[4]
    plot.clearFocus()
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.marked is None


@pytest.mark.parametrize("length", [0.08, 42, 85, 5400, 100_000])
def test_words_beside_the_bars_have_room(plot: DurationPlot, length: float) -> None:
    plot.show_runs([ran(number, length) for number in range(1, 61)])
    measure = QFontMetricsF(plot._small())
    start, end = plot._span()
    widest = max(measure.horizontalAdvance(times.length(mark)) for mark in plot._marks)
    assert widest < start < plot._bar(0).left()
    assert plot._bar(59).right() < end
    assert measure.horizontalAdvance(times.length(length)) < plot.width() - end


def test_words_say_when_how_long_and_why(now: ManualNow) -> None:
    failed = ran(1, 42, "failed")
    assert DurationPlot.describe(failed, now()).endswith("took 42 s. Failed.")
    missed = views.run(2, "missed", reason=views.reason("Missed: the computer was asleep."))
    said = DurationPlot.describe(missed, now())
    assert "never started" in said
    assert said.endswith("Missed: the computer was asleep.")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("count", [0, 1, 3, 60])
def test_it_paints_whatever_there_is(
    plot: DurationPlot, look: theme.Choice, count: int, dressed: theme.Theme
) -> None:
    states = ["completed", "failed", "canceled", "skipped", "missed"]
    plot.show_runs([ran(at, at, states[at % 5]) for at in range(1, count + 1)])
    blank = plot.grab().toImage()
    dressed.choose(look)
    assert plot.grab().toImage() != blank or look == "light"

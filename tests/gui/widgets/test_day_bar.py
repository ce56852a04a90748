from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets import day_bar
from bgtasks_gui.gui.widgets.day_bar import DayBar
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect

COUNTS = [("completed", 12_345), ("failed", 1), ("canceled", 0), ("skipped", 20), ("missed", 3)]


@pytest.fixture
def bar(dressed: theme.Theme, qtbot: QtBot) -> DayBar:
    """As wide as the content of the window is at first."""
    made = DayBar()
    qtbot.addWidget(made)
    made.resize(1024, 56)
    made.show()
    made.show_counts(COUNTS)
    QApplication.processEvents()
    return made


def figures(bar: DayBar) -> list[QPushButton]:
    return bar.findChildren(QPushButton)


def test_there_is_a_figure_for_each_outcome(bar: DayBar) -> None:
    assert [accessible.name(one) for one in figures(bar)] == [
        "Done today: 12,345",
        "Failed today: 1",
        "Cancelled today: 0",
        "Skipped today: 20",
        "Missed today: 3",
    ]
    assert accessible.name(bar) == "Today's outcomes"
    assert accessible.faults(bar) == []
    assert accessible.reached(bar) == figures(bar)


def test_figures_count_on_and_none_is_made_twice(
    bar: DayBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = figures(bar)
    bar.show_counts([("completed", 12_346), ("failed", 1)])
    assert figures(bar) == before
    assert accessible.name(before[0]) == "Done today: 12,346"
    assert drawing.draw(before[0], day_bar, monkeypatch).texts == ["12,346", "done today"]


def test_only_what_has_changed_is_drawn_again(bar: DayBar, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = drawing.redrawn(
        lambda: bar.show_counts([*COUNTS[:4], ("missed", 4)]), day_bar, monkeypatch
    )
    assert notes.texts == ["4", "missed today"]


def test_counts_that_are_not_all_say_so(bar: DayBar, monkeypatch: pytest.MonkeyPatch) -> None:
    bar.show_counts(COUNTS, has_more=True)
    done, _, cancelled = figures(bar)[:3]
    assert accessible.name(done) == "Done today: 12,345 or more"
    assert drawing.draw(done, day_bar, monkeypatch).texts[0] == "12,345+"
    assert accessible.name(cancelled) == "Cancelled today: 0"
    assert drawing.draw(cancelled, day_bar, monkeypatch).texts[0] == "0"


@pytest.mark.parametrize("state", [state for state, _ in COUNTS])
def test_one_that_is_pressed_is_chosen(bar: DayBar, state: str) -> None:
    chosen = collect(bar.chosen)
    at = [one for one, _ in COUNTS].index(state)
    figures(bar)[at].click()
    assert chosen == [(state,)]


@pytest.mark.parametrize("width", [1024, 860, 700, 544])
def test_words_keep_within_their_figure(
    bar: DayBar, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    bar.resize(width, 56)
    QApplication.processEvents()
    for (_, count), figure in zip(COUNTS, figures(bar), strict=True):
        notes = drawing.draw(figure, day_bar, monkeypatch)
        [picture] = notes.pictures
        assert notes.overlaps() == []
        assert notes.outside(picture.right(), figure.width() - 6) == []
        assert notes.texts[0] in (f"{count:,}", "12k")


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (1024, ["12,345", "done today"]),
        (900, ["12,345", "done"]),
        (700, ["12k", "done today"]),
        (544, ["12k", "done"]),
    ],
)
def test_words_give_way_to_the_figure(
    bar: DayBar, monkeypatch: pytest.MonkeyPatch, width: int, said: list[str]
) -> None:
    bar.resize(width, 56)
    QApplication.processEvents()
    assert drawing.draw(figures(bar)[0], day_bar, monkeypatch).texts == said


def test_in_the_smallest_window_every_word_is_whole(
    bar: DayBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar.resize(544, 56)
    bar.show_counts([(state, 9_999) for state, _ in COUNTS])
    QApplication.processEvents()
    for (state, _), figure in zip(COUNTS, figures(bar), strict=True):
        number, word = drawing.draw(figure, day_bar, monkeypatch).texts
        assert number == "9,999"
        assert word in (states.APPEARANCES[state].word.lower(), "done today")


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_nought_is_no_news_and_has_no_colour(
    bar: DayBar, dressed: theme.Theme, monkeypatch: pytest.MonkeyPatch, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    for (state, count), figure in zip(COUNTS, figures(bar), strict=True):
        line = drawing.draw(figure, day_bar, monkeypatch).lines[0]
        assert line.colour == dressed.color("text" if count else "second").name()
        seen = drawing.colours(figure.grab().toImage())
        role = states.APPEARANCES[state].role if count else "second"
        assert dressed.color(role).name() in seen


def test_what_may_not_be_true_is_faded(bar: DayBar, monkeypatch: pytest.MonkeyPatch) -> None:
    bar.setEnabled(False)
    lines = drawing.draw(figures(bar)[0], day_bar, monkeypatch).lines
    assert {one.opacity < 1 for one in lines} == {True}
    bar.setEnabled(True)
    lines = drawing.draw(figures(bar)[0], day_bar, monkeypatch).lines
    assert {one.opacity for one in lines} == {1.0}

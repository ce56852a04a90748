from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets import shape
from bgtasks_gui.gui.widgets.empty import EmptyState
from bgtasks_gui.gui.widgets.shape import Shape
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect

#: What the content has in the smallest window.
ROOM = (584, 340)
MORE = (
    "Background Tasks runs what you want done while you do something else, and always says why. "
    "Nothing is running, nothing waits, and nothing is planned for the next days."
)


@pytest.fixture
def empty(dressed: theme.Theme, qtbot: QtBot) -> EmptyState:
    made = EmptyState("sparkles")
    qtbot.addWidget(made)
    made.resize(*ROOM)
    made.show()
    return made


def laid_out(empty: EmptyState) -> EmptyState:
    QApplication.processEvents()
    return empty


def labels(empty: EmptyState) -> list[QLabel]:
    return [one for one in laid_out(empty).findChildren(QLabel) if one.isVisible()]


def buttons(empty: EmptyState) -> list[QPushButton]:
    return [one for one in laid_out(empty).findChildren(QPushButton) if one.isVisible()]


def test_it_says_why_and_what_can_be_done(empty: EmptyState) -> None:
    empty.say("No tasks yet", MORE, "Add your first task", "Try the samples")
    assert [one.text() for one in labels(empty)] == ["No tasks yet", MORE]
    assert [one.text() for one in buttons(empty)] == ["Add your first task", "Try the samples"]
    empty.say("Reaching the agent…")
    assert [one.text() for one in labels(empty)] == ["Reaching the agent…"]
    assert buttons(empty) == []


def test_each_button_does_its_own(empty: EmptyState) -> None:
    empty.say("No tasks yet", "", "Add your first task", "Try the samples")
    acted, other_acted = collect(empty.acted), collect(empty.other_acted)
    first, other = buttons(empty)
    first.click()
    assert (len(acted), len(other_acted)) == (1, 0)
    other.click()
    assert (len(acted), len(other_acted)) == (1, 1)


def test_everybody_can_use_them(empty: EmptyState) -> None:
    empty.say("No tasks yet", MORE, "Add your first task", "Try the samples")
    assert accessible.faults(empty) == []
    assert accessible.reached(empty) == buttons(empty)


@pytest.mark.parametrize("more", [MORE, "Short.", "two\nlines", "x" * 300])
def test_the_second_sentence_has_the_height_its_lines_need(empty: EmptyState, more: str) -> None:
    empty.say("No tasks yet", MORE)
    empty.say("No tasks yet", more)
    lead, second = labels(empty)
    assert second.height() >= second.heightForWidth(second.width())
    assert lead.geometry().bottom() < second.geometry().top()
    assert second.geometry().right() < empty.width()


def test_what_is_short_stands_on_one_line(empty: EmptyState) -> None:
    empty.say("No tasks yet", "Search looks at names, commands and reasons.")
    _, second = labels(empty)
    assert second.height() < 2 * second.fontMetrics().lineSpacing()


@pytest.mark.parametrize("lead", ["“" + "x" * 900 + "”", "why not " * 60])
def test_long_words_force_no_width(empty: EmptyState, lead: str) -> None:
    empty.say(lead, lead)
    assert laid_out(empty).width() == ROOM[0]
    assert empty.minimumSizeHint().width() <= ROOM[0]
    for label in labels(empty):
        assert label.geometry().left() >= 0
        assert label.geometry().right() < ROOM[0]


def test_a_long_first_sentence_is_broken_into_lines(empty: EmptyState) -> None:
    empty.say("why not " * 20)
    [lead] = labels(empty)
    assert lead.height() > lead.fontMetrics().lineSpacing()
    assert lead.height() >= lead.heightForWidth(lead.width())


def test_its_icon_says_the_cause(empty: EmptyState, monkeypatch: pytest.MonkeyPatch) -> None:
    icon = empty.findChild(Shape)
    assert isinstance(icon, Shape)
    empty.say("No tasks yet")
    usual = icon.grab().toImage()
    assert len(drawing.draw(icon, shape, monkeypatch).pictures) == 1
    empty.say("Nothing here holds “x”.", icon="search")
    assert icon.grab().toImage() != usual
    empty.say("No tasks yet")
    assert icon.grab().toImage() == usual

"""A list of tagged objects as cards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.form.cards import Cards
from bgtasks_gui.gui.editor.schema import reading
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import press, shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
CRON = {"type": "cron", "expression": "0 1 * * *"}
MANUAL = {"type": "manual"}


@pytest.fixture
def cards(qtbot: QtBot) -> Cards:
    branches = [reading.read_entry(one) for one in catalogs.catalog().triggers]
    one = Cards(branches, Known(), "Add a time or an event")
    qtbot.addWidget(one)
    shown(one)
    return one


def test_the_menu_lists_what_there_is(cards: Cards) -> None:
    titles = [action.text() for action in cards.menu.actions()]
    assert titles[:3] == ["Every so often", "By a cron expression", "On days of the month"]
    assert len(titles) == len(catalogs.catalog().triggers)


@pytest.mark.parametrize(
    "value",
    [[], [CRON, MANUAL], [CRON, {"type": "of_later", "x": [1]}, MANUAL], ["no object", CRON]],
)
def test_whatever_was_set_comes_back(cards: Cards, value: list[object]) -> None:
    cards.set_value(value)
    assert cards.value() == value
    cards.set_value(None)
    assert cards.value() == []


def test_one_is_added_by_the_menu(cards: Cards, qtbot: QtBot) -> None:
    with qtbot.waitSignals([cards.changed, cards.rearranged]):
        cards.menu.actions()[0].trigger()
    assert cards.value() == [{"type": "interval"}]
    (card,) = cards.cards
    assert card.title.text() == "Every so often"
    assert card.form.fields["every"].edit.hasFocus()
    type_into(card.form.fields["every"].edit, "15m")
    assert cards.value() == [{"type": "interval", "every": "PT15M"}]


def test_one_is_removed_by_its_button(cards: Cards, qtbot: QtBot) -> None:
    cards.set_value([CRON, MANUAL])
    first = cards.cards[0]
    assert first.close_button.accessibleName() == "Remove: By a cron expression"
    with qtbot.waitSignals([cards.changed, cards.rearranged]):
        press(first.close_button, Qt.Key.Key_Space)
    assert cards.value() == [MANUAL]
    assert cards.cards[0].close_button.hasFocus()
    press(cards.cards[0].close_button, Qt.Key.Key_Space)
    assert cards.value() == []
    assert cards.add_button.hasFocus()


def test_each_says_what_the_agent_makes_of_it(cards: Cards) -> None:
    cards.set_value([CRON, MANUAL])
    cards.say(["at 01:00", "by hand"])
    assert cards.cards[0].sentence.text() == "At 01:00"
    assert not cards.cards[1].sentence.isVisible()
    cards.say(())
    assert not cards.cards[0].sentence.isVisible()


def test_errors_by_place(cards: Cards) -> None:
    cards.set_value([MANUAL, CRON])
    cards.show_error_at((1, "expression"), "Not so.")
    cards.show_error_at((0, "x"), "No such field.")
    cards.show_error_at((7,), "Too many.")
    assert cards.cards[1].form.fields["expression"].error == "Not so."
    assert cards.cards[0].error.text() == "No such field."
    assert cards._error.text() == "Too many."
    cards.show_error_at((1, "of_later", 0), "Odd.")
    assert cards.cards[1].error.text() == "Odd."
    cards.clear_errors()
    assert cards.cards[1].form.fields["expression"].error is None
    assert not any(one.isVisible() for one in (cards._error, *(c.error for c in cards.cards)))


def test_what_is_missing_is_said_by_place(cards: Cards) -> None:
    cards.set_value([MANUAL, {"type": "interval"}])
    assert list(cards.problems()) == [((1, "every"), "Fill this in.")]


def test_what_was_touched(cards: Cards) -> None:
    cards.set_value([CRON])
    assert not cards.is_touched_at((0, "expression"))
    assert not cards.is_touched_at((3,))
    type_into(cards.cards[0].form.fields["expression"].edit, "x")
    assert cards.is_touched_at((0, "expression"))


def test_a_place_can_be_found(cards: Cards) -> None:
    cards.set_value([MANUAL, CRON])
    cards.focus_at((1, "expression"))
    expression = cards.cards[1].form.fields["expression"]
    assert expression.edit.hasFocus()
    assert cards.widget_at((1, "expression")) is expression
    assert cards.label_at((1, "expression")) == "By a cron expression"
    cards.focus_at((9,))
    assert cards.add_button.hasFocus()
    assert cards.widget_at((9,)) is cards
    assert cards.label_at(()) == ""

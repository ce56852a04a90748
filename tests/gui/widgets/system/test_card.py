from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system import card as cards
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> SystemCard:
    one = SystemCard("Programs", "There is no program.")
    qtbot.addWidget(one)
    one.resize(300, 300)
    one.show()
    return one


@pytest.fixture
def entries(card: SystemCard) -> Entries[str, QPushButton]:
    return Entries(card.body, QPushButton, lambda button, words: button.setText(words))


def words(entries: Entries[str, QPushButton]) -> list[str]:
    return [one.text() for one in entries.all()]


def test_it_says_why_it_is_empty(card: SystemCard) -> None:
    assert card.empty.text() == cards.UNREAD
    card.show_unknown()
    assert card.empty.text() == cards.UNKNOWN
    card.show_emptiness(is_empty=True)
    assert card.empty.text() == "There is no program."
    card.show_unknown()
    assert card.empty.text() == "There is no program.", "that was so, and is known"
    card.show_emptiness(is_empty=False)
    assert not card.empty.isVisible()


def test_each_stays_with_what_it_is_about(entries: Entries[str, QPushButton]) -> None:
    entries.show_all({1: "one", 2: "two"})
    one, two = entries.all()
    entries.show_all({3: "three", 2: "second", 1: "one"})
    assert words(entries) == ["three", "second", "one"]
    assert entries.find(1) is one
    assert entries.find(2) is two
    entries.show_all({2: "two"})
    assert words(entries) == ["two"]
    assert entries.find(1) is None


def test_the_keyboard_does_not_slip_to_another_one(
    card: SystemCard, entries: Entries[str, QPushButton], qtbot: QtBot
) -> None:
    entries.show_all({1: "one", 2: "two"})
    card.activateWindow()
    entries.find(1).setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is entries.find(1))
    entries.show_all({2: "two"})
    QApplication.processEvents()
    assert not entries.find(2).hasFocus()
    pressed = []
    entries.find(2).clicked.connect(lambda: pressed.append(2))
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert pressed == []

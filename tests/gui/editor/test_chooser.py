"""What a new task begins with."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.chooser import TemplateChooser
from bgtasks_gui.gui.editor.templates import Template
from tests.gui.editor.support.people import press, shown

pytestmark = pytest.mark.usefixtures("dressed")
TEMPLATES = [
    Template(name=str(n), title=f"Title {n}", description="What it does.", icon="plus", spec={})
    for n in range(5)
]


@pytest.fixture
def chooser(qtbot: QtBot) -> TemplateChooser:
    one = TemplateChooser(TEMPLATES)
    qtbot.addWidget(one)
    shown(one)
    one.setFocus()
    return one


def focused(chooser: TemplateChooser) -> list[int]:
    return [place for place, card in enumerate(chooser.cards) if card.hasFocus()]


def test_the_first_has_the_focus_and_shows_it(chooser: TemplateChooser) -> None:
    assert focused(chooser) == [0]
    assert chooser.cards[0]._frame.property("focused") is True
    press(chooser.cards[0], Qt.Key.Key_Tab)
    assert focused(chooser) == [1]
    assert chooser.cards[0]._frame.property("focused") is False


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ([Qt.Key.Key_Right], 1),
        ([Qt.Key.Key_Down, Qt.Key.Key_Down], 4),
        ([Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left], 0),
        ([Qt.Key.Key_Left], 0),
        ([Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down], 3),
    ],
)
def test_arrow_keys_go_from_card_to_card(
    chooser: TemplateChooser, keys: list[Qt.Key], place: int
) -> None:
    for key in keys:
        press(chooser.cards[focused(chooser)[0]], key)
    assert focused(chooser) == [place]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_chooses(chooser: TemplateChooser, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(chooser.chosen) as told:
        press(chooser.cards[2], key)
    assert told.args == [TEMPLATES[2]]


def test_the_mouse_chooses(chooser: TemplateChooser, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chooser.chosen) as told:
        qtbot.mouseClick(chooser.cards[1], Qt.MouseButton.LeftButton)
    assert told.args == [TEMPLATES[1]]


def test_a_card_is_a_button_with_words(chooser: TemplateChooser) -> None:
    card = chooser.cards[0]
    spoken = QAccessible.queryAccessibleInterface(card)
    assert spoken.role() == QAccessible.Role.Button
    assert spoken.text(QAccessible.Text.Name) == "Title 0"
    assert spoken.text(QAccessible.Text.Description) == "What it does."


def test_without_templates_there_is_nothing_to_choose(qtbot: QtBot) -> None:
    chooser = TemplateChooser([])
    qtbot.addWidget(chooser)
    assert chooser.cards == []

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards.access_card import AccessCard
from bgtasks_gui.wire.background import AccessView
from tests.gui.fakes.background import access
from tests.gui.support import accessible
from tests.gui.support.stages import collect


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> AccessCard:
    one = AccessCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (access(), "Transfers data, plays sound"),
        (access(modes=()), "Works in the background"),
        (access(keep_running=False), "Denied: transfers data, plays sound"),
        (access(keep_running=False, modes=()), "Denied"),
    ],
)
def test_what_a_program_may(card: AccessCard, known: AccessView, words: str) -> None:
    card.show_access([known])
    [line] = card.entries.all()
    said = {one.text() for one in line.findChildren(QLabel) if one.isVisibleTo(line) and one.text()}
    assert said == {"org.example.Sync", words}
    assert line.switch.isChecked() is known.keep_running
    assert accessible.name(line.switch) == "org.example.Sync may work in the background"


def test_a_switch_says_what_is_confirmed(card: AccessCard) -> None:
    card.show_access([access()])
    [line] = card.entries.all()
    switched = collect(card.switched)
    line.switch.click()
    assert switched == [(access(keep_running=False),)]
    assert line.switch.isChecked()
    assert not line.switch.isEnabled()
    card.show_access([access(keep_running=False)])
    assert not line.switch.isChecked()
    assert line.switch.isEnabled()


def test_everything_can_be_reached(card: AccessCard) -> None:
    card.show_access([access(), access("mail")])
    assert accessible.faults(card) == []
    card.show_access([])
    assert card.empty.text() == "No program has asked to work in the background."

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards.holds_card import HoldsCard
from bgtasks_gui.wire.background import HoldView
from tests.gui.fakes.background import hold
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()
SINCE = f"since {times.clock(views.stamp(0), NOW)}"


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> HoldsCard:
    one = HoldsCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


def said(card: HoldsCard) -> list[set[str]]:
    return [
        {one.text() for one in line.findChildren(QLabel) if one.isVisibleTo(line) and one.text()}
        for line in card.entries.all()
    ]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (hold(), {"Kept from sleep and shutdown", "Home backup is running.", SINCE}),
        (hold(is_held=False), {"Not kept from sleep and shutdown yet", "Home backup is running.",
                               SINCE}),
        (hold(what="idle", is_held=None, why="There is no logind."),
         {"Cannot be kept from sleep while idle here", "There is no logind."}),
        (hold(since=None), {"Kept from sleep and shutdown", "Home backup is running."}),
    ],
)  # fmt: skip
def test_what_is_held_why_and_since_when(card: HoldsCard, held: HoldView, words: set[str]) -> None:
    card.show_holds([held], NOW)
    assert said(card) == [words]


def test_several_for_the_same_reason(card: HoldsCard) -> None:
    card.show_holds([hold(), hold()], NOW)
    assert len(said(card)) == 2
    card.show_holds([], NOW)
    assert said(card) == []
    assert card.empty.text() == "Nothing keeps this computer from sleep or shutdown."

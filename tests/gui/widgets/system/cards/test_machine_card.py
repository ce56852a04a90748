from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards.machine_card import MachineCard
from bgtasks_gui.wire import shapes
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> MachineCard:
    one = MachineCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


def facts(card: MachineCard) -> list[list[str]]:
    return [[one.text() for one in line.findChildren(QLabel)] for line in card.entries.all()]


def test_facts_by_their_names(card: MachineCard) -> None:
    known = (
        shapes.FactView(name="power", value="mains", ok=True),
        shapes.FactView(name="network", value="online,\nmetered", ok=False),
    )
    card.show_system(views.system(facts=known), NOW)
    assert facts(card) == [["Power", "mains"], ["Network", "online, metered"]]
    assert not card.empty.isVisible()
    assert card.note.text() == f"Agent 0.1.0, up since {times.clock(views.AT, NOW)}"


def test_without_facts_it_says_so(card: MachineCard) -> None:
    card.show_system(views.system(), NOW)
    assert card.empty.text() == "Nothing is known of this machine."


def test_a_long_fact_gives_way(card: MachineCard) -> None:
    known = (shapes.FactView(name="session", value="somebody " * 60, ok=True),)
    card.show_system(views.system(facts=known), NOW)
    assert card.minimumSizeHint().width() < 300

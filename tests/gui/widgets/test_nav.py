from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import metrics, theme
from bgtasks_gui.gui.widgets import nav
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.nav import FactsCard, NavButton, Sidebar
from bgtasks_gui.wire import shapes
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect

PAGES = [("Overview", "layout-dashboard"), ("Tasks", "list-checks"), ("History", "history")]


@pytest.fixture
def button(dressed: theme.Theme, qtbot: QtBot) -> NavButton:
    made = NavButton("History", "history")
    qtbot.addWidget(made)
    made.resize(metrics.SIDEBAR - 20, metrics.NAV_ROW)
    return made


@pytest.fixture
def sidebar(dressed: theme.Theme, qtbot: QtBot) -> Sidebar:
    made = Sidebar(PAGES)
    qtbot.addWidget(made)
    made.resize(metrics.SIDEBAR, 520)
    made.show()
    return made


def fact(name: str, value: str, *, ok: bool = True) -> shapes.FactView:
    return shapes.FactView(name=name, value=value, ok=ok)


# One page


@pytest.mark.parametrize(
    ("count", "figure"),
    [(0, []), (1, ["1"]), (999, ["999"]), (1000, ["1,000"]), (9999, ["9,999"]),
     (10_000, ["10k"]), (12_999, ["12k"]), (999_999, ["999k"]), (1_500_000, ["1,500k"])],
)  # fmt: skip
def test_how_much_there_is(
    button: NavButton, monkeypatch: pytest.MonkeyPatch, count: int, figure: list[str]
) -> None:
    button.set_count(count)
    notes = drawing.draw(button, nav, monkeypatch)
    assert notes.texts == figure
    assert notes.outside(100, button.width() - 10) == []
    assert notes.pictures == []


@pytest.mark.parametrize("state", states.APPEARANCES)
def test_a_count_of_a_state_has_its_shape_and_colour(
    button: NavButton, dressed: theme.Theme, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    button.set_count(1_000_000, state)
    notes = drawing.draw(button, nav, monkeypatch)
    [line], [picture] = notes.lines, notes.pictures
    assert line.colour == dressed.color(states.APPEARANCES[state].role).name()
    assert picture.right() < line.left
    title = button.fontMetrics().horizontalAdvance("  History") + metrics.ICON + 16
    assert picture.left() > title


def test_a_new_count_is_drawn_at_once(button: NavButton, monkeypatch: pytest.MonkeyPatch) -> None:
    button.show()
    assert drawing.redrawn(lambda: button.set_count(7), nav, monkeypatch).texts == ["7"]
    assert drawing.redrawn(lambda: button.set_count(7), nav, monkeypatch).texts == []


def test_it_says_its_count_and_the_state(button: NavButton) -> None:
    assert accessible.name(button) == "History"
    button.set_count(12_345)
    assert accessible.name(button) == "History, 12,345"
    button.set_count(2, "failed")
    assert accessible.name(button) == "History, 2 failed"
    button.set_count(0, "failed")
    assert accessible.name(button) == "History"


def test_the_count_follows_the_theme(
    button: NavButton, dressed: theme.Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    button.set_count(2, "failed")
    dressed.choose("dark")
    notes = drawing.draw(button, nav, monkeypatch)
    assert notes.line("2").colour == dressed.color("failed").name()


# All of them


def test_a_page_is_chosen_by_mouse_and_by_keyboard(sidebar: Sidebar) -> None:
    chosen = collect(sidebar.chosen)
    sidebar.choose(0)
    assert chosen == []
    sidebar.buttons[2].click()
    assert chosen == [(2,)]
    sidebar.buttons[2].setFocus()
    QTest.keyClick(sidebar.buttons[2], Qt.Key.Key_Up)
    assert chosen == [(2,), (1,)]
    assert [one.isChecked() for one in sidebar.buttons] == [False, True, False]


def test_everybody_can_use_it(sidebar: Sidebar) -> None:
    sidebar.choose(0)
    sidebar.facts.show_facts([fact("power", "mains")])
    assert accessible.faults(sidebar) == []
    names = [accessible.name(one) for one in accessible.controls(sidebar)]
    assert names == ["Overview", "Tasks", "History"]


def test_it_keeps_its_width_whatever_the_facts_say(sidebar: Sidebar) -> None:
    sidebar.facts.show_facts([fact("network", "very long name of a phone " * 9)])
    QApplication.processEvents()
    assert sidebar.width() == metrics.SIDEBAR
    assert sidebar.facts.geometry().right() < metrics.SIDEBAR


# Facts


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> FactsCard:
    made = FactsCard()
    qtbot.addWidget(made)
    made.resize(196, 140)
    return made


def lines(card: FactsCard) -> list[str]:
    QApplication.processEvents()
    return [one.text() for one in card.findChildren(ElidedLabel) if one.isVisible()]


def test_without_facts_there_is_no_card(card: FactsCard) -> None:
    card.show_facts([])
    assert not card.isVisible()
    card.show_facts([fact("power", "mains")])
    assert card.isVisible()
    card.show_facts([])
    assert not card.isVisible()


def test_facts_are_said_and_fewer_later(card: FactsCard) -> None:
    card.show_facts([fact("network", "metered", ok=False), fact("power", "mains")])
    assert lines(card) == ["Network: metered", "Power: mains"]
    high = card.sizeHint().height()
    card.show_facts([fact("power", "battery, 62 %", ok=False)])
    assert lines(card) == ["Power: battery, 62 %"]
    assert card.sizeHint().height() < high
    card.show_facts([fact("power", "mains"), fact("DNS", "works")])
    assert lines(card) == ["Power: mains", "DNS: works"]


def test_a_fact_that_stands_in_the_way_has_another_shape(card: FactsCard) -> None:
    card.show_facts([fact("power", "mains")])
    card.grab()
    [shape] = [one for one in card.findChildren(nav.Shape) if one.isVisible()]
    well = shape.grab().toImage()
    card.show_facts([fact("power", "mains", ok=False)])
    assert shape.grab().toImage() != well
    assert "Conditions now" in [one.text() for one in card.findChildren(QLabel)]

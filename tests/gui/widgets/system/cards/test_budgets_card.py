from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards import budgets_card
from bgtasks_gui.gui.widgets.system.cards.budgets_card import BudgetLine, BudgetsCard
from bgtasks_gui.wire.background import BudgetView
from tests.gui.fakes.background import budget, delay
from tests.gui.support import accessible
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> BudgetsCard:
    one = BudgetsCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


def said(line: BudgetLine) -> set[str]:
    return {one.text() for one in line.findChildren(QLabel) if one.isVisibleTo(line) and one.text()}


@pytest.mark.parametrize(
    ("known", "words", "share"),
    [
        (budget(0.0), {"0 s of 10 min used"}, 0.0),
        (budget(252.3), {"4 min 12 s of 10 min used", "Some comes back in 30 min."}, 0.42),
        (
            budget(600.0),
            {"10 min of 10 min used", "All of it is used; some comes back in 30 min."},
            1.0,
        ),
        (budget(5.0, limit_s=0.0), {"5 s of 0 s used", "All of it is used; some comes back in 30 "
                                    "min."}, 1.0),
    ],
)  # fmt: skip
def test_what_is_used_and_when_it_comes_back(
    card: BudgetsCard, known: BudgetView, words: set[str], share: float
) -> None:
    card.show_budgets([known], NOW)
    [line] = card.entries.all()
    assert said(line) == words | {"org.example.Editor"}
    assert line.meter.share == pytest.approx(share, abs=0.01)
    assert accessible.name(line.meter).startswith("org.example.Editor: ")


def test_what_is_open_and_what_it_has_left(card: BudgetsCard) -> None:
    open_ = (delay(1), delay(2, reason="", remaining=999))
    card.show_budgets([budget(252.0, *open_)], NOW)
    [line] = card.entries.all()
    words = [[one.text() for one in delay.findChildren(QLabel)] for delay in line.open.all()]
    assert words == [["Saving the document", "2 min 20 s left"], ["No reason given", "1 s left"]]
    card.show_budgets([budget(252.0)], NOW)
    assert line.open.all() == []


def test_without_any_it_says_so(card: BudgetsCard) -> None:
    card.show_budgets([], NOW)
    assert card.empty.text() == "No program has asked for time before it is suspended."


def test_time_is_whole_seconds() -> None:
    assert budgets_card.clock(251.6) == "4 min 12 s"
    assert budgets_card.clock(-3) == "0 s"

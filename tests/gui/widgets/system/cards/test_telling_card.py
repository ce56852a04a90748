from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards.telling_card import TellingCard
from bgtasks_gui.wire.notices import TellingView
from tests.gui.fakes.notices import surface, telling
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()
AWAY = surface(
    "kde_jobs",
    title="Job view",
    is_available=False,
    is_used=False,
    sentence="no desktop shows jobs",
)
DOCK = surface("launcher", title="Count on the icon", sentence="a dock shows it")


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> TellingCard:
    one = TellingCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


def said(card: TellingCard) -> list[list[str]]:
    return [
        [one.text() for one in line.findChildren(QLabel) if one.isVisibleTo(line) and one.text()]
        for line in card.entries.all()
    ]


def test_each_way_with_what_it_can_do(card: TellingCard) -> None:
    card.show_telling(telling(AWAY, surface(), DOCK, held_back=3), NOW)
    first, beside, away = map(sorted, said(card))
    assert first == [
        "Desktop notifications", "Dunst 1.9.0 shows progress and buttons", "Speaks now",
    ]  # fmt: skip
    assert beside == ["A dock shows it", "Count on the icon", "In use"]
    assert away == ["Job view", "No desktop shows jobs"]
    assert card.note.text() == "3 held back"
    assert not card.warning.isVisible()


@pytest.mark.parametrize(
    ("known", "warning"),
    [
        (telling(is_quiet=True), "Quiet hours"),
        (telling(AWAY, DOCK), "No service shows notices"),
        # That they are held back comes first.
        (telling(AWAY, is_quiet=True), "Quiet hours"),
    ],
)
def test_it_warns_of_what_keeps_notices_back(
    card: TellingCard, known: TellingView, warning: str
) -> None:
    card.show_telling(known, NOW)
    assert warning in [one.text() for one in card.warning.findChildren(QLabel)]
    assert card.warning.isVisible()
    card.show_telling(telling(), NOW)
    assert not card.warning.isVisible()


def test_without_any_way_it_says_so(card: TellingCard) -> None:
    nothing = TellingView(surfaces=(), held_back=0, is_quiet=False, quiet_until=None)
    card.show_telling(nothing, NOW)
    assert card.empty.isVisible()
    assert not card.warning.isVisible()

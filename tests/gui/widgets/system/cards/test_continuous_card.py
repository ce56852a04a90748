from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.cards.continuous_card import ContinuousCard, ContinuousLine
from tests.gui.fakes.background import check, continuous
from tests.gui.support import accessible, views
from tests.gui.support.clocks import ManualNow
from tests.gui.support.stages import collect

NOW = ManualNow()()
SINCE = f"since {times.clock(views.stamp(0), NOW)}"


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> ContinuousCard:
    one = ContinuousCard()
    qtbot.addWidget(one)
    one.resize(340, 300)
    one.show()
    return one


def said(line: ContinuousLine) -> set[str]:
    return {one.text() for one in line.findChildren(QLabel) if one.isVisibleTo(line) and one.text()}


def test_what_goes_on_for_whom_and_since_when(card: ContinuousCard) -> None:
    card.show_tasks([continuous(keeps_awake=True, ability="photos")], NOW)
    [line] = card.entries.all()
    assert said(line) == {
        "Syncing photos", "2,140 of 3,900 files", "org.example.Sync, photos", SINCE,
        "Keeps the computer awake", "Transfers data. It moves 12 MB/s.",
    }  # fmt: skip


def test_one_without_a_title_is_called_by_its_owner(card: ContinuousCard) -> None:
    card.show_tasks([continuous(title="", text="", modes=(), checks=())], NOW)
    [line] = card.entries.all()
    assert said(line) == {"org.example.Sync", SINCE}


def test_each_mode_and_whether_it_is_used(card: ContinuousCard) -> None:
    checks = (
        check(),
        check("audioPlayback", False, "nothing plays."),
        check("location", None, "It cannot be checked here: there is no GeoClue."),
    )
    modes = ("dataTransfer", "audioPlayback", "location", "workout")
    card.show_tasks([continuous(modes=modes, checks=checks)], NOW)
    [line] = card.entries.all()
    words = [one.findChild(QLabel).text() for one in line.checks.all()]
    assert words == [
        "Transfers data. It moves 12 MB/s.",
        "Plays sound. Nothing plays.",
        "Follows the location. It cannot be checked here: there is no GeoClue.",
        "Follows a workout",
    ]


def test_it_is_cancelled_once(card: ContinuousCard) -> None:
    card.show_tasks([continuous(1), continuous(2, title="Radio")], NOW)
    wanted = collect(card.cancel_wanted)
    button = card.entries.find(2).button
    assert accessible.name(button) == "Cancel Radio"
    button.click()
    button.click()
    assert wanted == [(2,)]
    assert button.text() == "Cancelling…"
    card.show_tasks([continuous(2, title="Radio")], NOW)
    assert not button.isEnabled(), "it is not confirmed yet"
    card.settle(2)
    card.settle(1)
    assert (button.isEnabled(), button.text()) == (True, "Cancel")


def test_everything_can_be_reached(card: ContinuousCard) -> None:
    card.show_tasks([continuous(1), continuous(2)], NOW)
    assert accessible.faults(card) == []
    card.show_tasks([], NOW)
    assert card.empty.text() == "No program says that it works for long now."

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system import telling_bar
from bgtasks_gui.gui.widgets.system.telling_bar import TellingBar
from bgtasks_gui.wire.notices import TellingView
from tests.gui.fakes.notices import surface, telling
from tests.gui.support import accessible, views
from tests.gui.support.clocks import ManualNow
from tests.gui.support.stages import collect

NOW = ManualNow()()


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def bar(dressed: theme.Theme, qtbot: QtBot) -> TellingBar:
    one = TellingBar()
    qtbot.addWidget(one)
    one.resize(744, 44)
    one.show()
    return one


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (telling(), "Desktop notifications: dunst 1.9.0 shows progress and buttons"),
        (telling(surface(is_used=False)), telling_bar.NOBODY),
        (telling(is_quiet=True), "Quiet hours: notices are held back"),
        (
            telling(is_quiet=True, quiet_until=views.stamp(7200)),
            "Quiet hours until 17:00: notices are held back",
        ),
    ],
)
def test_it_says_who_shows_notices(bar: TellingBar, known: TellingView, sentence: str) -> None:
    bar.show_telling(known, NOW)
    assert bar.sentence.text() == sentence


def test_it_counts_what_was_held_back(bar: TellingBar) -> None:
    bar.show_telling(telling(), NOW)
    assert bar.held_back.text() == ""
    bar.show_telling(telling(held_back=1234), NOW)
    assert bar.held_back.text() == "1,234 held back"


def test_it_leads_to_more(bar: TellingBar) -> None:
    wanted = collect(bar.more_wanted)
    [more] = bar.findChildren(QPushButton)
    more.click()
    assert wanted == [()]
    assert accessible.faults(bar) == []


def test_a_long_sentence_gives_way(bar: TellingBar) -> None:
    bar.show_telling(telling(surface(sentence="shows everything " * 40), held_back=12), NOW)
    assert bar.minimumSizeHint().width() < 500

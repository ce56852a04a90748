from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from bgtasks_gui.gui import closing
from bgtasks_gui.gui.closing import Closing
from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.tray.tray import Tray
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect


class PlayedTray(QObject):
    """A tray that is there when the test says so."""

    presence_changed = Signal(bool)

    def __init__(self, is_there: bool) -> None:
        super().__init__()
        self.is_there = is_there

    def become(self, is_there: bool) -> None:
        self.is_there = is_there
        self.presence_changed.emit(is_there)


class Desk:
    """A window with a tray, or without."""

    def __init__(self, window: Window, stage: Stage) -> None:
        self.window = window
        self.prefs = stage.keeper.prefs
        self.tray = PlayedTray(is_there=True)
        self.closing = Closing(window, cast(Tray, self.tray))
        self.ended = collect(self.closing.ended)

    @property
    def asked(self) -> list[QuitDialog]:
        return [one for one in self.window.findChildren(QuitDialog) if one.isVisible()]

    @property
    def said(self) -> list[str]:
        return [f"{one.lead} {one.text}" for one in self.window.banners.messages()]

    def answer(self, words: str, *, remember: bool) -> None:
        [dialog] = self.asked
        dialog.remember.setChecked(remember)
        [button] = [one for one in dialog.findChildren(QPushButton) if one.text() == words]
        button.click()


@pytest.fixture
async def desk(window: Window, stage: Stage) -> Desk:
    return Desk(window, stage)


# Closing


async def test_closing_puts_the_window_into_the_tray(desk: Desk) -> None:
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.ended == []


async def test_without_a_tray_closing_minimises_and_says_so(desk: Desk) -> None:
    desk.tray.is_there = False
    desk.window.close()
    assert desk.window.isMinimized()
    assert desk.said == ["There is no tray here. Closing minimises the window; Ctrl+Q quits."]
    desk.tray.become(True)
    assert desk.said == []
    assert desk.window.isMinimized(), "it is where the person left it"


async def test_closing_quits_where_the_person_wants_that(desk: Desk) -> None:
    desk.prefs.close_to_tray = False
    desk.window.close()
    assert desk.window.isVisible()
    desk.answer("Keep tasks running", remember=False)
    assert desk.ended == [("keep",)]


async def test_a_hidden_window_comes_back_when_its_tray_goes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "RESTART_MS", 10)
    desk.window.close()
    desk.tray.become(False)
    await looping.until(desk.window.isMinimized)
    desk.window.come_forward()
    assert desk.window.isVisible()
    assert not desk.window.isMinimized()


async def test_a_panel_that_is_started_again_brings_nothing_up(desk: Desk) -> None:
    desk.window.close()
    desk.tray.become(False)
    desk.tray.become(True)
    assert not desk.closing._patience.isActive()
    assert not desk.window.isVisible()


async def test_a_window_that_is_seen_does_not_care_for_the_tray(desk: Desk) -> None:
    desk.tray.become(False)
    desk.tray.become(True)
    assert desk.window.isVisible()
    assert not desk.window.isMinimized()


# Starting hidden


async def test_it_starts_in_the_tray(desk: Desk) -> None:
    desk.window.hide()
    desk.closing.start_minimized()
    assert not desk.window.isVisible()


async def test_it_starts_minimised_until_a_tray_comes(desk: Desk) -> None:
    desk.window.hide()
    desk.tray.is_there = False
    desk.closing.start_minimized()
    assert desk.window.isMinimized()
    desk.tray.become(True)
    assert not desk.window.isVisible()
    desk.window.showMinimized()
    desk.tray.become(False)
    desk.tray.become(True)
    assert desk.window.isMinimized(), "only the first time"


async def test_a_window_that_was_looked_at_in_the_meantime_stays(desk: Desk) -> None:
    desk.window.hide()
    desk.tray.is_there = False
    desk.closing.start_minimized()
    desk.window.come_forward()
    desk.tray.become(True)
    assert desk.window.isVisible()


# Quitting


@pytest.mark.parametrize(
    ("words", "choice"), [("Keep tasks running", "keep"), ("Stop the tasks", "stop")]
)
async def test_quitting_asks_once_and_remembers(desk: Desk, words: str, choice: str) -> None:
    desk.closing.quit()
    desk.answer(words, remember=True)
    assert desk.ended == [(choice,)]
    assert desk.prefs.quit == choice
    desk.closing.quit()
    assert desk.asked == []
    assert desk.ended == [(choice,), (choice,)]


async def test_an_answer_for_this_time_is_not_remembered(desk: Desk) -> None:
    desk.closing.quit()
    desk.answer("Stop the tasks", remember=False)
    assert desk.prefs.quit == "ask"


async def test_one_can_stay(desk: Desk) -> None:
    desk.closing.quit()
    desk.answer("Stay here", remember=True)
    assert desk.ended == []
    assert desk.prefs.quit == "ask"
    await looping.until(lambda: not desk.asked)
    desk.closing.quit()
    assert len(desk.asked) == 1


async def test_it_asks_one_question_however_often_one_quits(desk: Desk) -> None:
    desk.closing.quit()
    desk.closing.quit()
    assert len(desk.asked) == 1


async def test_quitting_from_the_tray_shows_the_question(stage: Stage, desk: Desk) -> None:
    stage.load([views.task()], [views.run(1), views.run(2, "suspended"), views.run(3, "waiting")])
    desk.window.close()
    desk.closing.quit()
    assert desk.window.isVisible()
    [dialog] = desk.asked
    words = " ".join(one.text() for one in dialog.findChildren(QObject) if hasattr(one, "text"))
    assert "2 runs are under way." in words

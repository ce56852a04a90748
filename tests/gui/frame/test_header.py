from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.frame.header import Header
from bgtasks_gui.gui.style import theme
from tests.gui.support import accessible, looping
from tests.gui.support.stages import collect


@pytest.fixture
async def header(window_loop: object, qtbot: QtBot) -> Header:
    pauses = QMenu()
    pauses.addAction("For 1 hour")
    one = Header(pauses)
    qtbot.addWidget(one)
    one.resize(1060, 54)
    one.show_page("Tasks", "Search tasks")
    one.show()
    return one


async def test_it_says_where_one_is_and_searches_where_one_can(header: Header) -> None:
    assert [one.text() for one in header.findChildren(QLabel) if one.isVisible()] == ["Tasks"]
    assert header.search.placeholderText() == "Search tasks"
    header.show_page("Overview", "")
    assert not header.search.isVisible()


async def test_words_are_searched_once_one_stops_typing(header: Header, qtbot: QtBot) -> None:
    heard = collect(header.searched)
    qtbot.keyClicks(header.search, "back")
    assert heard == []
    await looping.until(lambda: heard)
    assert heard == [("back",)]


async def test_enter_searches_at_once_and_goes_to_the_list(header: Header, qtbot: QtBot) -> None:
    heard, left = collect(header.searched), collect(header.left)
    qtbot.keyClicks(header.search, "back")
    qtbot.keyClick(header.search, Qt.Key.Key_Return)
    assert (heard, len(left)) == ([("back",)], 1)
    assert not header._typing.isActive()


async def test_escape_ends_the_search(header: Header, qtbot: QtBot) -> None:
    header.activateWindow()
    header.search.setFocus()
    qtbot.keyClicks(header.search, "back")
    heard, left = collect(header.searched), collect(header.left)
    qtbot.keyClick(header.search, Qt.Key.Key_Escape)
    assert header.search.text() == ""
    assert (heard, len(left)) == ([("",)], 1)


# Offscreen nothing can hold on to the keyboard for a menu.
@pytest.mark.qt_log_ignore("grabbing the keyboard")
async def test_it_offers_to_pause_or_to_resume(header: Header, qtbot: QtBot) -> None:
    assert header.pause.text().strip() == "Pause all"
    header.pause.click()
    assert header._pauses.isVisible()
    header._pauses.close()
    header.show_pause(is_paused=True)
    assert header.pause.text().strip() == "Resume all"
    wanted = collect(header.resume_wanted)
    header.pause.click()
    assert len(wanted) == 1
    assert not header._pauses.isVisible()


async def test_a_new_task_is_asked_for(header: Header) -> None:
    wanted = collect(header.new_wanted)
    header.new.click()
    assert len(wanted) == 1


async def test_everybody_can_use_it(header: Header, dressed: theme.Theme) -> None:
    assert accessible.faults(header) == []
    dressed.choose("dark")
    header.draw()
    assert accessible.faults(header) == []

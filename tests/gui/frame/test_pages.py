from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui import sides
from bgtasks_gui.gui.frame import pages as pages_module
from bgtasks_gui.gui.frame import window as window_module
from bgtasks_gui.gui.frame.pages import Pages
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.views import PAGES
from bgtasks_gui.gui.views.page import Page
from tests.gui.support import views
from tests.gui.support.looks import Flashes
from tests.gui.support.stages import Stage, collect


@pytest.fixture
def pages(stage: Stage, qtbot: QtBot) -> Pages:
    one = Pages(stage.parts)
    qtbot.addWidget(one)
    return one


async def test_a_page_is_made_when_it_is_first_turned_to(pages: Pages) -> None:
    made = collect(pages.made)
    assert pages.known() == []
    tasks = pages.turn_to(pages.place_of("tasks"))
    assert pages.current is tasks
    assert pages.turn_to(1) is tasks
    assert made == [(tasks,)]
    assert pages.known() == [(1, tasks)]


async def test_those_that_are_missing_are_made(pages: Pages) -> None:
    tasks = pages.turn_to(1)
    assert [page.name for page in pages.all()] == [page.name for page in PAGES]
    assert pages.current is tasks


async def test_nothing_flashes_while_they_are_made(pages: Pages) -> None:
    with Flashes() as flashes:
        pages.all()
    assert flashes.seen == []


async def test_a_page_nobody_knows_is_the_first(pages: Pages) -> None:
    assert pages.place_of("nowhere") == 0


async def test_a_page_that_is_made_late_has_what_there_is(stage: Stage, pages: Pages) -> None:
    ended = views.run(2, "completed")
    stage.load([views.task()], [views.run(1), ended])
    stage.put(views.run(3, "waiting"))
    shown = {page.name: page for page in pages.all()}
    assert shown["tasks"].count() == (1, "")
    assert shown["activity"].table.rowCount() == 2
    assert shown["history"].table.rowCount() == 1


class NotesPage(Page):
    """A page that somebody adds."""

    name = "notes"
    title = "Notes"
    icon = "file-text"


async def test_a_new_page_is_a_file_and_a_line(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pages_module, window_module):
        monkeypatch.setattr(module, "PAGES", (*PAGES, NotesPage))
    window = Window(stage.parts, sides.make_sides(stage.parts, str), QMenu())
    qtbot.addWidget(window, before_close_func=lambda it: setattr(it, "may_close", True))
    assert window.sidebar.buttons[-1].accessibleName() == "Notes"
    window.sidebar.buttons[-1].click()
    assert isinstance(window.page, NotesPage)
    assert window.show_page("overview") is not window.show_page("notes")

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import icons
from bgtasks_gui.gui.views import PAGES
from bgtasks_gui.gui.views.page import Page
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage

EACH = pytest.mark.parametrize("make", PAGES, ids=lambda one: one.name)


def test_every_page_has_words_and_a_sign_of_its_own() -> None:
    titles = ["Overview", "Tasks", "Activity", "Transfers", "History", "Notices", "System"]
    assert [page.title for page in PAGES] == titles
    for named in ("name", "title", "icon"):
        assert len({getattr(page, named) for page in PAGES}) == len(PAGES)


@EACH
async def test_the_sign_of_a_page_can_be_drawn(stage: Stage, make: type[Page]) -> None:
    assert make.icon in icons.names()


@EACH
async def test_a_page_is_of_use_to_everybody(stage: Stage, qtbot: QtBot, make: type[Page]) -> None:
    page = make(stage.parts)
    qtbot.addWidget(page)
    page.show()
    stage.load()
    await looping.quiet()
    assert accessible.faults(page) == []
    stage.load([views.ended_task(1, "failed")], [views.run(2), views.run(1, "failed")])
    page.refresh()
    await looping.quiet()
    assert accessible.faults(page) == []


@EACH
async def test_a_page_can_be_asked_for_what_it_does_not_have(
    stage: Stage, qtbot: QtBot, make: type[Page]
) -> None:
    page = make(stage.parts)
    qtbot.addWidget(page)
    assert page.count() == (0, "")
    assert list(page.subjects()) == []
    page.search("nothing")
    page.show_state("nothing")
    page.refresh()
    assert not page.pick("nobody")


async def test_a_page_is_seen_unless_it_is_hidden_or_minimised(stage: Stage, qtbot: QtBot) -> None:
    page = PAGES[1](stage.parts)
    qtbot.addWidget(page)
    assert not page.is_seen
    page.show()
    assert page.is_seen
    page.setWindowState(Qt.WindowState.WindowMinimized)
    assert not page.is_seen

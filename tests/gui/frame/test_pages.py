from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.frame.pages import Pages
from bgtasks_gui.gui.views import PAGES
from tests.gui.support.stages import Stage, collect


@pytest.fixture
def pages(stage: Stage, qtbot: QtBot) -> Pages:
    one = Pages(stage.parts)
    qtbot.addWidget(one)
    return one


async def test_a_page_is_made_when_it_is_first_turned_to(pages: Pages) -> None:
    made = collect(pages.made)
    first = pages.turn_to(1)
    assert pages.turn_to(1) is first is pages.current
    assert made == [(first,)]
    assert pages.known() == [(1, first)]


async def test_the_rest_is_made_in_order_and_nothing_twice(pages: Pages) -> None:
    last = pages.turn_to(len(PAGES) - 1)
    every = pages.all()
    assert [type(page) for page in every] == list(PAGES)
    assert every[-1] is last is pages.current
    assert pages.all() == every


def test_pages_are_found_by_their_word() -> None:
    assert [Pages.place_of(page.name) for page in PAGES] == list(range(len(PAGES)))
    assert Pages.place_of("no such page") == 0

"""How the editor is laid out."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.parts.spread import Spread
from bgtasks_gui.gui.editor.parts.trial_panel import TrialPanel
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import appear
from tests.gui.support import looping


@pytest.fixture
async def spread(qtbot: QtBot, agent_client: Client) -> Spread:
    page = Page(catalogs.catalog(), Known())
    page.set_value({"triggers": [{"type": "interval", "every": "PT1H"}] * 3})
    one = Spread(page, TrialPanel(agent_client), "Save")
    qtbot.addWidget(one)
    one.resize(880, 528)
    await appear(one)
    return one


async def test_buttons_are_in_sight_on_a_small_screen(spread: Spread) -> None:
    assert spread.buttons.geometry().bottom() <= spread.height()
    assert spread.buttons.save.text() == "Save"
    spread.panel.show()
    spread.bar.tell("Something went wrong.")
    await looping.until(lambda: spread.area.height() > 100)
    assert spread.buttons.geometry().bottom() <= spread.height()


async def test_the_page_is_never_wider_than_its_place(spread: Spread) -> None:
    spread.page.fold.unfold()
    page = spread.area.widget()
    await looping.until(lambda: page.width() == spread.area.viewport().width())
    assert page.minimumSizeHint().width() <= spread.area.viewport().width()
    spread.resize(760, 440)
    await looping.until(lambda: page.width() == spread.area.viewport().width())
    assert page.minimumSizeHint().width() <= spread.area.viewport().width()


async def test_a_place_is_brought_into_sight(spread: Spread) -> None:
    assert spread.area.verticalScrollBar().value() == 0
    spread.go_to(("retry", "attempts"))
    attempts = next(
        one for one in spread.page.more.cells(shown=True) if one.field.name == "attempts"
    )
    assert attempts.edit.hasFocus()

    await looping.until(lambda: is_in_sight(spread, attempts))


async def test_what_is_added_is_brought_into_sight(spread: Spread) -> None:
    card = spread.page.triggers.add("date")
    await looping.until(lambda: is_in_sight(spread, card))
    spread.page.fold.unfold()
    first = next(spread.page.more.cells(shown=True))
    await looping.until(lambda: is_in_sight(spread, first))


def is_in_sight(spread: Spread, part: QWidget) -> bool:
    top = part.mapTo(spread.area.viewport(), part.rect().topLeft()).y()
    return 0 <= top <= spread.area.viewport().height() - part.height()

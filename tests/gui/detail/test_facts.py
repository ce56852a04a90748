from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.facts import FactSheet
from bgtasks_gui.gui.style import theme
from tests.gui.support import accessible


@pytest.fixture
def sheet(dressed: theme.Theme, qtbot: QtBot) -> FactSheet:
    one = FactSheet("What it is")
    qtbot.addWidget(one)
    one.resize(400, 120)
    one.show()
    return one


def said(sheet: FactSheet) -> list[str]:
    return [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]


def test_facts_are_shown_in_place_of_those_before(sheet: FactSheet) -> None:
    sheet.show_facts([("File", ["/tmp/a"]), ("Attempts", ["2. one", "1. other"])])
    assert said(sheet) == ["File", "/tmp/a", "Attempts", "2. one\n1. other"]
    sheet.show_facts([("Note", ["<b>as it is</b>"])])
    assert said(sheet) == ["Note", "<b>as it is</b>"]
    sheet.show_facts([])
    assert said(sheet) == []


def test_the_keyboard_gets_there(sheet: FactSheet) -> None:
    assert accessible.name(sheet) == "What it is"
    assert sheet in accessible.reached(sheet.window()) or sheet.hasFocus()

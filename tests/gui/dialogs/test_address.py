from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.address import AddressDialog
from bgtasks_gui.gui.style import theme
from tests.gui.fakes import moves
from tests.gui.support import accessible
from tests.gui.support.stages import collect


@pytest.fixture
def dialog(dressed: theme.Theme, qtbot: QtBot) -> AddressDialog:
    one = AddressDialog("“file 1”", moves.URL, "It needs a new address.")
    one.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(one)
    one.show()
    return one


def shown(dialog: AddressDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


def test_it_says_why_and_begins_with_the_present_address(dialog: AddressDialog) -> None:
    assert "It needs a new address." in shown(dialog)
    assert dialog.words.text() == moves.URL
    assert dialog.words.selectedText() == moves.URL, "to be pasted over"


def test_it_stays_until_the_agent_has_taken_it(dialog: AddressDialog) -> None:
    told = collect(dialog.confirmed)
    dialog.words.setText(" https://other.example/a ")
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    assert told == [("https://other.example/a",)]
    assert dialog.isVisible()
    assert not dialog.confirm.isEnabled()
    dialog.refuse("This is no address.")
    assert dialog.confirm.isEnabled()
    assert "This is no address." in shown(dialog)
    QTest.keyClicks(dialog.words, "b")
    assert "This is no address." not in shown(dialog)
    dialog.accept()
    assert not dialog.isVisible()


def test_nothing_is_no_address(dialog: AddressDialog) -> None:
    told = collect(dialog.confirmed)
    dialog.words.clear()
    dialog.confirm.click()
    assert told == []
    assert "Fill in an address." in shown(dialog)


def test_it_is_of_use_to_everybody(dialog: AddressDialog) -> None:
    assert accessible.faults(dialog) == []

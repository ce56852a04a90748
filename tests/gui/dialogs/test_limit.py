from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.style import theme
from tests.gui.support import accessible
from tests.gui.support.stages import collect


@pytest.fixture
def dialog(dressed: theme.Theme, qtbot: QtBot) -> LimitDialog:
    one = LimitDialog("“file 1”", 2_097_152)
    one.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(one)
    one.show()
    return one


def test_it_begins_with_the_present_limit(dialog: LimitDialog, qtbot: QtBot) -> None:
    assert dialog.words.text() == "2 MiB/s"
    without = LimitDialog("it", None)
    qtbot.addWidget(without)
    assert without.words.text() == "off"


@pytest.mark.parametrize(("words", "rate"), [("500K", 512_000), ("off", None), ("", None)])
def test_what_is_typed_is_confirmed(dialog: LimitDialog, words: str, rate: int | None) -> None:
    told = collect(dialog.confirmed)
    dialog.words.setText(words)
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    assert told == [(rate,)]
    assert not dialog.isVisible()


def test_what_is_no_speed_is_said_until_something_else_is_typed(dialog: LimitDialog) -> None:
    told = collect(dialog.confirmed)
    dialog.words.setText("fast")
    dialog.confirm.click()
    assert told == []
    [error] = [one for one in dialog.findChildren(QLabel) if "no speed" in one.text()]
    assert error.isVisible()
    QTest.keyClicks(dialog.words, "5")
    assert not error.isVisible()


def test_a_speed_can_be_chosen(dialog: LimitDialog) -> None:
    told = collect(dialog.confirmed)
    [chip] = [one for one in dialog.findChildren(QPushButton) if one.text() == "100 KiB/s"]
    chip.click()
    assert dialog.words.hasFocus()
    dialog.confirm.click()
    assert told == [(102_400,)]


def test_it_is_of_use_to_everybody(dialog: LimitDialog) -> None:
    assert accessible.faults(dialog) == []

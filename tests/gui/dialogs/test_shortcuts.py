from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.shortcuts import ShortcutsDialog
from tests.gui.support import accessible


def test_every_key_stands_beside_what_it_does(owner: QWidget, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog([("New task", "Ctrl+N"), ("Search", "Ctrl+F")], owner)
    dialog.open()
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert shown[shown.index("New task") + 1] == "Ctrl+N"
    assert shown[shown.index("Search") + 1] == "Ctrl+F"


def test_many_keys_are_scrolled_by_the_keyboard(owner: QWidget, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog([(f"Thing {at}", f"Ctrl+{at}") for at in range(60)], owner)
    dialog.open()
    assert accessible.faults(dialog) == []
    [scroll] = dialog.findChildren(QScrollArea)
    assert QApplication.focusWidget() is scroll
    qtbot.keyClick(scroll, Qt.Key.Key_PageDown)
    assert scroll.verticalScrollBar().value() > 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_enter_and_escape_close_it(owner: QWidget, qtbot: QtBot, key: Qt.Key) -> None:
    dialog = ShortcutsDialog([("New task", "Ctrl+N")], owner)
    dialog.open()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, key)

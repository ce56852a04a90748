from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.shortcuts import ShortcutsDialog


def test_every_key_stands_beside_what_it_does(owner: QWidget, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog([("New task", "Ctrl+N"), ("Search", "Ctrl+F")], owner)
    dialog.open()
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert shown[shown.index("New task") + 1] == "Ctrl+N"
    assert shown[shown.index("Search") + 1] == "Ctrl+F"

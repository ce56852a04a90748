from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.preferences import PreferencesDialog
from bgtasks_gui.gui.prefs import Prefs


@pytest.fixture
def prefs() -> Prefs:
    return Prefs(theme="dark", quit="stop", close_to_tray=False)


@pytest.fixture
def dialog(prefs: Prefs, owner: QWidget, qtbot: QtBot) -> PreferencesDialog:
    one = PreferencesDialog(prefs, owner)
    one.open()
    return one


def test_it_begins_with_what_is_so(dialog: PreferencesDialog) -> None:
    assert dialog.look.currentText() == "Dark"
    assert dialog.quit.currentText() == "Stop the tasks"
    assert not dialog.tray.isChecked()


def test_each_change_counts_at_once(dialog: PreferencesDialog, prefs: Prefs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.changed):
        dialog.look.setCurrentText("Light")
    assert prefs.theme == "light"
    with qtbot.waitSignal(dialog.changed):
        dialog.quit.setCurrentText("Ask")
    assert prefs.quit == "ask"
    with qtbot.waitSignal(dialog.changed):
        dialog.tray.click()
    assert prefs.close_to_tray

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.preferences import PreferencesDialog
from bgtasks_gui.gui.prefs import Prefs
from tests.gui.support import accessible

TRAY = "Closing goes to the tray, where there is one"


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


def test_the_keyboard_goes_through_it_in_order(dialog: PreferencesDialog) -> None:
    assert accessible.faults(dialog) == []
    names = [accessible.name(one) for one in accessible.reached(dialog)]
    assert names == ["Look", "When you quit", TRAY, "Close"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_enter_and_escape_close_it_and_change_nothing(
    dialog: PreferencesDialog, prefs: Prefs, qtbot: QtBot, key: Qt.Key
) -> None:
    with qtbot.assertNotEmitted(dialog.changed), qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog.look, key)
    assert prefs == Prefs(theme="dark", quit="stop", close_to_tray=False)


def test_what_is_not_known_is_shown_as_the_first(owner: QWidget, qtbot: QtBot) -> None:
    odd = Prefs()
    odd.theme = "of another version"
    assert PreferencesDialog(odd, owner).look.currentText() == "As the system"

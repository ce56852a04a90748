from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from tests.gui.support import accessible


@pytest.mark.parametrize(
    ("running", "said"),
    [(0, "Nothing runs"), (1, "One run is under way"), (12, "12 runs are under way")],
)
def test_it_says_what_is_at_stake(running: int, said: str, owner: QWidget, qtbot: QtBot) -> None:
    dialog = QuitDialog(running, owner)
    assert any(label.text().startswith(said) for label in dialog.findChildren(QLabel))


@pytest.mark.parametrize("is_remembered", [True, False])
@pytest.mark.parametrize("choice", ["keep", "stop"])
def test_either_answer_can_be_for_good(
    choice: str, is_remembered: bool, owner: QWidget, qtbot: QtBot
) -> None:
    dialog = QuitDialog(1, owner)
    dialog.open()
    dialog.remember.setChecked(is_remembered)
    with qtbot.waitSignal(dialog.chosen) as heard:
        (dialog.stop if choice == "stop" else dialog.keep).click()
    assert heard.args == [choice, is_remembered]


def test_enter_keeps_the_tasks_and_escape_the_window(owner: QWidget, qtbot: QtBot) -> None:
    for key, answer in ((Qt.Key.Key_Return, ["keep", True]), (Qt.Key.Key_Escape, None)):
        dialog = QuitDialog(0, owner)
        heard: list[list[object]] = []
        dialog.chosen.connect(lambda *said, heard=heard: heard.append(list(said)))
        dialog.open()
        qtbot.keyClick(dialog, key)
        assert heard == ([answer] if answer else [])


def test_the_keyboard_goes_through_it_in_order(owner: QWidget, qtbot: QtBot) -> None:
    dialog = QuitDialog(1, owner)
    dialog.open()
    assert dialog.focusWidget() is dialog.keep
    assert accessible.faults(dialog) == []
    names = [accessible.name(one) for one in accessible.reached(dialog)]
    remember = "Do the same from now on; the preferences change it"
    assert names == [remember, "Stay here", "Stop the tasks", "Keep tasks running"]


def test_enter_on_stay_here_quits_nothing(owner: QWidget, qtbot: QtBot) -> None:
    dialog = QuitDialog(1, owner)
    dialog.open()
    [stay] = [one for one in dialog.findChildren(QPushButton) if one.text() == "Stay here"]
    stay.setFocus()
    with qtbot.assertNotEmitted(dialog.chosen), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(stay, Qt.Key.Key_Return)

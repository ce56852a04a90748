from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.cancel import LONGEST, CancelDialog
from tests.gui.support import accessible


@pytest.fixture
def dialog(owner: QWidget, qtbot: QtBot) -> CancelDialog:
    one = CancelDialog("“backup”", owner)
    one.open()
    return one


def test_words_and_enter_cancel_with_the_words(dialog: CancelDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.words, "  disk is needed ")
    with qtbot.waitSignal(dialog.confirmed) as heard:
        qtbot.keyClick(dialog.words, Qt.Key.Key_Return)
    assert heard.args == ["disk is needed"]
    assert not dialog.isVisible()


def test_without_words_it_cancels_all_the_same(dialog: CancelDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.confirmed) as heard:
        dialog.confirm.click()
    assert heard.args == [""]


def test_escape_keeps_it_running(dialog: CancelDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.confirmed), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.words, Qt.Key.Key_Escape)


def test_a_reason_has_room_in_a_row(dialog: CancelDialog) -> None:
    dialog.words.setText("x" * (LONGEST + 50))
    assert len(dialog.words.text()) == LONGEST


def test_the_field_can_be_named_to_those_who_do_not_see_it(dialog: CancelDialog) -> None:
    assert dialog.words.accessibleName() == "Reason"


def test_the_keyboard_goes_through_it_in_order(dialog: CancelDialog) -> None:
    assert accessible.faults(dialog) == []
    names = [accessible.name(one) for one in accessible.reached(dialog)]
    assert names == ["Reason", "Keep it running", "Cancel it"]


def test_enter_on_the_other_button_keeps_it_running(dialog: CancelDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog.words, Qt.Key.Key_Tab)
    keep = QApplication.focusWidget()
    assert accessible.name(keep) == "Keep it running"
    with qtbot.assertNotEmitted(dialog.confirmed), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(keep, Qt.Key.Key_Return)

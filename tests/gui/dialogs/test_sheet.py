from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs.sheet import Sheet


def test_its_frame_says_whose_it_is_and_its_content_what_is_asked(
    owner: QWidget, qtbot: QtBot
) -> None:
    sheet = Sheet("Quit?", "Tasks can go on.", owner)
    sheet.show()
    assert sheet.accessibleName() == "Quit?"
    assert "Quit" not in sheet.windowTitle()


def test_the_default_button_answers_to_enter_and_escape_leaves(
    owner: QWidget, qtbot: QtBot
) -> None:
    sheet = Sheet("Quit?", "", owner)
    other, default = sheet.add_button("Stay"), sheet.add_button("Go", is_default=True)
    pressed = []
    default.clicked.connect(lambda: pressed.append("go"))
    other.clicked.connect(lambda: pressed.append("stay"))
    sheet.open()
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert pressed == ["go"]
    with qtbot.waitSignal(sheet.rejected):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_an_error_is_shown_until_there_is_none(owner: QWidget, qtbot: QtBot) -> None:
    sheet = Sheet("Run", "", owner)
    sheet.show()
    sheet.show_error("Line 2 has no “=”.")
    assert sheet._error.isVisible()
    sheet.show_error("")
    assert not sheet._error.isVisible()

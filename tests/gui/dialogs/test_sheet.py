from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
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


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_button_that_has_the_keyboard_is_pressed_and_no_other(
    owner: QWidget, qtbot: QtBot, key: Qt.Key
) -> None:
    """Above all where the default button cancels something."""
    sheet = Sheet("Cancel?", "", owner)
    other, default = sheet.add_button("Keep"), sheet.add_button("Go", "danger", is_default=True)
    pressed: list[str] = []
    other.clicked.connect(lambda: pressed.append("keep"))
    default.clicked.connect(lambda: pressed.append("go"))
    sheet.open()
    other.setFocus()
    qtbot.keyClick(other, key)
    assert pressed == ["keep"]


def test_words_of_others_are_shown_as_they_are_and_make_room(owner: QWidget, qtbot: QtBot) -> None:
    name = "<b>“" + "long " * 200 + "”</b>"
    sheet = Sheet(f"Cancel {name}?", f"It is {name}.", owner)
    sheet.show_error(f"There is no {name}.")
    sheet.open()
    labels = sheet.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert sheet.width() <= 700
    assert sheet.accessibleName() == f"Cancel {name}?"


def test_it_goes_with_its_window_and_deletes_itself(owner: QWidget, qtbot: QtBot) -> None:
    sheet = Sheet("Quit?", "", owner)
    close = sheet.add_button("Close", is_default=True)
    close.clicked.connect(sheet.accept)
    sheet.open()
    assert isinstance(close, QPushButton)
    with qtbot.waitSignal(sheet.destroyed):
        close.click()


def test_the_rest_of_the_program_goes_on_while_it_is_open(owner: QWidget, qtbot: QtBot) -> None:
    sheet = Sheet("Quit?", "", owner)
    sheet.open()
    # It came back at once, and only its own window waits for it.
    assert sheet.isVisible()
    assert sheet.windowModality() is Qt.WindowModality.WindowModal

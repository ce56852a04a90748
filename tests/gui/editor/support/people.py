"""What a person does with fields: types, chooses, presses."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from bgtasks_gui.gui.editor.fields import FieldWidget, Known, make
from bgtasks_gui.gui.editor.schema import tree
from tests.gui.support import looping


def type_into(edit: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Replace what is there, letter by letter."""
    edit.selectAll()
    if text:
        QTest.keyClicks(edit, text)
    else:
        QTest.keyClick(edit, Qt.Key.Key_Delete)


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def shown(widget: QWidget) -> QWidget:
    """The widget on the screen, with the focus. Not for coroutines: Qt's events are taken here."""
    widget.show()
    widget.activateWindow()
    QTest.qWaitForWindowActive(widget)
    return widget


async def appear(widget: QWidget) -> QWidget:
    """The same, for coroutines."""
    widget.show()
    widget.activateWindow()
    await looping.until(widget.isActiveWindow)
    return widget


def a_field(field: tree.Field, value: object = None, known: Known | None = None) -> FieldWidget:
    """A field on the screen, filled with a value where there is one."""
    widget = make(field, known or Known())
    if value is not None:
        widget.set_value(value)
    shown(widget)
    return widget

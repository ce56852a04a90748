from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.switch import Switch
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect


@pytest.fixture
def switch(dressed: theme.Theme, qtbot: QtBot) -> Iterator[Switch]:
    page = QWidget()
    qtbot.addWidget(page)
    # The keyboard begins here.
    QPushButton("Other", page).show()
    one = Switch("mail may work in the background", page)
    one.move(120, 0)
    page.show()
    yield one
    page.hide()


def colours(switch: Switch) -> set[str]:
    return drawing.colours(switch.grab().toImage())


def test_mouse_and_keyboard_turn_it(switch: Switch, qtbot: QtBot) -> None:
    turned = collect(switch.clicked[bool])
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(switch.width() - 2, 3))
    assert switch.isChecked()
    switch.setFocus()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert turned == [(True,), (False,)]


def test_it_is_told_as_something_that_is_on_or_off(switch: Switch) -> None:
    found = QAccessible.queryAccessibleInterface(switch)
    assert found.role() == QAccessible.Role.CheckBox
    assert accessible.name(switch) == "mail may work in the background"
    assert not found.state().checked
    switch.setChecked(True)
    assert found.state().checked


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_is_on_has_the_accent(switch: Switch, dressed: theme.Theme, look: str) -> None:
    dressed.choose(look)
    accent = theme.current().color("accent").name()
    assert accent not in colours(switch)
    switch.setChecked(True)
    assert accent in colours(switch)
    assert theme.current().color("on_accent").name() in colours(switch)


def test_the_keyboard_is_seen(switch: Switch, qtbot: QtBot) -> None:
    before = switch.grab().toImage()
    switch.activateWindow()
    switch.setFocus()
    qtbot.waitUntil(switch.hasFocus)
    assert switch.grab().toImage() != before


def test_what_cannot_be_turned_is_faded(switch: Switch) -> None:
    before = switch.grab().toImage()
    switch.setEnabled(False)
    assert switch.grab().toImage() != before

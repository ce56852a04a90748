from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.support import accessible


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Three buttons: Save, Load, Stop."""
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    for word in ("Save", "Load", "Stop"):
        column.addWidget(QPushButton(word))
    return made


def buttons(window: QWidget) -> list[QPushButton]:
    return window.findChildren(QPushButton)


def test_what_is_named_and_reached_has_no_fault(window: QWidget) -> None:
    assert accessible.faults(window) == []
    assert accessible.reached(window) == buttons(window)


def test_a_button_without_words_needs_a_name(window: QWidget) -> None:
    buttons(window)[0].setText("")
    assert accessible.faults(window) == ["QPushButton '' has no name"]
    buttons(window)[0].setAccessibleName("Save")
    assert accessible.faults(window) == []


def test_a_button_that_tab_passes_over_is_a_fault(window: QWidget) -> None:
    buttons(window)[1].setFocusPolicy(Qt.FocusPolicy.NoFocus)
    assert accessible.faults(window) == ["QPushButton 'Load' is not reached"]


def test_what_cannot_be_used_is_no_fault(window: QWidget) -> None:
    save, load, _stop = buttons(window)
    save.setText("")
    save.hide()
    load.setText("")
    load.setEnabled(False)
    assert accessible.faults(window) == []


def test_of_a_choice_one_is_reached_and_leads_to_the_others(window: QWidget) -> None:
    group = QButtonGroup(window)
    for one in buttons(window):
        one.setCheckable(True)
        group.addButton(one)
    buttons(window)[0].setChecked(True)
    assert accessible.reached(window) == [buttons(window)[0]]
    assert accessible.faults(window) == []


def test_what_is_chosen_is_no_name_of_a_choice(qtbot: QtBot) -> None:
    form = QWidget()
    qtbot.addWidget(form)
    rows, first, second = QFormLayout(form), QComboBox(), QComboBox()
    for box in (first, second):
        box.addItem("Dark")
    rows.addRow("Look", first)
    rows.addRow(second)
    assert accessible.name(first) == "Look"
    assert accessible.faults(form) == ["QComboBox '' has no name"]
    second.setAccessibleName("When you quit")
    assert accessible.faults(form) == []

"""The way of the Tab key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor import tabs
from tests.gui.editor.support.people import press, shown

pytestmark = pytest.mark.usefixtures("dressed")


def test_tab_goes_as_the_page_is_read(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    # Made in another order than they stand.
    fourth, second, first, third = (QLineEdit() for _ in range(4))
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.addWidget(second)
    row.addWidget(third)
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    column = QVBoxLayout(page)
    column.addWidget(QLabel("words"))
    column.addWidget(first)
    column.addWidget(area)
    end = QHBoxLayout()
    end.addStretch(1)
    end.addWidget(fourth)
    column.addLayout(end)
    tabs.set_order(page)
    assert list(tabs.reachable(page)) == [first, second, third, fourth]
    shown(page)
    first.setFocus()
    for widget in (second, third, fourth, first):
        press(page.focusWidget(), Qt.Key.Key_Tab)
        assert widget.hasFocus()


def test_an_empty_page_is_no_trouble(qtbot: QtBot) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    tabs.set_order(area)
    assert list(tabs.reachable(area)) == []

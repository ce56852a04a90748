"""What dialogs stand over; they delete themselves when they are closed, so a test owns this."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme


@pytest.fixture
def owner(dressed: theme.Theme, qtbot: QtBot) -> QWidget:
    """A window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window

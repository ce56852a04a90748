"""How large a window may be on the screen it opens on, and how it comes to the front."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

#: What a desktop draws above a window, at most, in pixels.
_FRAME: Final = 40


def fitting(width: int, height: int) -> QSize:
    """The wanted size, as far as there is room for it beside panels and with its frame."""
    room = QGuiApplication.primaryScreen().availableSize()
    return QSize(min(width, room.width()), min(height, room.height() - _FRAME))


def come_forward(window: QWidget, *, is_maximized: bool) -> None:
    """Show a window over all others, as large as it was."""
    if window.isMinimized():
        window.showNormal()
    elif is_maximized:
        window.showMaximized()
    else:
        window.show()
    window.raise_()
    window.activateWindow()

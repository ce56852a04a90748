"""The one application that all tests of a process share: its look, and windows it shows."""

from __future__ import annotations

from typing import Self

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from bgtasks_gui import paths
from bgtasks_gui.gui.style import dress, theme


def wear(application: QApplication) -> theme.Theme:
    """The program's look; an application is dressed once."""
    if theme._current is None:
        dress.dress(application, paths.find_resources())
    return theme.current()


class Flashes(QObject):
    """Windows shown while it is entered; a part shown before it has its place is one."""

    def __init__(self) -> None:
        super().__init__()
        #: The class of each window that was shown.
        self.seen: list[str] = []

    def __enter__(self) -> Self:
        _application().installEventFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        _application().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_shown = event.type() == QEvent.Type.Show
        if is_shown and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def _application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found

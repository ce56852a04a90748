"""Windows that nobody asked for: a part shown before it has its place is one, for a blink."""

from __future__ import annotations

from typing import Self

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


class Flashes(QObject):
    """Watches the whole application while it is entered."""

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

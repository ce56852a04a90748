"""The look of the one application that all tests of a process share."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from bgtasks_gui import paths
from bgtasks_gui.gui.style import dress, theme


def wear(application: QApplication) -> theme.Theme:
    """The program's look; an application is dressed once."""
    if theme._current is None:
        dress.dress(application, paths.find_resources())
    return theme.current()

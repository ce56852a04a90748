"""Dresses the application: fonts, icons and colours, read from the disk once before it is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from bgtasks_gui.gui.style import fonts, icons, theme


def dress(application: QApplication, resources: Path) -> theme.Theme:
    """Put the look on an application; it follows the system from now on."""
    fonts.load(resources / "fonts")
    icons.load(resources / "icons")
    look = theme.Theme(application, resources)
    look.changed.connect(icons.refresh)
    return look

"""The look in force: chosen by the person or by the system, and followed as it changes."""

from __future__ import annotations

import string
from dataclasses import asdict
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from bgtasks_gui.gui.style import fonts, metrics, palette

Choice = Literal["system", "light", "dark"]

_R = QPalette.ColorRole
_ROLES: Final = {
    _R.Window: "window", _R.WindowText: "text", _R.Base: "surface", _R.AlternateBase: "window",
    _R.Text: "text", _R.PlaceholderText: "second", _R.Button: "raised", _R.ButtonText: "text",
    _R.BrightText: "failed", _R.Highlight: "accent", _R.HighlightedText: "on_accent",
    _R.Link: "accent", _R.LinkVisited: "scheduled", _R.ToolTipBase: "raised",
    _R.ToolTipText: "text", _R.Accent: "accent", _R.Light: "raised", _R.Midlight: "border",
    _R.Mid: "control_border", _R.Dark: "control_border", _R.Shadow: "border",
}  # fmt: skip
_MUTED: Final = (_R.WindowText, _R.Text, _R.ButtonText)


class Theme(QObject):
    """The colours, and the sheet made of them, on the whole application.

    Signals: `changed` after everything wears the new colours.
    """

    changed = Signal()

    def __init__(self, application: QApplication, resources: Path) -> None:
        super().__init__(application)
        self._application = application
        self._folder = resources / "style"
        self._sheet = string.Template((self._folder / "window.qss").read_text())
        self._choice: Choice = "system"
        self.palette = self._wanted()
        application.setStyle("Fusion")
        application.setFont(fonts.text())
        self._wear()
        application.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        global _current  # there is one application, and so one look
        _current = self

    @property
    def choice(self) -> Choice:
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Wear the light look, the dark one, or whichever the system asks for."""
        self._choice = choice
        self._on_scheme_changed()

    def color(self, role: str) -> QColor:
        return QColor(self.palette_color(role))

    def palette_color(self, role: str) -> str:
        """The colour of a role as "#rrggbb"."""
        found: str = getattr(self.palette, role)
        return found

    def _on_scheme_changed(self) -> None:
        wanted = self._wanted()
        if wanted is not self.palette:
            self.palette = wanted
            self._wear()
            self.changed.emit()

    def _wanted(self) -> palette.Palette:
        if self._choice == "system":
            scheme = self._application.styleHints().colorScheme()
            return palette.DARK if scheme == Qt.ColorScheme.Dark else palette.LIGHT
        return palette.DARK if self._choice == "dark" else palette.LIGHT

    def _wear(self) -> None:
        colours = QPalette()
        for role, name in _ROLES.items():
            colours.setColor(role, self.color(name))
        for role in _MUTED:
            colours.setColor(QPalette.ColorGroup.Disabled, role, self.color("second"))
        self._application.setPalette(colours)
        names = {name: str(value) for name, value in asdict(self.palette).items()}
        names["mono"] = fonts.mono().family()
        sizes = {name.lower(): str(getattr(metrics, name)) for name in _METRICS}
        folder = self._folder.as_posix()
        self._application.setStyleSheet(self._sheet.substitute(names, folder=folder, **sizes))


_METRICS: Final = ("RADIUS", "CONTROL", "SMALL_CONTROL", "NAV_ROW", "HEADER", "CELL", "EDGE")
_current: Theme | None = None


def current() -> Theme:
    """The look of this application; there is one before the first widget is made."""
    assert _current is not None
    return _current

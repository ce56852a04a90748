"""What a person may change about the window and the agent."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.prefs import Prefs

_LOOKS: Final = (("As the system", "system"), ("Light", "light"), ("Dark", "dark"))
_QUITS: Final = (
    ("Ask", "ask"),
    ("Keep tasks running", "keep"),
    ("Stop the tasks", "stop"),
)


class PreferencesDialog(Sheet):
    """Every change counts at once; there is nothing to confirm.

    Signals: `changed` after a preference was changed in place.
    """

    changed = Signal()

    def __init__(self, prefs: Prefs, parent: QWidget | None = None) -> None:
        super().__init__("Preferences", "", parent)
        self._prefs = prefs
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        self.look = _choices(_LOOKS, prefs.theme)
        self.quit = _choices(_QUITS, prefs.quit)
        self.tray = QCheckBox("Closing goes to the tray, where there is one")
        self.tray.setChecked(prefs.close_to_tray)
        form.addRow("Look", self.look)
        form.addRow("When you quit", self.quit)
        form.addRow("", self.tray)
        self.body.addLayout(form)
        self.look.currentIndexChanged.connect(self._on_changed)
        self.quit.currentIndexChanged.connect(self._on_changed)
        self.tray.toggled.connect(self._on_changed)
        self.add_button("Close", is_default=True).clicked.connect(self.accept)

    def _on_changed(self) -> None:
        self._prefs.theme = self.look.currentData()
        self._prefs.quit = self.quit.currentData()
        self._prefs.close_to_tray = self.tray.isChecked()
        self.changed.emit()


def _choices(options: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
    box = QComboBox()
    for words, value in options:
        box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box

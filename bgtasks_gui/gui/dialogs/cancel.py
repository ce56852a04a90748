"""Asks why something is cancelled; the words are kept with the run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet

#: Characters of a reason; it has to be read in a row of a list.
LONGEST = 300


class CancelDialog(Sheet):
    """One optional line.

    Signals: `confirmed` with the words, which may be empty.
    """

    confirmed = Signal(str)

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Cancel {what}?", "It is asked to end, and gets time to clean up.", parent
        )
        self.words = QLineEdit()
        self.words.setMaxLength(LONGEST)
        self.words.setPlaceholderText("Why? (may be left empty)")
        self.words.setAccessibleName("Reason")
        self.body.addWidget(self.words)
        self.add_button("Keep it running").clicked.connect(self.reject)
        self.confirm = self.add_button("Cancel it", "danger", is_default=True)
        self.confirm.clicked.connect(self._on_confirmed)
        self.words.setFocus()

    def _on_confirmed(self) -> None:
        self.confirmed.emit(self.words.text().strip())
        self.accept()

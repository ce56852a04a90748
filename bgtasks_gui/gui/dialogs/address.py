"""Asks for another address of a transfer, which goes on from there with what it has."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.style import mark


class AddressDialog(Sheet):
    """One address. It stays open until the agent has taken it.

    Signals: `confirmed` with the address; whoever hears it calls `accept` or `refuse`.
    """

    confirmed = Signal(str)

    def __init__(self, what: str, present: str, why: str, parent: QWidget | None = None) -> None:
        super().__init__(f"New address for {what}", why, parent)
        self.setMinimumWidth(560)
        self.words = QLineEdit(present)
        self.words.setPlaceholderText("https://")
        self.words.setAccessibleName("Address")
        self.words.textEdited.connect(self._on_edited)
        hint = QLabel("It goes on from there with what it has, where the file is the same.")
        hint.setWordWrap(True)
        mark(hint, role="second")
        self.body.addWidget(self.words)
        self.body.addWidget(hint)
        self.add_button("Close").clicked.connect(self.reject)
        self.confirm = self.add_button("Go on from there", "primary", is_default=True)
        self.confirm.clicked.connect(self._on_confirmed)
        self.words.setFocus()
        self.words.selectAll()

    def refuse(self, sentence: str) -> None:
        """The agent did not take it."""
        self.confirm.setEnabled(True)
        self.show_error(sentence)
        self.words.setFocus()

    def _on_edited(self) -> None:
        self.show_error("")

    def _on_confirmed(self) -> None:
        address = self.words.text().strip()
        if not address:
            self.refuse("Fill in an address.")
            return
        self.confirm.setEnabled(False)
        self.confirmed.emit(address)

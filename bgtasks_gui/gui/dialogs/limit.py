"""Asks how fast something may be at most."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from bgtasks_gui.core import durations, errors
from bgtasks_gui.gui.actions import limits
from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.style import mark


class LimitDialog(Sheet):
    """One field, with a few speeds that are often wanted.

    Signals: `confirmed` with bytes a second, or None for no limit.
    """

    confirmed = Signal(object)

    def __init__(self, what: str, rate: int | None, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Limit the speed of {what}", "Bytes a second at most; “off” lifts the limit.", parent
        )
        self.setMinimumWidth(600)
        self.words = QLineEdit("off" if rate is None else limits.say(rate))
        self.words.setPlaceholderText("500K")
        self.words.setAccessibleName("Speed at most")
        self.words.textEdited.connect(lambda: self.show_error(""))
        self.body.addWidget(self.words)
        self.body.addLayout(self._make_choices())
        self.add_button("Close").clicked.connect(self.reject)
        self.confirm = self.add_button("Set the limit", "primary", is_default=True)
        self.confirm.clicked.connect(self._on_confirmed)
        self.words.setFocus()
        self.words.selectAll()

    def _make_choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for limit in limits.LIMITS:
            button = QPushButton(limit.text)
            mark(button, role="chip")
            button.setAutoDefault(False)
            words = "off" if limit.rate is None else limit.text
            button.clicked.connect(lambda _=False, words=words: self._choose(words))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _choose(self, words: str) -> None:
        self.words.setText(words)
        self.show_error("")
        self.words.setFocus()

    def _on_confirmed(self) -> None:
        try:
            rate = durations.parse_rate(self.words.text())
        except errors.InvalidField as error:
            self.show_error(error.message)
            self.words.setFocus()
            return
        self.confirmed.emit(rate)
        self.accept()

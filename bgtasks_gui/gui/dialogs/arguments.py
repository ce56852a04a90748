"""Asks for the arguments of one run: names and values, or JSON."""

from __future__ import annotations

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.style import mark, write_mono


class ArgumentsDialog(Sheet):
    """Lines of the form NAME=VALUE, or one JSON object.

    Signals: `confirmed` with the arguments.
    """

    confirmed = Signal(dict)

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Run {what} with arguments", "", parent)
        self.words = QPlainTextEdit()
        write_mono(self.words)
        self.words.setPlaceholderText("folder=/home/me/Pictures\ncount=5")
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName("Arguments")
        self.words.setFixedHeight(110)
        hint = QLabel(
            "A line each: NAME=VALUE, where a value that is JSON counts as such; or one JSON "
            "object. A command reads them from BGTASKS_ARGUMENTS and BGTASKS_ARG_NAME."
        )
        hint.setWordWrap(True)
        mark(hint, role="second")
        self.body.addWidget(self.words)
        self.body.addWidget(hint)
        self.add_button("Close").clicked.connect(self.reject)
        self.confirm = self.add_button("Run now", "primary", is_default=True)
        self.confirm.clicked.connect(self._on_confirmed)
        self.words.setFocus()

    def _on_confirmed(self) -> None:
        try:
            arguments = parse(self.words.toPlainText())
        except ValueError as error:
            self.show_error(str(error))
            return
        self.confirmed.emit(arguments)
        self.accept()


def parse(text: str) -> dict[str, object]:
    """The arguments that a person wrote. Raises `ValueError` with a sentence."""
    if text.lstrip().startswith("{"):
        try:
            whole = json.loads(text)
        except ValueError as error:
            raise ValueError(f"This is not JSON: {error}.") from error
        assert isinstance(whole, dict)
        return whole
    found: dict[str, object] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise ValueError(f"Line {number} has no “=”; write NAME=VALUE.")
        found[name.strip()] = _value(value.strip())
    return found


def _value(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value

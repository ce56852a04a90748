"""Asks for the arguments of one run: names and values, or JSON."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.style import mark, write_mono
from bgtasks_gui.wire import codec


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
        self.confirm.setToolTip("Run now (Ctrl+Enter)")
        # Enter alone begins a new line, and keyboards have two of that key.
        send = QShortcut(self)
        send.setKeys([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        send.activated.connect(self._on_confirmed)
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
    found = _whole(text) if text.lstrip().startswith("{") else _lines(text)
    try:
        codec.encode(found)
    except UnicodeEncodeError as error:
        raise ValueError("This holds half a character, which cannot be sent.") from error
    return found


def _whole(text: str) -> dict[str, object]:
    try:
        whole = _decode(text)
    except json.JSONDecodeError as error:
        why = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise ValueError(
            f"Line {error.lineno} is not JSON at character {error.colno}: {why}."
        ) from error
    assert isinstance(whole, dict)
    return whole


def _lines(text: str) -> dict[str, object]:
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
        return _decode(text)
    except ValueError:
        return text


def _decode(text: str) -> object:
    try:
        value: object = json.loads(text, parse_constant=_refuse, parse_float=_number)
    except RecursionError as error:
        raise ValueError("This is nested too deeply.") from error
    return value


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"This is not JSON: {text} is no number of JSON.")

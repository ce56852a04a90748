"""What every small window has: a question, what it asks for, and its buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel


class Sheet(QDialog):
    """A dialog over its window. It is opened by `open` and deletes itself when it is closed."""

    def __init__(self, title: str, question: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        # The question stands within; the frame says whose it is.
        self.setWindowTitle(QGuiApplication.applicationDisplayName())
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(440)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(metrics.EDGE, 18, metrics.EDGE, 16)
        self._whole.setSpacing(10)
        self._whole.addWidget(ElidedLabel(title, "heading"))
        if question:
            words = QLabel(question)
            words.setWordWrap(True)
            words.setTextFormat(Qt.TextFormat.PlainText)
            self._whole.addWidget(words)
        self.body = QVBoxLayout()
        self.body.setSpacing(metrics.GAP)
        self._whole.addLayout(self.body)
        self._error = QLabel()
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        mark(self._error, role="error")
        self._error.setWordWrap(True)
        self._error.hide()
        self._whole.addWidget(self._error)
        self._whole.addSpacing(6)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(metrics.GAP)
        self._buttons.addStretch(1)
        self._whole.addLayout(self._buttons)

    def add_button(self, words: str, role: str = "", *, is_default: bool = False) -> QPushButton:
        """A further button, to the right of those before.

        Enter presses the default one, unless the keyboard is on another.
        """
        button = QPushButton(words)
        if role:
            mark(button, role=role)
        button.setAutoDefault(True)
        button.setDefault(is_default)
        self._buttons.addWidget(button)
        return button

    def show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

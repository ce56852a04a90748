"""A section of the page under its heading, and one that is folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.style import icons, mark, metrics

_BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


class Section(QWidget):
    """A heading, a sentence about it, and what belongs under it."""

    def __init__(self, title: str, sentence: str = "") -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(make_label(title, "heading"))
        self.sentence = make_label(sentence, "second")
        # Hidden alone: shown before it has a parent, it would be a window for a blink.
        if not sentence:
            self.sentence.hide()
        head.addWidget(self.sentence)
        self._box.addLayout(head)

    def add(self, part: QWidget) -> None:
        self._box.addWidget(part)


class Fold(QWidget):
    """What few people need: a line that says what is set, and opens to the rest.

    Signals: `opened` when the person unfolds it.
    """

    opened = Signal()

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(_BESIDE)
        mark(self.button, role="quiet")
        self.button.toggled.connect(self._on_toggled)
        self.summary = make_label("", "second")
        head = QHBoxLayout()
        head.setSpacing(metrics.GAP)
        head.addWidget(self.button)
        head.addWidget(self.summary, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(head)
        box.addWidget(content)
        self._turn()

    def say(self, summary: str) -> None:
        self.summary.setText(summary)
        self.button.setAccessibleDescription(summary)

    def unfold(self) -> None:
        self.button.setChecked(True)

    def _on_toggled(self) -> None:
        self._turn()
        if self.button.isChecked():
            self.opened.emit()

    def _turn(self) -> None:
        is_open = self.button.isChecked()
        self._content.setVisible(is_open)
        icons.bind(self.button, "chevron-down" if is_open else "chevron-right", "second")

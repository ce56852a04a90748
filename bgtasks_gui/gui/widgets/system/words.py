"""Words of others on as many lines as they need, never wider than what they stand in."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from bgtasks_gui.client.phrases import text as phrases
from bgtasks_gui.gui.style import mark

#: Characters of a sentence that are shown; a longer one is none.
_LONGEST: Final = 400
#: A word that has no room on any line is broken after so many characters.
_LONG_WORD: Final = re.compile(r"(\S{30})(?=\S)")
_MAY_BREAK: Final = "\\1\u200b"


class Words(QLabel):
    """A sentence that is broken into lines."""

    def __init__(self, role: str = "second", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        mark(self, role=role)

    def say(self, sentence: str) -> None:
        """Say this; where there is nothing to say it takes no room."""
        line = phrases.one_line(sentence)
        line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        line = _LONG_WORD.sub(_MAY_BREAK, line)
        if line != self.text():
            self.setText(line)
        self.setVisible(bool(line))

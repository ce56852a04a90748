"""Facts by their titles, one below the other, in an area that the keyboard scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark, metrics

#: A fact: its title, and what is said, a line each.
Fact = tuple[str, list[str]]

_TITLE_WIDTH: Final = 92


class FactSheet(QScrollArea):
    """Titles and words; the words can be marked and copied."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        # The keyboard scrolls it, and shows where it is by the edge.
        mark(self, role="side")
        self.setAccessibleName(name)
        page = QWidget()
        mark(page, role="page")
        self.column = QVBoxLayout(page)
        # The edge of the keyboard takes a pixel.
        self.column.setContentsMargins(metrics.EDGE - 1, 8, metrics.EDGE - 1, 12)
        self.column.setSpacing(10)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self.setWidget(page)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these instead."""
        while len(self._lines) < len(facts):
            self._add_line()
        for at, (title, words) in enumerate(self._lines):
            is_used = at < len(facts)
            title.setVisible(is_used)
            words.setVisible(is_used)
            if is_used:
                title.setText(facts[at][0])
                words.setText("\n".join(facts[at][1]))

    def _add_line(self) -> None:
        title, words = QLabel(), QLabel()
        mark(title, role="second")
        title.setAlignment(Qt.AlignmentFlag.AlignTop)
        title.setMinimumWidth(_TITLE_WIDTH)
        title.setContentsMargins(0, 1, 0, 0)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        row = len(self._lines)
        self._grid.addWidget(title, row, 0)
        self._grid.addWidget(words, row, 1)
        self._lines.append((title, words))

"""Lists every key, so that the window can be used without a mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.style import mark, write_mono


class ShortcutsDialog(Sheet):
    """Two columns: what is done, and its key."""

    def __init__(self, keys: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__("Keyboard", "", parent)
        page = QWidget()
        mark(page, role="page")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(5)
        for row, (words, key) in enumerate(keys):
            label = QLabel(key)
            write_mono(label)
            grid.addWidget(QLabel(words), row, 0)
            grid.addWidget(label, row, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        scroll.setMinimumHeight(360)
        scroll.setAccessibleName("Keys")
        self.body.addWidget(scroll)
        self.add_button("Close", is_default=True).clicked.connect(self.accept)

"""Asks once what becomes of the tasks when the window is quit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from bgtasks_gui.gui.dialogs.sheet import Sheet


class QuitDialog(Sheet):
    """Keep the tasks running, or stop them.

    Signals: `chosen` with "keep" or "stop", and whether that is to be remembered.
    """

    chosen = Signal(str, bool)

    def __init__(self, running: int, parent: QWidget | None = None) -> None:
        count = {0: "Nothing runs at the moment", 1: "One run is under way"}
        under_way = count.get(running, f"{running} runs are under way")
        super().__init__(
            "Quit Background Tasks?",
            f"{under_way}. Without the window tasks can go on: what is planned starts, and what "
            "runs is finished.",
            parent,
        )
        self.remember = QCheckBox("Do the same from now on; the preferences change it")
        self.remember.setChecked(True)
        self.body.addWidget(self.remember)
        self.add_button("Stay here").clicked.connect(self.reject)
        self.stop = self.add_button("Stop the tasks", "danger")
        self.keep = self.add_button("Keep tasks running", "primary", is_default=True)
        self.stop.clicked.connect(lambda: self._choose("stop"))
        self.keep.clicked.connect(lambda: self._choose("keep"))
        self.keep.setFocus()

    def _choose(self, choice: str) -> None:
        self.chosen.emit(choice, self.remember.isChecked())
        self.accept()

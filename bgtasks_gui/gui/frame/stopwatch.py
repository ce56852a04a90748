"""Writes down when the window was first painted and first full, for those who measure it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.frame.window import Window

#: Names the file that is written to; without it nothing is measured.
VARIABLE = "BGTASKS_WINDOW_TIMES"


class Stopwatch(QObject):
    """A line of JSON for each of: `first_paint`, `live` (every task is there and painted)."""

    def __init__(self, window: Window, bridge: Bridge) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._file = os.environ.get(VARIABLE)
        self._awaited = ["first_paint", "live"]

    def start(self) -> None:
        if self._file:
            self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest) and self._awaited:
            # After this event is through, the picture is there.
            QTimer.singleShot(0, self, self._on_painted)
        return False

    def _on_painted(self) -> None:
        if self._awaited[:1] == ["first_paint"] or (self._awaited and self._bridge.is_loaded):
            self._write(self._awaited.pop(0))
        if not self._awaited:
            self._window.removeEventFilter(self)

    def _write(self, event: str) -> None:
        with Path(str(self._file)).open("a") as file:
            file.write(json.dumps({"event": event, "at": time.time()}) + "\n")

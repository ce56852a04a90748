"""Long work done in short turns, so that neither a key nor a paint ever waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

#: Seconds one turn takes: a third of the time between two frames.
TURN_S: Final = 0.005


class Turns(QObject):
    """Goes through one iterator at a time, whose steps are short.

    Signals: `done` when it is through, and not when it was stopped.
    """

    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] = iter(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_turn)

    @property
    def is_busy(self) -> bool:
        return self._timer.isActive()

    def start(self, steps: Iterator[object]) -> None:
        """Begin with this, in place of what is still under way."""
        self._steps = steps
        self._timer.start(0)

    def stop(self) -> None:
        self._timer.stop()
        self._steps = iter(())

    def _on_turn(self) -> None:
        until = time.perf_counter() + TURN_S
        for _ in self._steps:
            if time.perf_counter() >= until:
                self._timer.start(0)
                return
        self.done.emit()

"""How often things are shown anew: live while they are seen, and not at all while they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bgtasks_gui.gui import bridge as bridges
from bgtasks_gui.gui.bridge import Bridge

#: Milliseconds between two refreshes of what is said about times: while runs work, and else.
BUSY_MS: Final = 1000
QUIET_MS: Final = 15_000


class Pacing(QObject):
    """Watches whether a window is seen.

    Signals: `ticked` when what is said of times is to be said anew; `seen_changed`.
    """

    ticked = Signal()
    seen_changed = Signal()

    def __init__(self, window: QWidget, bridge: Bridge, is_busy: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._is_busy = is_busy
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self.ticked)

    @property
    def is_seen(self) -> bool:
        return self._window.isVisible() and not self._window.isMinimized()

    def look(self) -> None:
        """The window was shown, hidden or minimised."""
        is_seen = self.is_seen
        self._bridge.set_pace(bridges.VISIBLE_MS if is_seen else bridges.HIDDEN_MS)
        self.adapt()
        if is_seen:
            # What came while nobody looked is there before the first picture.
            self._bridge.tell()
        self.seen_changed.emit()

    def adapt(self) -> None:
        """Tick as fast as what goes on asks for; a hidden window does not tick."""
        if not self.is_seen:
            self._ticking.stop()
            return
        wanted = BUSY_MS if self._is_busy() else QUIET_MS
        if not self._ticking.isActive() or self._ticking.interval() != wanted:
            self._ticking.start(wanted)

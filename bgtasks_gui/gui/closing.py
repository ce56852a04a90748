"""Closing and quitting: into the tray where there is one, and asking once what tasks shall do."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from bgtasks_gui.core import runs
from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.tray.tray import Tray
from bgtasks_gui.gui.widgets.banner import Message

_S = runs.RunState
_GONE: Final = "tray"
#: Milliseconds that a panel has to come back: it may only have been started again.
RESTART_MS: Final = 3000


class Closing(QObject):
    """Decides where a window goes that is closed.

    Signals: `ended` with "keep" or "stop" once the person has quit.
    """

    ended = Signal(str)

    def __init__(self, window: Window, tray: Tray) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray
        self._asking: QuitDialog | None = None
        #: Started into the tray before there was one.
        self._awaits_tray = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._on_tray_gone)
        window.close_asked.connect(self._on_close_asked)
        tray.presence_changed.connect(self._on_presence_changed)

    def start_minimized(self) -> None:
        """Into the tray; minimised where there is none (yet), never nowhere."""
        if self._tray.is_there:
            return
        self._awaits_tray = True
        self._window.showMinimized()

    def hide(self) -> None:
        """Into the tray where there is one, else minimised, saying so."""
        if self._tray.is_there:
            self._window.hide()
            return
        self._window.telling.tell(
            Message(
                key=_GONE,
                lead="There is no tray here.",
                text="Closing minimises the window; Ctrl+Q quits.",
            )
        )
        self._window.showMinimized()

    def quit(self) -> None:
        """Quit, asking what becomes of the tasks unless that was answered for good."""
        choice = self._window.parts.keeper.prefs.quit
        if choice != "ask":
            self.ended.emit(choice)
            return
        if self._asking is not None:
            self._asking.raise_()
            self._asking.activateWindow()
            return
        counts = self._window.parts.tally.counts
        running = counts[_S.RUNNING] + counts[_S.SUSPENDED] + counts[_S.CANCELING]
        self._window.come_forward()
        dialog = self._asking = QuitDialog(running, self._window)
        dialog.chosen.connect(self._on_chosen)
        dialog.finished.connect(self._on_answered)
        dialog.open()

    def _on_close_asked(self) -> None:
        if self._window.parts.keeper.prefs.close_to_tray:
            self.hide()
        else:
            self.quit()

    def _on_answered(self) -> None:
        self._asking = None

    def _on_chosen(self, choice: str, is_remembered: bool) -> None:
        prefs = self._window.parts.keeper.prefs
        if is_remembered:
            prefs.quit = "stop" if choice == "stop" else "keep"
            self._window.parts.keeper.keep()
        self.ended.emit(choice)

    def _on_presence_changed(self, is_there: bool) -> None:
        if is_there:
            self._window.banners.take_down(_GONE)
            if self._awaits_tray and self._window.isMinimized():
                self._window.hide()
            self._awaits_tray = False
            self._patience.stop()
        elif not self._window.isVisible():
            self._patience.start(RESTART_MS)

    def _on_tray_gone(self) -> None:
        if not self._window.isVisible():
            # Its only way back has gone.
            self._window.showMinimized()

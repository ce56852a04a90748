"""Whether there is a tray now, and of which kind; it may come late, go, and come again (W25)."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

if TYPE_CHECKING:
    from bgtasks_gui.gui.tray.hosts import Hosts

#: For so long after the start, or after one has gone, a tray may come without a word; it is
#: looked for so often.
LOOK_FOR_S: Final = 60.0
LOOK_EVERY_S: Final = 2.0


class Kind(enum.StrEnum):
    """How icons get into the tray."""

    NONE = "none"
    #: By the session bus: StatusNotifierItem. The host draws icon and menu.
    BUS = "bus"
    #: Whatever else Qt knows: windows in a panel, the tray of another system.
    OTHER = "other"


class Presence(QObject):
    """Looks for a tray for a minute, and listens to the session bus for as long as it lives.

    Signals: `changed` whenever the kind of tray did, with whether there is one. An icon that
    was made for another kind has to be made anew.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_started = False
        self._hosts: Hosts | None = None
        self._had_watcher = False
        #: A panel has just left the bus. Qt may still see its window, so it is not asked yet.
        self._is_leaving = False
        self._looks_left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(round(LOOK_EVERY_S * 1000))
        self._timer.timeout.connect(self._on_time_to_look)
        self.kind = Kind.NONE

    def start(self) -> None:
        from bgtasks_gui.gui.tray import hosts

        self._is_started = True
        self._hosts = hosts.watch(self)
        if self._hosts is not None:
            self._hosts.changed.connect(self._on_hosts_changed)
        self._look_for_a_while()
        self.look()

    def stop(self) -> None:
        self._is_started = False
        self._timer.stop()
        if self._hosts is not None:
            self._hosts.close()
            self._hosts = None

    def look(self) -> bool:
        """Whether there is a tray now; nothing is known before the start and after the end."""
        kind = self._find() if self._is_started else self.kind
        if kind is not self.kind:
            self.kind = kind
            if kind is Kind.BUS:
                # From now on every change is told.
                self._timer.stop()
            self.changed.emit(kind is not Kind.NONE)
        return self._is_started and kind is not Kind.NONE

    def _find(self) -> Kind:
        hosts = self._hosts
        if hosts is not None and not hosts.is_known:
            # An icon is not made for one tray when another is found a moment later.
            return self.kind
        if hosts is not None and hosts.has_watcher:
            # Qt would put the icon there in any case, seen or not.
            return Kind.BUS if hosts.has_host else Kind.NONE
        if self._is_leaving:
            return Kind.NONE
        return Kind.OTHER if QSystemTrayIcon.isSystemTrayAvailable() else Kind.NONE

    def _look_for_a_while(self) -> None:
        self._looks_left = round(LOOK_FOR_S / LOOK_EVERY_S)
        self._timer.start()

    def _on_hosts_changed(self) -> None:
        assert self._hosts is not None
        has_watcher = self._hosts.has_watcher
        self._is_leaving = self._had_watcher and not has_watcher
        self._had_watcher = has_watcher
        if self._is_leaving:
            self._look_for_a_while()
        self.look()

    def _on_time_to_look(self) -> None:
        self._is_leaving = False
        self._looks_left -= 1
        if self._looks_left <= 0:
            self._timer.stop()
        self.look()

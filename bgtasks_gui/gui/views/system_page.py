"""The page of the machine, of how the person is told things, and of what programs do beside."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from bgtasks_gui.client.calls import background
from bgtasks_gui.client.calls import notices as calls
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors
from bgtasks_gui.gui.views.page import Page, Parts
from bgtasks_gui.wire.background import AccessView, BackgroundView
from bgtasks_gui.wire.notices import TellingView

#: Milliseconds between two readings while somebody looks: while time runs off, and else.
_COUNTING_MS: Final = 1000
_CALM_MS: Final = 5000
#: Milliseconds that changes are gathered.
_GATHER_MS: Final = 250


class SystemPage(Page):
    """A board of cards."""

    name = "system"
    title = "System"
    icon = "monitor"
    has_pane = False

    def __init__(self, parts: Parts) -> None:
        # Loaded here: the first picture does without.
        from bgtasks_gui.gui.widgets.system.board import Board

        super().__init__(parts)
        self.board = Board(self.title)
        self._told: TellingView | None = None
        self._known: BackgroundView | None = None
        self._is_reading = False
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.board)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.read)
        self.board.continuous.cancel_wanted.connect(self._on_cancel_wanted)
        self.board.access.switched.connect(self._on_switched)
        parts.bridge.changed.connect(self._on_changed)
        parts.bridge.system_changed.connect(self._say)

    def set_stale(self, *, is_stale: bool) -> None:
        self.board.set_stale(is_stale=is_stale)

    def focus_list(self) -> None:
        self.board.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        self._say()
        if not self._again.isActive():
            self.read()

    def read(self) -> None:
        """Ask for everything, and go on asking while somebody looks."""
        self._again.stop()
        if self.is_seen and self.parts.bridge.is_connected and not self._is_reading:
            self._is_reading = True
            self.parts.performer.spawn(self._read())

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._say()
        self.read()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    # Inside

    def _on_changed(self, changes: Changes) -> None:
        if changes.connected or changes.resync:
            self.read()
        elif changes.system and self.is_seen:
            self._again.start(_GATHER_MS)

    def _say(self) -> None:
        """Say what is known, as it is now."""
        if not self.is_seen:
            return
        now, system = self.parts.now(), self.parts.bridge.system
        if system is not None:
            self.board.machine.show_system(system, now)
        if self._told is not None:
            self.board.telling.show_telling(self._told, now)
        if self._known is not None:
            self.board.show_background(self._known, now)

    async def _read(self) -> None:
        client = self.parts.bridge.client
        try:
            self._told = await client(calls.show_telling())
            self._known = await client(background.show_background())
            self._say()
        except errors.UserError:
            # The window says that the agent is away.
            return
        finally:
            self._is_reading = False
            if self.is_seen:
                self._again.start(_COUNTING_MS if self._is_counting() else _CALM_MS)

    def _is_counting(self) -> bool:
        return self._known is not None and any(one.open for one in self._known.budgets)

    def _on_cancel_wanted(self, number: int) -> None:
        self.parts.performer.spawn(self._cancel(number))

    async def _cancel(self, number: int) -> None:
        try:
            await self.parts.bridge.client(background.cancel_continuous(number))
        finally:
            self.board.continuous.settle(number)
            self.read()

    def _on_switched(self, wanted: AccessView) -> None:
        self.parts.performer.spawn(self._allow(wanted))

    async def _allow(self, wanted: AccessView) -> None:
        call = background.grant_access(
            wanted.owner,
            wanted.modes,
            keep_running=wanted.keep_running,
            is_system=wanted.is_system,
        )
        try:
            await self.parts.bridge.client(call)
        finally:
            # Also where it was refused: the switch says what is so.
            self._say()
            self.read()

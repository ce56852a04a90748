"""The page of the machine, of how the person is told things, and of what programs do beside."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.client.calls import background
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors
from bgtasks_gui.gui.models.notices import calls
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.views.page import Page, Parts
from bgtasks_gui.gui.widgets.system.cards.access_card import AccessCard
from bgtasks_gui.gui.widgets.system.cards.budgets_card import BudgetsCard
from bgtasks_gui.gui.widgets.system.cards.continuous_card import ContinuousCard
from bgtasks_gui.gui.widgets.system.cards.holds_card import HoldsCard
from bgtasks_gui.gui.widgets.system.cards.machine_card import MachineCard
from bgtasks_gui.gui.widgets.system.cards.telling_card import TellingCard
from bgtasks_gui.wire.background import AccessView, BackgroundView
from bgtasks_gui.wire.notices import TellingView

#: Milliseconds between two readings while somebody looks: while time runs off, and else.
_COUNTING_MS: Final = 1000
_CALM_MS: Final = 5000
#: Below this width all cards stand in one column.
_TWO_COLUMNS: Final = 680
_GAP: Final = 12


class SystemPage(Page):
    """Six cards."""

    name = "system"
    title = "System"
    icon = "monitor"
    has_pane = False

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.machine, self.telling = MachineCard(), TellingCard()
        self.holds, self.continuous = HoldsCard(), ContinuousCard()
        self.budgets, self.access = BudgetsCard(), AccessCard()
        self._left = (self.machine, self.telling, self.access)
        self._right = (self.continuous, self.holds, self.budgets)
        self._told: TellingView | None = None
        self._known: BackgroundView | None = None
        self._is_reading = False
        self._is_narrow = False
        self._lay_out()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.read)
        self.continuous.cancel_wanted.connect(self._on_cancel_wanted)
        self.access.switched.connect(self._on_switched)
        parts.bridge.changed.connect(self._on_changed)
        parts.bridge.system_changed.connect(self._say)

    def set_stale(self, *, is_stale: bool) -> None:
        for card in (*self._left, *self._right):
            card.setEnabled(not is_stale)
            if is_stale:
                card.show_unknown()

    def focus_list(self) -> None:
        self._scroll.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        self._say()
        if self.is_seen and not self._again.isActive():
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _TWO_COLUMNS
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._place_cards()

    # Inside

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        page = QWidget()
        mark(page, role="page")
        row = QHBoxLayout(page)
        # The edge of the keyboard takes a pixel.
        row.setContentsMargins(metrics.EDGE - 1, 3, metrics.EDGE - 1, metrics.EDGE - 1)
        row.setSpacing(_GAP)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(_GAP)
            column.addStretch(1)
            row.addLayout(column, 1)
        self._row = row
        self._place_cards()
        self._scroll = QScrollArea()
        # The keyboard scrolls it, and shows where it is by the edge.
        mark(self._scroll, role="side")
        self._scroll.setAccessibleName(self.title)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        whole.addWidget(self._scroll)

    def _place_cards(self) -> None:
        left, right = self._columns
        if self._is_narrow:
            # What goes on before what was decided once.
            for at, card in enumerate((*self._left[:2], *self._right, *self._left[2:])):
                left.insertWidget(at, card)
        else:
            for column, cards in ((left, self._left), (right, self._right)):
                for at, card in enumerate(cards):
                    column.insertWidget(at, card)
        self._row.setSpacing(0 if self._is_narrow else _GAP)
        self._row.setStretch(1, 0 if self._is_narrow else 1)

    def _on_changed(self, changes: Changes) -> None:
        if changes.connected or changes.resync:
            self.read()

    def _say(self) -> None:
        """Say what is known, as it is now."""
        if not self.is_seen:
            return
        now, system = self.parts.now(), self.parts.bridge.system
        if system is not None:
            self.machine.show_system(system, now)
        if self._told is not None:
            self.telling.show_telling(self._told, now)
        if self._known is not None:
            self.holds.show_holds(self._known.holds, now)
            self.continuous.show_tasks(self._known.continuous, now)
            self.budgets.show_budgets(self._known.budgets, now)
            self.access.show_access(self._known.access)

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
            self.continuous.settle(number)
            self.read()

    def _on_switched(self, wanted: AccessView) -> None:
        self.parts.performer.spawn(self._allow(wanted))

    async def _allow(self, wanted: AccessView) -> None:
        call = background.grant_access(wanted.owner, wanted.modes, keep_running=wanted.keep_running)
        try:
            await self.parts.bridge.client(call)
        finally:
            # Also where it was refused: the switch says what is so.
            self._say()
            self.read()

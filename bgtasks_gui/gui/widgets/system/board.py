"""All cards of the page of the machine, in one column or in two, scrolled by mouse and keyboard."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.system.card import SystemCard
from bgtasks_gui.gui.widgets.system.cards.access_card import AccessCard
from bgtasks_gui.gui.widgets.system.cards.budgets_card import BudgetsCard
from bgtasks_gui.gui.widgets.system.cards.continuous_card import ContinuousCard
from bgtasks_gui.gui.widgets.system.cards.holds_card import HoldsCard
from bgtasks_gui.gui.widgets.system.cards.machine_card import MachineCard
from bgtasks_gui.gui.widgets.system.cards.telling_card import TellingCard
from bgtasks_gui.wire.background import BackgroundView

#: Below this width all cards stand in one column.
_TWO_COLUMNS: Final = 680
_GAP: Final = 12
_Cards = tuple[SystemCard, ...]


class Board(QScrollArea):
    """Six cards."""

    def __init__(self, title: str) -> None:
        super().__init__()
        # The keyboard scrolls it, and shows where it is by the edge.
        mark(self, role="side")
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.machine, self.telling = MachineCard(), TellingCard()
        self.holds, self.continuous = HoldsCard(), ContinuousCard()
        self.budgets, self.access = BudgetsCard(), AccessCard()
        self._left: _Cards = (self.machine, self.telling, self.access)
        self._right: _Cards = (self.continuous, self.holds, self.budgets)
        #: In the order in which they are read.
        self.cards: _Cards = (*self._left[:2], *self._right, self.access)
        self._is_narrow = False
        page = QWidget()
        mark(page, role="page")
        self._row = QHBoxLayout(page)
        # The edge of the keyboard takes a pixel.
        self._row.setContentsMargins(metrics.EDGE - 1, 3, metrics.EDGE - 1, metrics.EDGE - 1)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(_GAP)
            column.addStretch(1)
            self._row.addLayout(column, 1)
        self._place_cards()
        self.setWidget(page)

    def show_background(self, known: BackgroundView, now: datetime) -> None:
        """Say what programs do."""
        self.holds.show_holds(known.holds, now)
        self.continuous.show_tasks(known.continuous, now)
        self.budgets.show_budgets(known.budgets, now)
        self.access.show_access(known.access)

    def set_stale(self, *, is_stale: bool) -> None:
        """Grey what may not be true any more."""
        for card in self.cards:
            card.setEnabled(not is_stale)
            if is_stale:
                card.show_unknown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _TWO_COLUMNS
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._place_cards()

    def _place_cards(self) -> None:
        left, right = self._columns
        if self._is_narrow:
            placed = [(left, self.cards)]
        else:
            placed = [(left, self._left), (right, self._right)]
        for column, cards in placed:
            for at, card in enumerate(cards):
                column.insertWidget(at, card)
        self._row.setSpacing(0 if self._is_narrow else _GAP)
        self._row.setStretch(1, 0 if self._is_narrow else 1)

"""The line below the list of transfers: how fast all of them are, and how fast they may be."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton

from bgtasks_gui.core import durations
from bgtasks_gui.gui.actions import limits
from bgtasks_gui.gui.models.transfers.transfer_table import Speeds
from bgtasks_gui.gui.style import fonts, icons, mark, metrics
from bgtasks_gui.gui.widgets.shape import Shape

_HEIGHT: Final = 44
#: Of the words for a speed, so that nothing moves when its figures do.
_SPEED_WIDTH: Final = 96


class TransfersBar(QFrame):
    """Total speeds, and the limit of everything together with a menu to change it.

    Signals: `limit_chosen` with bytes a second or None, `other_wanted` for a limit of their own.
    """

    limit_chosen = Signal(object)
    other_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, role="foot")
        self.setFixedHeight(_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        row.setSpacing(6)
        self.down, self.up = QLabel(), QLabel()
        for label, icon, word in (
            (self.down, "arrow-down", "Download"),
            (self.up, "arrow-up", "Upload"),
        ):
            row.addWidget(Shape(icon, "second", metrics.SMALL_ICON))
            label.setFont(fonts.text(tabular=True))
            label.setMinimumWidth(_SPEED_WIDTH)
            label.setToolTip(f"{word} speed of everything together")
            row.addWidget(label)
        row.addStretch(1)
        # Until it is known how fast all may be.
        self.limit = QPushButton("Limit…")
        self.limit.setProperty("small", True)
        icons.bind(self.limit, "gauge", "text", metrics.SMALL_ICON)
        self.limit.setToolTip("Limit the speed of all transfers together")
        self.limit.setMenu(self._make_menu())
        row.addWidget(self.limit)
        self.show_speeds(Speeds())

    def show_speeds(self, speeds: Speeds) -> None:
        for label, word, rate in (
            (self.down, "Download", speeds.down),
            (self.up, "Upload", speeds.up),
        ):
            said = f"{durations.say_size(round(rate))}/s"
            label.setText(said)
            label.setAccessibleName(f"{word} {said}")

    def show_limit(self, rate: int | None) -> None:
        said = limits.say(rate)
        self.limit.setText(f" {said}" if rate is None else f" Limit {said}")
        self.limit.setAccessibleName(f"Limit of all transfers: {said}")
        for entry in self.limit.menu().actions():
            is_one = entry.isCheckable()
            entry.setChecked(is_one and entry.data() == (-1 if rate is None else rate))

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for limit in limits.LIMITS:
            entry = menu.addAction(limit.text)
            entry.setCheckable(True)
            entry.setData(-1 if limit.rate is None else limit.rate)
            entry.triggered.connect(lambda _=False, rate=limit.rate: self.limit_chosen.emit(rate))
        menu.addSeparator()
        menu.addAction("Other…").triggered.connect(self.other_wanted)
        return menu

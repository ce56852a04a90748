"""The line below the list of notices: who shows them now, or why they are held back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.gui.models.notices import speaking
from bgtasks_gui.gui.style import fonts, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire.notices import TellingView

_HEIGHT: Final = 44
NOBODY: Final = "No service shows notices here; the icon in the tray does, where there is a tray"


class TellingBar(QFrame):
    """A sentence, how many notices were held back, and the way to more.

    Signals: `more_wanted`.
    """

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, role="foot")
        self.setFixedHeight(_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        row.setSpacing(metrics.GAP)
        self._shape = Shape("bell", "second", metrics.ICON)
        self.sentence = ElidedLabel()
        self.held_back = QLabel()
        self.held_back.setFont(fonts.text(tabular=True))
        self.held_back.setToolTip("Since the agent started")
        more = QPushButton("How you are told")
        mark(more, role="link")
        more.clicked.connect(self.more_wanted)
        row.addWidget(self._shape)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.held_back)
        row.addSpacing(metrics.GAP)
        row.addWidget(more)

    def show_telling(self, telling: TellingView, now: datetime) -> None:
        """Say how the person is told things now."""
        if telling.is_quiet:
            self._shape.set_icon("moon", "waiting")
        elif speaking.messenger(telling) is None:
            self._shape.set_icon("bell-off", "waiting")
        else:
            self._shape.set_icon("bell", "second")
        self.sentence.set_text(sentence(telling, now))
        self.held_back.setText(f"{telling.held_back:,} held back" if telling.held_back else "")


def sentence(telling: TellingView, now: datetime) -> str:
    """Who shows notices, or why nobody does."""
    if telling.is_quiet:
        return f"{quiet(telling, now)}: notices are held back"
    used = speaking.messenger(telling)
    return NOBODY if used is None else text.one_line(f"{used.title}: {used.sentence}")


def quiet(telling: TellingView, now: datetime) -> str:
    """That quiet hours hold notices back, and until when."""
    if telling.quiet_until is None:
        return "Quiet hours"
    return f"Quiet hours until {times.clock(telling.quiet_until, now)}"

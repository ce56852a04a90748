"""The card of the time that programs have to finish their work, each within a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import durations
from bgtasks_gui.gui.style import fonts, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.gui.widgets.system.line import Line
from bgtasks_gui.gui.widgets.system.meter import Meter
from bgtasks_gui.wire.background import BudgetView, DelayView

_RESTS: Final = ("hourglass", "second")
_COUNTS: Final = ("hourglass", "running")
_SPENT: Final = ("hourglass", "waiting")


class BudgetsCard(SystemCard):
    """A meter for each program, and what it asked for."""

    def __init__(self) -> None:
        super().__init__(
            "Time to finish work", "No program has asked for time before it is suspended."
        )
        self.body.setSpacing(14)
        self.entries = Entries[tuple[BudgetView, datetime], BudgetLine](
            self.body, BudgetLine, lambda line, shown: line.show_budget(*shown)
        )

    def show_budgets(self, budgets: Sequence[BudgetView], now: datetime) -> None:
        """Say what was used, and what goes on."""
        self.entries.show_all({one.owner: (one, now) for one in budgets})
        self.show_emptiness(is_empty=not budgets)


class BudgetLine(Line):
    """A program's time: used, and being used."""

    def __init__(self) -> None:
        super().__init__()
        self.meter = Meter()
        self.below.insertWidget(0, self.meter)
        self.below.setSpacing(4)
        self.below.setContentsMargins(0, 3, 0, 0)
        self._column = QVBoxLayout()
        self._column.setSpacing(3)
        self.below.addLayout(self._column)
        self.open = Entries[DelayView, DelayLine](
            self._column, DelayLine, lambda line, delay: line.show_delay(delay)
        )

    def show_budget(self, budget: BudgetView, now: datetime) -> None:
        """Say how much is used, and when some of it comes back."""
        is_spent = budget.used_s >= budget.limit_s
        shape = _SPENT if is_spent else _COUNTS if budget.open else _RESTS
        used, limit = clock(budget.used_s), times.length(budget.limit_s)
        said = f"{used} of {limit} used"
        self.say(shape, budget.owner, _comes_back(budget, now), said)
        share = budget.used_s / budget.limit_s if budget.limit_s else 1.0
        self.meter.show_share(share, f"{text.one_line(budget.owner)}: {said}")
        self.open.show_all({one.request_id: one for one in budget.open})


class DelayLine(QWidget):
    """A request that is open, and the time it has left."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._reason, self._left = ElidedLabel(), QLabel()
        self._left.setFont(fonts.text(metrics.SMALL, tabular=True))
        mark(self._left, role="second")
        row.addWidget(Shape("loader-circle", "running", metrics.SMALL_ICON))
        row.addWidget(self._reason, 1)
        row.addWidget(self._left)

    def show_delay(self, delay: DelayView) -> None:
        """Say why it was asked for, and what is left."""
        self._reason.set_text(delay.reason or "No reason given")
        self._left.setText(f"{clock(delay.remaining / 1000)} left")


def clock(seconds: float) -> str:
    """Whole seconds in words: "4 min 12 s"."""
    return durations.say_duration(timedelta(seconds=round(max(seconds, 0))))


def _comes_back(budget: BudgetView, now: datetime) -> str:
    if budget.frees_at is None:
        return ""
    when = times.when(budget.frees_at, now)
    if budget.used_s >= budget.limit_s:
        return f"All of it is used; some comes back {when}."
    return f"Some comes back {when}."

"""How fast each transfer was in the last minutes, second by second."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.wire import shapes

#: Seconds that are remembered.
SPAN_S: Final = 300
#: Seconds without word for which the last speed still counts; after that nothing moved.
_GAP_S: Final = 3
#: Changes of a run after which its speed is another one.
_MOVING: Final = frozenset({"progress", "state"})


class Point(NamedTuple):
    """A second, and the bytes that moved in it."""

    #: Seconds before now; never more than 0.
    at: float
    rate: float


class _Series:
    """Speeds of one transfer, one a second, without holes."""

    __slots__ = ("last", "rates")

    def __init__(self, second: int, rate: float) -> None:
        self.last = second
        self.rates = array("f", (rate,))

    def add(self, second: int, rate: float) -> None:
        missing = second - self.last - 1
        if missing < 0:
            self.rates[-1] = rate
            return
        before = self.rates[-1] if missing < _GAP_S else 0.0
        self.rates.extend([before] * min(missing, SPAN_S))
        self.rates.append(rate)
        self.last = second
        if len(self.rates) > 2 * SPAN_S:
            # Now and then, rather than every second.
            del self.rates[: len(self.rates) - SPAN_S]


class Speeds(QObject):
    """Listens to what the agent tells of transfers, from when it is made.

    Signals: `grew` with the ids of the runs whose speed was told.
    """

    grew = Signal(object)

    def __init__(self, mirror: Mirror, tally: Tally, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._mirror = mirror
        self._now = now
        self._series: dict[str, _Series] = {}
        tally.changed.connect(self._on_changed)

    def points(self, run_id: str) -> list[Point]:
        """Of the last minutes, the oldest first."""
        series = self._series.get(run_id)
        if series is None:
            return []
        first = series.last - len(series.rates) + 1 - self._now().timestamp()
        found = [Point(first + place, rate) for place, rate in enumerate(series.rates)]
        return [one for one in found if one.at >= -SPAN_S]

    def _on_changed(self, changes: Changes, _touched: frozenset[str]) -> None:
        second, told = int(self._now().timestamp()), set[str]()
        for run_id, names in changes.runs.items():
            run = self._mirror.runs.get(run_id)
            if run is not None and run.kind in transfer_rows.WAYS and names & _MOVING:
                self._take(run, second)
                told.add(run_id)
        for gone in changes.removed_runs:
            self._series.pop(gone, None)
        if told:
            self.grew.emit(told)

    def _take(self, run: shapes.RunView, second: int) -> None:
        is_moving = run.state is runs.RunState.RUNNING and run.progress is not None
        rate = run.progress.rate or 0.0 if is_moving and run.progress is not None else 0.0
        known = self._series.get(run.id)
        if known is not None:
            known.add(second, rate)
        elif rate:
            self._series[run.id] = _Series(second, rate)

"""What is measured of a running Qt loop: how long it was blocked, what it used, when it painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView

from tests.benchmarks import table

PATIENCE_S = 60.0
_TICK_MS = 1


class Stalls(NamedTuple):
    """How long nothing else had its turn, in milliseconds."""

    longest: float
    #: What 99 of 100 ticks did not exceed.
    usual: float
    #: The most that this thread itself worked between two ticks; the rest of a stall is others'.
    worked: float


class StallMeter:
    """A timer that wants to tick every millisecond: as late as it is, so long was the loop busy."""

    def __init__(self) -> None:
        self._gaps: list[float] = []
        self._last = 0.0
        self._works: list[float] = []
        self._last_work = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        self._gaps.clear()
        self._works.clear()
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer.start(_TICK_MS)

    def stop(self) -> Stalls:
        self._timer.stop()
        late = [max(0.0, gap * 1000 - _TICK_MS) for gap in self._gaps]
        return Stalls(max(late), table.part(late, 0.99), max(self._works) * 1000)

    def _on_tick(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self._gaps.append(now - self._last)
        self._works.append(work - self._last_work)
        self._last, self._last_work = now, work


class PaintMeter(QObject):
    """Counts how often the rows of a view are painted."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.paints = 0
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.paints += 1
        return False


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that this takes."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def run_loop(seconds: float) -> None:
    loop, end = QEventLoop(), QTimer()
    end.setSingleShot(True)
    end.setTimerType(Qt.TimerType.PreciseTimer)
    end.timeout.connect(loop.quit)
    end.start(round(seconds * 1000))
    loop.exec()


def run_loop_until(has_come: Callable[[], bool]) -> None:
    """Let the loop do what there is, without resting, until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not has_come():
        QCoreApplication.processEvents()
        if time.monotonic() > until:
            raise TimeoutError("it did not come")


def measure_stalls(seconds: float) -> Stalls:
    """How the loop was blocked during so many seconds."""
    meter = StallMeter()
    meter.start()
    run_loop(seconds)
    return meter.stop()


def measure_cpu(seconds: float) -> float:
    """Percent of one core that this process uses during so many seconds."""
    begin, used = time.perf_counter(), time.process_time()
    run_loop(seconds)
    return (time.process_time() - used) / (time.perf_counter() - begin) * 100

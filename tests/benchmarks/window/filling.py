"""Tables of the window with as many rows as wanted, and changes as an agent sends them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, QTimer

from bgtasks_gui.client import changes
from bgtasks_gui.client.asgi import AsgiTransport
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import runs
from bgtasks_gui.gui.bridge import VISIBLE_MS, Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.run_table import ActiveTable, HistoryTable
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.wire import shapes, times
from tests.cli.fakes import views
from tests.fakes import samples

#: Tasks of a long list that run: at four messages a second each, 1,000 changes a second.
RUNNING = 250
_SIZE = 4_000_000_000
_DRIVE_MS = 5
_VERBS = ("Back up", "Check", "Clean", "Convert", "Download", "Fetch", "Index", "Mirror", "Upload")
_THINGS = ("archive", "calendar", "films", "letters", "mail", "music", "photos", "reports", "wiki")
_numbers = random.Random(1)


@dataclass(frozen=True)
class Filled:
    """A table and what moves it."""

    table: RowTable[Any]
    bridge: Bridge
    load_ms: float
    #: Ids of the runs that say how far they are.
    running: Sequence[str]


def fill(kind: str, count: int) -> Filled:
    """A table of this kind with so many rows, as read from an agent at once."""
    bridge = Bridge(Client(AsgiTransport(_nobody)))
    tally, asked = Tally(bridge.mirror), Asked()
    bridge.changed.connect(tally.take)
    table = _make_table(kind, bridge, tally, asked)
    # Whoever made them holds them; who is measured is not to lose them to the garbage.
    for part in (tally, asked, bridge):
        part.setParent(table)
    if isinstance(table, HistoryTable):
        page = [_ended(number) for number in range(count)]
        begin = time.perf_counter()
        table.take_page(page, is_last=True)
        running: list[str] = []
    else:
        tasks = [_task(number) for number in range(count)]
        every = 1 if kind == "runs" else max(1, count // RUNNING)
        started = [_run(task, number) for number, task in enumerate(tasks[::every])]
        begin = time.perf_counter()
        step = bridge.mirror.load(tasks, started, 0)
        bridge.changed.emit(step.then(changes.Changes(connected=True)))
        running = [run.id for run in started]
    return Filled(table, bridge, (time.perf_counter() - begin) * 1000, running)


class Feed:
    """Sends so many messages on progress a second; the bridge's pace is kept."""

    def __init__(self, bridge: Bridge, run_ids: Sequence[str], rate: int) -> None:
        self._bridge, self._ids, self._rate = bridge, run_ids, rate
        self._sent, self._began = 0, time.perf_counter()
        self._steps: list[changes.Changes] = []
        self._drive, self._pace = QTimer(), QTimer()
        self._drive.setTimerType(Qt.TimerType.PreciseTimer)
        self._drive.timeout.connect(self._on_due)
        self._pace.timeout.connect(self._on_pace)
        self._drive.start(_DRIVE_MS)
        self._pace.start(VISIBLE_MS)

    def stop(self) -> int:
        """How many were sent."""
        self._drive.stop()
        self._pace.stop()
        return self._sent

    def _on_due(self) -> None:
        due = int((time.perf_counter() - self._began) * self._rate)
        while self._sent < due:
            self._sent += 1
            self._steps.append(self._bridge.mirror.apply(self._message(self._sent)))

    def _message(self, number: int) -> shapes.EventView:
        seq = self._bridge.mirror.seq + 1
        run_id = self._ids[number % len(self._ids)]
        progress = _progress(number * 7919 % 1000 / 1000)
        return views.event(seq, "run_progressed", run_id=run_id, progress=progress)

    def _on_pace(self) -> None:
        if self._steps:
            self._bridge.changed.emit(changes.merge(self._steps))
            self._steps.clear()


async def _nobody(*_: object) -> None:
    """An agent that is not asked: everything was told already."""


def _make_table(kind: str, bridge: Bridge, tally: Tally, asked: Asked) -> RowTable[Any]:
    match kind:
        case "tasks":
            return TaskTable(bridge, tally, asked, _now)
        case "runs":
            return ActiveTable(bridge, tally, asked, _now)
        case "history":
            return HistoryTable(bridge, tally, _now)
    raise ValueError(kind)


def _now() -> datetime:
    return datetime.now(UTC)


def names() -> Iterator[str]:
    """Names as people give them, in no order."""
    number = 0
    while True:
        number += 1
        yield f"{_numbers.choice(_VERBS)} {_numbers.choice(_THINGS)} {number}"


_names = names()


def _task(number: int) -> shapes.TaskView:
    name = next(_names)
    return views.task(
        id=samples.an_id(number),
        name=name,
        does=f"runs `{name.split()[0].lower()}.sh --all`",
        when=("every 6 hours",),
        next_run_at=times.stamp(_now() + timedelta(minutes=_numbers.randrange(6000))),
        last_run=_ended(number),
    )


def _run(task: shapes.TaskView, number: int) -> shapes.RunView:
    return views.run(
        id=samples.an_id(10_000_000 + number),
        task_id=task.id,
        task_name=task.name,
        triggered_at=times.stamp(_now() - timedelta(seconds=_numbers.randrange(5000))),
        started_at=times.stamp(_now()),
        progress=_progress(_numbers.random()),
    )


def _ended(number: int) -> shapes.RunView:
    began = _now() - timedelta(seconds=30 * number + 60)
    state = _numbers.choices((runs.RunState.COMPLETED, runs.RunState.FAILED), (9, 1))[0]
    return views.ended(
        state,
        id=samples.an_id(number),
        task_id=samples.an_id(number),
        task_name=f"{_VERBS[number % 9]} {_THINGS[number % 7]} {number}",
        triggered_at=times.stamp(began),
        started_at=times.stamp(began),
        completed_at=times.stamp(began + timedelta(seconds=_numbers.randrange(1, 60))),
    )


def _progress(share: float) -> shapes.ProgressView:
    return views.progress(
        round(share * _SIZE), _SIZE, unit="bytes", rate=share * 40e6, eta=(1 - share) * 900
    )

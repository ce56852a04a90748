"""The list of downloads and uploads, kept in step with the mirror, and how fast all of them are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import runs
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.gui.models.transfers.transfer_rows import Place, TransferRow
from bgtasks_gui.wire import shapes

_S = runs.RunState


class Speeds(NamedTuple):
    """Bytes a second of everything together."""

    down: float = 0.0
    up: float = 0.0


class TransferTable(RowTable[TransferRow]):
    """Downloads and uploads: those under way, and the ended ones that the mirror has."""

    def __init__(
        self,
        bridge: Bridge,
        tally: Tally,
        asked: Asked,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        columns = transfer_rows.columns(asked)
        super().__init__(columns, now, sorted_by="added", descending=True, parent=parent)
        self._mirror = bridge.mirror
        #: By task: the payload that was read, and what it says. Progress comes far more often.
        self._places: dict[str, tuple[msgspec.Raw, Place]] = {}
        self.replace(self._rows(self._mirror.runs.values()))
        tally.changed.connect(self._on_changed)
        asked.changed.connect(self._on_asked_changed)

    @property
    def speeds(self) -> Speeds:
        found = {"download": 0.0, "upload": 0.0}
        for row in self.all_rows():
            run = row.run
            if run.state is _S.RUNNING and run.progress is not None and run.progress.rate:
                found[run.kind] += run.progress.rate
        return Speeds(found["download"], found["upload"])

    def _on_changed(self, changes: Changes, _touched: frozenset[str]) -> None:
        known = self._mirror.runs
        rows = self._rows(known[one] for one in changes.runs if one in known)
        self.change(rows, changes.removed_runs, changes.runs)
        for gone in changes.removed_tasks:
            self._places.pop(gone, None)

    def _on_asked_changed(self, ids: frozenset[str]) -> None:
        found = (self.find(one) for one in ids)
        self.change([row for row in found if row is not None])

    def _rows(self, known: Iterable[shapes.RunView]) -> list[TransferRow]:
        return [
            TransferRow(run, self._place(run)) for run in known if run.kind in transfer_rows.WAYS
        ]

    def _place(self, run: shapes.RunView) -> Place:
        task = self._mirror.tasks.get(run.task_id)
        if task is None:
            row = self.find(run.id)
            return Place() if row is None else row.place
        read = self._places.get(task.id)
        if read is None or read[0] is not task.payload:
            read = self._places[task.id] = (task.payload, transfer_rows.place_of(task))
        return read[1]

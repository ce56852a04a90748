"""The runs that have not ended, by task; how many stand where; and what has just ended badly."""

from __future__ import annotations

from collections import Counter
from typing import Final

from PySide6.QtCore import QObject, Signal

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states
from bgtasks_gui.wire import shapes

_S = runs.RunState
#: Stops and ends that the person is told about.
_STOPS: Final = frozenset({_S.SUSPENDED, _S.FAILED, _S.CANCELED, _S.SKIPPED, _S.MISSED})

#: Late ends that are remembered; each is told of once, and then soon forgotten by everybody.
_PASSED: Final = 10_000


class Tally(QObject):
    """Takes in every change before the lists do.

    Signals: `changed` with the changes and the ids of the tasks that look different now,
    `troubled` with the runs that were suspended or ended badly while somebody could have seen it,
    `ends_seen` when somebody has looked at those that were new.
    """

    changed = Signal(object, object)
    troubled = Signal(object)
    ends_seen = Signal()

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._active: dict[str, shapes.RunView] = {}
        self._of_task: dict[str, set[str]] = {}
        self.counts: Counter[runs.RunState] = Counter()
        #: Runs whose end was told though the mirror has no room for them.
        self._passed: set[str] = set()
        #: Runs that go on only when the person does something.
        self.needing: set[str] = set()
        #: Failures since somebody looked at the history.
        self.unseen_failures = 0
        self._has_news = False
        self._is_loaded = False

    def take(self, changes: Changes) -> None:
        """Take in what changed in the mirror."""
        touched = set(changes.tasks)
        troubled = []
        for run_id, names in changes.runs.items():
            run = self._mirror.runs.get(run_id)
            if run is None:
                continue
            before = self._active.get(run_id)
            touched.add(run.task_id)
            self._put(run)
            # What is known of an end later makes it no news.
            if self._is_loaded and "state" in names and _is_news(before, run):
                troubled.append(run)
        # What ended long after it began is told of once more, and is not in the mirror any more.
        for run in changes.passing.values():
            is_first = run.id not in self._passed
            if len(self._passed) > _PASSED:
                self._passed.clear()
            self._passed.add(run.id)
            if self._is_loaded and is_first and _is_news(self._active.get(run.id), run):
                troubled.append(run)
        for run_id in changes.removed_runs:
            gone = self._active.get(run_id)
            if gone is not None:
                touched.add(gone.task_id)
                self._drop(gone)
        self._is_loaded = self._is_loaded or bool(changes.connected)
        self.unseen_failures += sum(run.state in states.TROUBLE for run in troubled)
        self._has_news = self._has_news or bool(troubled)
        self.changed.emit(changes, frozenset(touched))
        if troubled:
            self.troubled.emit(troubled)

    def look_at_failures(self) -> None:
        """Somebody looks at the history now."""
        if self._has_news:
            self._has_news = False
            self.unseen_failures = 0
            self.ends_seen.emit()

    def active(self) -> list[shapes.RunView]:
        """Runs that have not ended, the oldest first."""
        return sorted(self._active.values(), key=lambda run: run.id)

    def of_task(self, task_id: str) -> list[shapes.RunView]:
        """The task's runs that have not ended, the one to be shown first."""
        found = [self._active[run_id] for run_id in self._of_task.get(task_id, ())]
        return sorted(found, key=states.prominence)

    def foremost(self, task_id: str) -> shapes.RunView | None:
        return next(iter(self.of_task(task_id)), None)

    @property
    def progress(self) -> float | None:
        """The mean share of everything that runs and says how far it is, from 0 to 1."""
        shares = [
            share
            for run in self._active.values()
            if run.state is _S.RUNNING and run.progress is not None
            if (share := run_phrases.fraction(run.progress)) is not None
        ]
        return sum(shares) / len(shares) if shares else None

    def _put(self, run: shapes.RunView) -> None:
        old = self._active.get(run.id)
        if run.state in runs.ENDED:
            if old is not None:
                self._drop(old)
            return
        if old is not None:
            self.counts[old.state] -= 1
        self.counts[run.state] += 1
        self._active[run.id] = run
        self._of_task.setdefault(run.task_id, set()).add(run.id)
        (self.needing.add if states.needs_you(run) else self.needing.discard)(run.id)

    def _drop(self, run: shapes.RunView) -> None:
        self.counts[run.state] -= 1
        del self._active[run.id]
        self.needing.discard(run.id)
        mine = self._of_task[run.task_id]
        mine.discard(run.id)
        if not mine:
            del self._of_task[run.task_id]


def _is_news(before: shapes.RunView | None, run: shapes.RunView) -> bool:
    """Whether it has just been suspended, or ended without having been completed."""
    return (before is None or before.state is not run.state) and run.state in _STOPS

"""A local copy of the agent's tasks and runs, kept in step by events."""

from __future__ import annotations

import bisect
import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import reasons
from bgtasks_gui.core import runs as run_words
from bgtasks_gui.wire import shapes

#: Ended runs kept unless the caller says otherwise; older ones are read from the history.
ENDED_KEPT: Final = 500

View = TypeVar("View", shapes.TaskView, shapes.RunView)


class Mirror:
    """Every task, every run that has not ended, and the newest of those that have."""

    def __init__(self, *, ended_kept: int = ENDED_KEPT) -> None:
        self.ended_kept = ended_kept
        #: Number of the newest event that was taken in.
        self.seq = -1
        self._tasks: dict[str, shapes.TaskView] = {}
        self._runs: dict[str, shapes.RunView] = {}
        #: Ids of the ended runs in `_runs`, oldest first.
        self._ended: list[str] = []

    @property
    def tasks(self) -> Mapping[str, shapes.TaskView]:
        """By id. `last_run` carries no progress until it has ended: `runs` does."""
        return MappingProxyType(self._tasks)

    @property
    def runs(self) -> Mapping[str, shapes.RunView]:
        return MappingProxyType(self._runs)

    def active_runs(self) -> list[shapes.RunView]:
        """Runs that have not ended, newest first."""
        return _newest_first(run for run in self._runs.values() if not _has_ended(run))

    def runs_of(self, task_id: str) -> list[shapes.RunView]:
        """The task's runs that are here, newest first."""
        return _newest_first(run for run in self._runs.values() if run.task_id == task_id)

    def counts(self) -> dict[run_words.RunState, int]:
        """How many of the runs that are here stand in each state; a state without any is 0."""
        found = Counter(run.state for run in self._runs.values())
        return {state: found[state] for state in run_words.RunState}

    def apply(self, event: shapes.EventView) -> Changes:
        """Take in one event; one that is not newer than all before changes nothing."""
        if event.type == "resync":
            # It tells of a gap, and has the number of an event that was told already.
            return Changes(resync=True)
        if event.seq <= self.seq or event.type == "hello":
            return Changes()
        self.seq = event.seq
        match event.type:
            case "run_printed":
                return Changes(printed=frozenset(self._runs.keys() & {event.run_id}))
            case "run_progressed":
                return self._progress(event)
            case "task_removed":
                return self._remove_task(event)
            case "system_changed" | "delay_changed" | "continuous_changed" | "notice_changed":
                return _beside(event)
        if event.run is not None:
            return self._put_run(event.run, event.warning)
        if event.task is not None:
            return Changes(tasks=_put(self._tasks, _without_live_progress(event.task)))
        return Changes()

    def load(
        self, tasks: Iterable[shapes.TaskView], runs: Iterable[shapes.RunView], seq: int
    ) -> Changes:
        """Take in everything at once, as it was when `seq` was the newest event or later.

        A run that is given twice is taken as it was given last.
        """
        new_tasks = {task.id: _without_live_progress(task) for task in tasks}
        new_runs = {run.id: run for run in runs}
        ended = sorted(run.id for run in new_runs.values() if _has_ended(run))
        surplus = max(0, len(ended) - self.ended_kept)
        for run_id in ended[:surplus]:
            del new_runs[run_id]
        changes = Changes(
            tasks=_differences(self._tasks, new_tasks),
            runs=_differences(self._runs, new_runs),
            removed_tasks=frozenset(self._tasks.keys() - new_tasks.keys()),
            removed_runs=frozenset(self._runs.keys() - new_runs.keys()),
        )
        self._tasks, self._runs, self.seq = new_tasks, new_runs, seq
        self._ended = ended[surplus:]
        return changes

    def _progress(self, event: shapes.EventView) -> Changes:
        run = self._runs.get(event.run_id or "")
        if run is None or _has_ended(run):
            return Changes()
        return Changes(runs=_put(self._runs, msgspec.structs.replace(run, progress=event.progress)))

    def _remove_task(self, event: shapes.EventView) -> Changes:
        task_id = event.task.id if event.task is not None else event.task_id or ""
        if self._tasks.pop(task_id, None) is None:
            return Changes()
        return Changes(removed_tasks=frozenset({task_id}))

    def _put_run(self, run: shapes.RunView, warning: str | None) -> Changes:
        known = self._runs.get(run.id)
        if known is not None and _has_ended(known) and not _has_ended(run):
            # A snapshot may be ahead of the events that follow it; an end is never taken back.
            return Changes()
        changed = dict(_put(self._runs, run))
        removed = frozenset(self._retire(run.id) if _has_ended(run) else ())
        for run_id in removed:
            changed.pop(run_id, None)
        return Changes(
            runs=changed,
            removed_runs=removed if known is not None else removed - {run.id},
            tasks=self._put_last_run(run),
            passing={run.id: run} if run.id in removed else {},
            warnings={} if warning is None else {run.id: warning},
        )

    def _retire(self, run_id: str) -> list[str]:
        """Count a run among the ended ones; the ids of those that have no place any more."""
        place = bisect.bisect_left(self._ended, run_id)
        if self._ended[place : place + 1] != [run_id]:
            self._ended.insert(place, run_id)
        surplus = max(0, len(self._ended) - self.ended_kept)
        gone, self._ended = self._ended[:surplus], self._ended[surplus:]
        for one in gone:
            del self._runs[one]
        return gone

    def _put_last_run(self, run: shapes.RunView) -> dict[str, frozenset[str]]:
        task = self._tasks.get(run.task_id)
        if task is None or (task.last_run is not None and task.last_run.id > run.id):
            return {}
        fresh = msgspec.structs.replace(
            task, last_run=run, last_exit_reason=_exit_reason(run) or task.last_exit_reason
        )
        return _put(self._tasks, _without_live_progress(fresh))


def _exit_reason(run: shapes.RunView) -> str | None:
    if not _has_ended(run):
        return None
    code = None if run.reason is None else run.reason.code
    return reasons.exit_reason(run.state, code, has_started=run.started_at is not None)


def _has_ended(run: shapes.RunView) -> bool:
    return run.state in run_words.ENDED


def _newest_first(found: Iterable[shapes.RunView]) -> list[shapes.RunView]:
    return sorted(found, key=lambda run: run.id, reverse=True)


def _without_live_progress(task: shapes.TaskView) -> shapes.TaskView:
    last = task.last_run
    if last is None or last.progress is None or _has_ended(last):
        return task
    return msgspec.structs.replace(task, last_run=msgspec.structs.replace(last, progress=None))


def _put(views: dict[str, View], view: View) -> dict[str, frozenset[str]]:
    """Put a view in its place; its id with the fields that changed, or nothing."""
    before = views.get(view.id)
    views[view.id] = view
    fields = _changed(before, view)
    return {view.id: fields} if fields else {}


def _differences(old: Mapping[str, View], new: Mapping[str, View]) -> dict[str, frozenset[str]]:
    found = {one: _changed(old.get(one), view) for one, view in new.items()}
    return {one: fields for one, fields in found.items() if fields}


def _changed(before: View | None, after: View) -> frozenset[str]:
    names = after.__struct_fields__
    if before is None:
        return _all_fields(type(after))
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


@functools.cache
def _all_fields(type_: type[shapes.Shape]) -> frozenset[str]:
    """One set for all views of a type: there may be a hundred thousand of them."""
    return frozenset(type_.__struct_fields__)


def _beside(event: shapes.EventView) -> Changes:
    """What is no task and no run, and is asked for where it is shown."""
    if event.type == "notice_changed":
        return Changes(notices=True)
    # How far a continuous task is belongs to its notice; nothing that is listed shows it.
    return Changes(system=event.what != "progressed")

"""`ports.Store` in dictionaries: what the real one must answer, without a file or a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import msgspec

from bgtasks_gui.core import errors, ids, ports, reasons, tasks
from bgtasks_gui.core import runs as core_runs  # `runs` is one of the methods


class _Past:
    """What is remembered of a task."""

    def __init__(self) -> None:
        self.last_run_id = ""
        self.last_scheduled_at: datetime | None = None
        self.exit_reason = "None"
        self.exited_at: datetime | None = None

    def remember(self, past: ports.Standing) -> None:
        self.last_run_id = "" if past.last_run is None else past.last_run.id
        self.last_scheduled_at = past.last_scheduled_at
        self.exit_reason = past.last_exit_reason

    def begin(self, run: core_runs.Run) -> None:
        self.last_run_id = max(self.last_run_id, run.id)
        times = [self.last_scheduled_at, run.firing.planned_at]
        self.last_scheduled_at = max((at for at in times if at is not None), default=None)

    def end(self, run: core_runs.Run) -> None:
        ended_at = run.completed_at or run.triggered_at
        if run.started_at is not None and (self.exited_at or ended_at) <= ended_at:
            self.exited_at = ended_at
            self.exit_reason = _exit_reason(run)


class MemoryStore:
    """Keeps everything until the test is over."""

    def __init__(self) -> None:
        self._tasks: dict[str, tasks.Task] = {}
        self._pasts: dict[str, _Past] = {}
        self._planned: dict[tuple[str, int], tasks.Planned] = {}
        self._listeners: set[tasks.Listener] = set()
        self._runs: dict[str, core_runs.Run] = {}
        self._facts: dict[str, str] = {}
        self._notices: dict[str, ports.Told] = {}

    async def write(self, change: ports.Change) -> None:
        self._refuse_same_names(change)
        for task_id in change.removed_tasks:
            self._forget(task_id, 0)
            self._tasks.pop(task_id, None)
            self._pasts.pop(task_id, None)
        for task in change.tasks:
            self._forget(task.id, len(task.triggers))
            self._tasks[task.id] = task
            self._pasts.setdefault(task.id, _Past())
        for past in change.pasts:
            self._pasts[past.task.id].remember(past)
        self._listeners |= {one for one in change.listeners if one.task_id in self._tasks}
        for entry in change.planned:
            self._plan(entry)
        for run in change.runs:
            self._keep(run)
        self._facts |= change.facts
        self._notices |= {told.id: told for told in change.notices}

    def _refuse_same_names(self, change: ports.Change) -> None:
        after = {key: task for key, task in self._tasks.items() if key not in change.removed_tasks}
        for task in change.tasks:
            after[task.id] = task
            full_name = task.owner, task.group, task.name
            rivals = [one for one in after.values() if not one.is_twin]
            same = [one for one in rivals if (one.owner, one.group, one.name) == full_name]
            if len(same) > 1:
                raise errors.DuplicateName("There is a task of this name.", field="name")

    def _forget(self, task_id: str, triggers: int) -> None:
        self._listeners = {one for one in self._listeners if one.task_id != task_id}
        for key in [key for key in self._planned if key[0] == task_id and key[1] >= triggers]:
            del self._planned[key]

    def _plan(self, entry: tasks.Planned) -> None:
        if entry.next_at is None:
            self._planned.pop((entry.task_id, entry.position), None)
        elif entry.task_id in self._tasks:
            self._planned[entry.task_id, entry.position] = entry

    def _keep(self, run: core_runs.Run) -> None:
        past = self._pasts.get(run.task_id, _Past())
        if run.id not in self._runs:
            past.begin(run)
        if run.has_ended:
            past.end(run)
        self._runs[run.id] = run

    async def task(self, task_id: str) -> tasks.Task | None:
        return self._tasks.get(task_id)

    async def tasks_named(self, name: str) -> list[tasks.Task]:
        return [task for _, task in sorted(self._tasks.items()) if task.name == name]

    async def standing(self, task_id: str) -> ports.Standing | None:
        task = self._tasks.get(task_id)
        return None if task is None else self._standing(task)

    async def read_ahead(self, task_ids: Collection[str]) -> None:
        """Everything is at hand already."""

    async def standings_of(self, task_ids: Collection[str]) -> list[ports.Standing]:
        return [self._standing(self._tasks[one]) for one in task_ids if one in self._tasks]

    async def standings(
        self,
        *,
        group: str | None = None,
        search: str | None = None,
        after_name: str | None = None,
        after_id: str | None = None,
        limit: int = 100_000,
    ) -> list[ports.Standing]:
        last = (after_name or "", after_id or "\U0010ffff") if after_name is not None else ("", "")
        found = [
            task
            for task in self._tasks.values()
            if group in (None, task.group)
            and (search or "").casefold() in task.name.casefold()
            and (task.name, task.id) > last
        ]
        found.sort(key=lambda task: (task.name, task.id))
        return [self._standing(task) for task in found[:limit]]

    def _standing(self, task: tasks.Task) -> ports.Standing:
        past = self._pasts[task.id]
        times = [entry.next_at for key, entry in self._planned.items() if key[0] == task.id]
        return ports.Standing(
            task=task,
            next_run_at=min(filter(None, times), default=None) if task.is_scheduled else None,
            last_run=self._runs.get(past.last_run_id),
            last_scheduled_at=past.last_scheduled_at,
            last_exit_reason=past.exit_reason,
        )

    async def count_tasks(self) -> int:
        return len(self._tasks)

    async def planned(self, task_id: str) -> list[tasks.Planned]:
        return [entry for key, entry in sorted(self._planned.items()) if key[0] == task_id]

    async def all_planned(self) -> list[tuple[float, float, str, int]]:
        return sorted(
            (entry.next_at.timestamp(), entry.flex.total_seconds(), task_id, position)
            for (task_id, position), entry in self._planned.items()
            if entry.next_at is not None and self._tasks[task_id].is_scheduled
        )

    async def listeners(self, topic: str) -> list[tasks.Listener]:
        found = [one for one in self._listeners if one.topic == topic]
        found = [one for one in found if self._tasks[one.task_id].is_scheduled]
        return sorted(found, key=lambda one: (one.task_id, one.position))

    async def run(self, run_id: str) -> core_runs.Run | None:
        return self._runs.get(run_id)

    async def runs(self, query: ports.RunQuery) -> list[core_runs.Run]:
        oldest = "" if query.since is None else ids.lowest_at(_unix_ms(query.since))
        found = [
            run
            for run_id, run in sorted(self._runs.items(), reverse=True)
            if query.task_id in (None, run.task_id)
            and (not query.states or run.state in query.states)
            and oldest <= run_id < (query.before_id or "\U0010ffff")
        ]
        return found[: query.limit]

    async def open_runs(self) -> list[core_runs.Run]:
        return [run for _, run in sorted(self._runs.items()) if not run.has_ended]

    async def count_runs(self) -> dict[core_runs.RunState, int]:
        return dict(Counter(run.state for run in self._runs.values()))

    async def fact(self, name: str) -> str | None:
        return self._facts.get(name)

    async def notices(self, query: ports.ToldQuery) -> list[msgspec.Raw]:
        found = sorted(self._notices.values(), key=lambda told: told.id, reverse=True)
        wanted = [told for told in found if query.outcome in (None, told.outcome)]
        older = [told for told in wanted if query.before_id is None or told.id < query.before_id]
        return [told.record for told in older[: query.limit]]


def _exit_reason(run: core_runs.Run) -> str:
    if run.state is core_runs.RunState.COMPLETED:
        return "Completed"
    return "Other" if run.reason is None else reasons.CATALOGUE[run.reason.code].exit_reason


def _unix_ms(at: datetime) -> int:
    return max(0, round(at.timestamp() * 1000))

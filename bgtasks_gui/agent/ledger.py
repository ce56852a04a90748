"""The one door for state: every change of a task or run is written first, then published."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from bgtasks_gui.agent import bus
from bgtasks_gui.core import errors, events, ids, ports, progress, runs, tasks

_log = logging.getLogger(__name__)

Done = TypeVar("Done")
_Behind = dict[type[events.Event], events.AnyEvent]


class Ledger:
    """Runs that have not ended, in memory, in step with the store.

    Methods that change something decide at once and return a future that is done when the
    change is safe and told. Changes are told in the order they were made.
    """

    def __init__(self, store: ports.Store, hub: bus.Bus, clock: ports.Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._ids = ids.Sequence()
        self._live: dict[str, runs.Run] = {}
        self._by_task: dict[str, dict[str, None]] = {}
        self._waiting: set[str] = set()
        self._writes: set[asyncio.Task[object]] = set()
        #: By run: what is told behind its newest change, which is not stored yet.
        self._behind: dict[str, _Behind] = {}

    @property
    def store(self) -> ports.Store:
        """What has ended is asked for there."""
        return self._store

    def restore(self, open_runs: Iterable[runs.Run]) -> None:
        """Take over the runs that had not ended when the last agent did."""
        for run in open_runs:
            self._keep(run)

    # Reading

    def find(self, run_id: str) -> runs.Run | None:
        """A run that has not ended."""
        return self._live.get(run_id)

    def live(self) -> list[runs.Run]:
        """All runs that have not ended, oldest first."""
        return sorted(self._live.values(), key=lambda run: run.id)

    def waiting(self) -> list[runs.Run]:
        """The runs that are yet to be started, oldest first."""
        return [self._live[run_id] for run_id in sorted(self._waiting)]

    def of_task(self, task_id: str) -> tuple[runs.Run, ...]:
        """The task's runs that have not ended, oldest first."""
        return tuple(self._live[run_id] for run_id in sorted(self._by_task.get(task_id, ())))

    # Writing

    def make_run(self, task: tasks.Task, firing: runs.Firing) -> runs.Run:
        """A new pending run of a task; not stored yet."""
        now = self._clock.now()
        randomness = secrets.randbits(ids.RANDOM_BITS)
        return runs.Run(
            id=self._ids.make(int(now.timestamp() * 1000), randomness),
            task_id=task.id,
            task_name=task.name,
            kind=task.kind,
            state=runs.RunState.PENDING,
            triggered_at=now,
            firing=firing,
        )

    def new_task_id(self) -> str:
        now = self._clock.now()
        return self._ids.make(int(now.timestamp() * 1000), secrets.randbits(ids.RANDOM_BITS))

    def add(
        self, new: Iterable[runs.Run], planned: tuple[tasks.Planned, ...] = ()
    ) -> asyncio.Future[None]:
        """Store new runs together with the times planned next."""
        added = tuple(new)
        for run in added:
            self._keep(run)
        now = self._clock.now()
        told = [events.of_move(None, run, now) for run in added]
        return self._write(ports.Change(runs=added, planned=planned), told, None)

    def move(self, run_id: str, to: runs.RunState, **changes: object) -> asyncio.Future[runs.Run]:
        """Move a run along the table; raises `errors.IllegalMove` where there is no way."""
        before = self._require(run_id)
        after = runs.move(before, to, **changes)
        self._keep(after)
        event = events.of_move(before.state, after, self._clock.now())
        return self._write(ports.Change(runs=(after,)), [event], after)

    def amend(self, run_id: str, **changes: object) -> asyncio.Future[runs.Run]:
        """Change fields of a run that stays in its state."""
        before = self._require(run_id)
        after = msgspec.structs.replace(before, **changes)
        self._keep(after)
        event = events.RunChanged(at=self._clock.now(), run=after)
        return self._write(ports.Change(runs=(after,)), [event], after)

    def keep(self, run_id: str, **changes: object) -> asyncio.Future[runs.Run]:
        """Store what goes on inside a run that stays in its state; nobody is told."""
        after = msgspec.structs.replace(self._require(run_id), **changes)
        self._keep(after)
        return self._write(ports.Change(runs=(after,)), [], after)

    def tell_progress(self, run_id: str, figure: progress.Progress) -> None:
        """Tell how far a run has come. Kept with the run, stored with its next move."""
        run = self._live.get(run_id)
        if run is None or run.state is runs.RunState.CANCELING:
            return
        self._live[run_id] = msgspec.structs.replace(run, progress=figure)
        self._tell(
            run_id,
            events.RunProgressed(
                at=self._clock.now(), run_id=run_id, task_id=run.task_id, progress=figure
            ),
        )

    def tell_printed(self, run_id: str, total: int) -> None:
        """Tell that a run's output grew to this many bytes."""
        run = self._live.get(run_id)
        if run is not None:
            self._tell(
                run_id,
                events.RunPrinted(
                    at=self._clock.now(), run_id=run_id, task_id=run.task_id, total=total
                ),
            )

    def warn(self, run_id: str, warning: str) -> None:
        """Tell that a run comes near a limit (wishes W9)."""
        run = self._require(run_id)
        self._tell(run_id, events.RunWarned(at=self._clock.now(), run=run, warning=warning))

    def put_task(
        self,
        task: tasks.Task,
        planned: tuple[tasks.Planned, ...],
        listeners: tuple[tasks.Listener, ...],
        *,
        replaces: tuple[str, ...] = (),
        past: ports.Standing | None = None,
    ) -> asyncio.Future[None]:
        """Store a task with all that is planned for it; `replaces` are removed with it.

        `past` is that of a task which comes back after it was removed.
        """
        change = ports.Change(
            tasks=(task,),
            removed_tasks=replaces,
            planned=planned,
            listeners=listeners,
            pasts=() if past is None else (past,),
        )
        return self._write(change, [], None)

    def remove_task(self, standing: ports.Standing) -> asyncio.Future[None]:
        event = events.TaskRemoved(at=self._clock.now(), standing=standing)
        return self._write(ports.Change(removed_tasks=(standing.task.id,)), [event], None)

    def keep_fact(self, name: str, value: str) -> asyncio.Future[None]:
        """Store one small fact of the agent itself, such as the pause."""
        event = events.SystemChanged(at=self._clock.now())
        return self._write(ports.Change(facts={name: value}), [event], None)

    async def drain(self) -> None:
        """Wait until everything decided so far is safe."""
        while self._writes:
            await asyncio.wait(set(self._writes))

    # Inside

    def _require(self, run_id: str) -> runs.Run:
        run = self._live.get(run_id)
        if run is None:
            raise errors.IllegalMove(f"run {run_id} has ended; nothing moves it")
        return run

    def _keep(self, run: runs.Run) -> None:
        if run.is_waiting:
            self._waiting.add(run.id)
        else:
            self._waiting.discard(run.id)
        if run.has_ended:
            self._live.pop(run.id, None)
            mine = self._by_task.get(run.task_id)
            if mine is not None:
                mine.pop(run.id, None)
                if not mine:
                    del self._by_task[run.task_id]
        else:
            self._live[run.id] = run
            self._by_task.setdefault(run.task_id, {})[run.id] = None

    def _tell(self, run_id: str, event: events.AnyEvent) -> None:
        """Publish what is not stored, yet not before what was decided of this run earlier."""
        behind = self._behind.get(run_id)
        if behind is None:
            self._hub.publish(event)
        else:
            # Only the newest of each type, since the store may be in trouble for long.
            behind[type(event)] = event

    def _write(
        self, change: ports.Change, told: Iterable[events.AnyEvent], done: Done
    ) -> asyncio.Future[Done]:
        # A task of its own: a caller that is cancelled must not keep an event from being told.
        behind: _Behind = {}
        self._behind.update((run.id, behind) for run in change.runs)
        writing = asyncio.create_task(self._write_then_tell(change, told, behind, done))
        self._writes.add(writing)
        writing.add_done_callback(self._written)
        return asyncio.shield(writing)

    async def _write_then_tell(
        self,
        change: ports.Change,
        told: Iterable[events.AnyEvent],
        behind: _Behind,
        done: Done,
    ) -> Done:
        try:
            await self._store.write(change)
        finally:
            for run in change.runs:
                if self._behind.get(run.id) is behind:
                    del self._behind[run.id]
        for event in (*told, *behind.values()):
            self._hub.publish(event)
        added = {task.id for task in change.tasks if task.registered_at == task.updated_at}
        added |= {past.task.id for past in change.pasts}
        touched = [task.id for task in change.tasks]
        touched += [entry.task_id for entry in change.planned]
        if touched:
            for standing in await self._store.standings_of(list(dict.fromkeys(touched))):
                kind = events.TaskAdded if standing.task.id in added else events.TaskChanged
                self._hub.publish(kind(at=self._clock.now(), standing=standing))
        return done

    def _written(self, writing: asyncio.Task[object]) -> None:
        self._writes.discard(writing)
        if writing.cancelled():
            return
        error = writing.exception()
        if error is not None and not isinstance(error, errors.UserError):
            _log.error("a change was not stored", exc_info=error, extra={"action": "write"})

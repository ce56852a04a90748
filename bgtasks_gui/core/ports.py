"""Seams to the world: what the deciding code asks of triggers, kinds, clock, machine and store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol, Self, runtime_checkable

import msgspec

from bgtasks_gui.core import machine, runs, tasks


class Timer(Protocol):
    """A call that was asked for and can be taken back."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Time, handed in so that tests move it by hand."""

    def now(self) -> datetime:
        """Wall clock, aware, UTC, whole milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps and stands still while the machine sleeps."""
        ...

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        """Call back after this many monotonic seconds."""
        ...


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """An event that triggers may listen to, under a topic."""

    #: "startup", "event:NAME", "after:TASK-ID".
    topic: str
    #: What it tells, for the run's arguments and details; a JSON object.
    details: msgspec.Raw = msgspec.Raw(b"{}")
    #: For "after:": the run that ended.
    run: runs.Run | None = None


@runtime_checkable
class Trigger(Protocol):
    """What asks for a run. A frozen `msgspec.Struct` with a tag; its fields are its parameters."""

    def prepared(self, now: datetime) -> Self:
        """The trigger as it is stored: checked, with open defaults filled in.

        Raises `errors.InvalidField` with a field relative to the trigger.
        """
        ...

    def describe(self) -> str:
        """When it fires, as a phrase for people: "every 5 minutes"."""
        ...


@runtime_checkable
class TimeTrigger(Trigger, Protocol):
    """A trigger that knows its times beforehand."""

    def next(self, after: datetime) -> datetime | None:
        """The first planned time strictly after this one (UTC), or None where none follows."""
        ...

    def note(self, at: datetime) -> str | None:
        """What is special about this planned time ("does not exist, runs 03:00"), for previews."""
        ...


@runtime_checkable
class EventTrigger(Trigger, Protocol):
    """A trigger that listens."""

    def topics(self) -> tuple[str, ...]:
        """The topics it listens to."""
        ...

    def matches(self, signal: Signal) -> bool:
        """Whether a signal on one of its topics makes it fire."""
        ...

    @property
    def fires_once(self) -> bool:
        """Whether it stays silent after its first firing, until the agent starts again."""
        ...


class Machine(Protocol):
    """What this computer says."""

    def read(self, folders: Sequence[str] = ()) -> machine.MachineState:
        """The facts now; `folders` are those whose free space is asked for."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Yields whenever some fact may have changed."""
        ...


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A task together with what the store knows of its past and its next time."""

    task: tasks.Task
    next_run_at: datetime | None = None
    last_run: runs.Run | None = None
    #: The last planned time that came due (seed 0's LastScheduledTime).
    last_scheduled_at: datetime | None = None
    #: Seed 0's LastExitReason (concepts R9).
    last_exit_reason: str = "None"


# `Change` and `Store` have fields and methods named as these modules, which hide them there.
Task = tasks.Task
Planned = tasks.Planned
Listener = tasks.Listener
Run = runs.Run
RunState = runs.RunState


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notice for the history of notices, in place of an earlier one of its id."""

    #: Time-ordered uuid.
    id: str
    #: What became of it.
    outcome: str
    #: JSON of `notices.notice.Record`.
    record: msgspec.Raw


class ToldQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which notices of the history are asked for, newest first."""

    #: None is "whatever became of it".
    outcome: str | None = None
    limit: int = 200
    #: Only those older than this id.
    before_id: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is stored together or not at all."""

    #: Replaces the tasks of these ids, after `removed_tasks` are gone. What was planned for
    #: triggers they no longer have is cleared, and all their listeners are.
    tasks: tuple[Task, ...] = ()
    #: With what is planned for them and their listeners; their runs stay in the history.
    removed_tasks: tuple[str, ...] = ()
    #: Replaces what was planned for the same task and position; None as time clears it. Dropped
    #: for a task that is not registered (any more).
    planned: tuple[Planned, ...] = ()
    #: Of the tasks in `tasks`.
    listeners: tuple[Listener, ...] = ()
    #: The past of tasks in `tasks` that were removed and come back; else a task begins without.
    pasts: tuple[Standing, ...] = ()
    runs: tuple[Run, ...] = ()
    facts: dict[str, str] = {}
    notices: tuple[Told, ...] = ()


class RunQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs of the history are asked for, newest first."""

    task_id: str | None = None
    #: Empty is "in any state".
    states: tuple[runs.RunState, ...] = ()
    #: Only runs made at this time or later, which is when their firing came.
    since: datetime | None = None
    limit: int = 200
    #: Only runs older than this run id.
    before_id: str | None = None


class Store(Protocol):
    """What survives. Writes are gathered into transactions; a write returns once it is safe."""

    async def write(self, change: Change) -> None:
        """Store a change; changes take effect in the order this is called.

        A caller that is cancelled while it waits does not take its change back. Raises
        `errors.DuplicateName` where owner and group have another task of the name, and
        `errors.StorageUnavailable` for what can be asked for again: tasks and facts. A change
        that tells of runs is never refused; it waits until it can be stored.
        """
        ...

    async def task(self, task_id: str) -> Task | None: ...
    async def read_ahead(self, task_ids: Collection[str]) -> None:
        """Have these tasks at hand for `task`, read in one go instead of one by one."""
        ...

    async def tasks_named(self, name: str) -> list[Task]:
        """The tasks of this name, of all owners and groups, the oldest first."""
        ...

    async def standing(self, task_id: str) -> Standing | None: ...
    async def standings_of(self, task_ids: Collection[str]) -> list[Standing]:
        """These tasks in this order, without those that are not registered."""
        ...

    async def standings(
        self,
        *,
        group: str | None = None,
        search: str | None = None,
        after_name: str | None = None,
        after_id: str | None = None,
        limit: int = 100_000,
    ) -> list[Standing]:
        """Tasks by name, then by id; `search` is a part of the name in upper or lower case.

        A page begins behind `after_name`; names repeat in groups, so the next page needs the
        last task's `after_id` too.
        """
        ...

    async def count_tasks(self) -> int: ...
    async def planned(self, task_id: str) -> list[Planned]:
        """What is planned for a task, by position, also while it is disabled."""
        ...

    async def all_planned(self) -> list[tuple[float, float, str, int]]:
        """Unix time, flex (both in seconds), task id and position of all that is planned.

        The next one first; only of tasks that are scheduled.
        """
        ...

    async def listeners(self, topic: str) -> list[Listener]:
        """Who listens to a topic, of the tasks that are scheduled."""
        ...

    async def run(self, run_id: str) -> Run | None: ...
    async def runs(self, query: RunQuery) -> list[Run]:
        """Runs of the history and open ones, newest first."""
        ...

    async def open_runs(self) -> list[Run]:
        """All runs that have not ended, oldest first."""
        ...

    async def count_runs(self) -> dict[RunState, int]:
        """How many runs are stored in each state that has some."""
        ...

    async def fact(self, name: str) -> str | None: ...
    async def notices(self, query: ToldQuery) -> list[msgspec.Raw]:
        """Records of the history of notices, newest first; only the newest are kept."""
        ...

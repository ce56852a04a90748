"""Planned times over APScheduler: says when they are due.

The scheduler works in UTC and knows nothing but times; what a due time means, and which one comes
next, is the caller's to say. Planned times are kept as small values. An APScheduler job is built
only when its time has come, and handed over together with all others that are due.
"""

from __future__ import annotations

import bisect
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import STATE_RUNNING, BaseScheduler

from bgtasks_gui.core import ports

#: The longest wait, so that a jump of the wall clock is noticed (wishes W1).
LONGEST_WAIT_S: Final = 30.0
#: Due at once at most; the others follow in the loop's next turn, so that it stays responsive.
AT_ONCE: Final = 1000
NO_FLEX: Final = timedelta(0)


class Due(NamedTuple):
    """A planned time that has come."""

    task_id: str
    #: Index in `Task.triggers`.
    position: int
    planned_at: datetime


class Timetable:
    """The planned times of all tasks. Each is handed over once, never before its time.

    An entry is gone once it was handed over, until `set` puts the next one.
    """

    def __init__(self, clock: ports.Clock, on_due: Callable[[list[Due]], None]) -> None:
        self._entries = _Entries()
        executor = _HandOver(on_due)
        self._scheduler = _Scheduler(clock, self._entries, executor, lambda: self.on_wake())
        #: Called first at every wake-up, also one at which nothing is due.
        self.on_wake: Callable[[], None] = lambda: None
        #: Called when wake-ups begin after a time without.
        self.on_first: Callable[[], None] = lambda: None

    def load(self, entries: Iterable[tuple[float, float, str, int]]) -> None:
        """Fill it in one go: (Unix time, seconds of flex, task id, position), in any order."""
        self._entries.load(entries)
        self._arm()

    def set(
        self, task_id: str, position: int, next_at: datetime | None, flex: timedelta = NO_FLEX
    ) -> None:
        """What is planned for this trigger now; None is nothing. It may lie in the past."""
        key = f"{task_id}#{position}"
        if next_at is None:
            self._entries.drop(key)
        else:
            self._entries.put(key, next_at.timestamp(), flex.total_seconds())
        self._arm()

    def remove(self, task_id: str) -> None:
        """Nothing is planned for this task any more."""
        for position in range(self._entries.positions):
            self._entries.drop(f"{task_id}#{position}")
        self._arm()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def next_wake(self) -> datetime | None:
        """When the next entries will be handed over; None where nothing is planned."""
        return self._entries.get_next_run_time()

    def start(self) -> None:
        """Begin to hand over; what is due already comes at once. Needs a running event loop."""
        self._scheduler.start()

    def check_now(self) -> None:
        """Look at the clocks at once: the machine may have slept, or the time may have been set."""
        if self._scheduler.running:
            self._scheduler.wakeup()

    def close(self) -> None:
        """End for good; nothing is handed over any more."""
        if self._scheduler.running:
            self._scheduler.shutdown()

    def _arm(self) -> None:
        if self._scheduler.can_be_armed:
            if not self._scheduler.is_armed:
                self.on_first()
            self._scheduler.arm()


class _Entries(BaseJobStore):  # type: ignore[misc]  # apscheduler ships no types
    """Planned times by key, in order. No job exists for any of them before it is due."""

    def __init__(self) -> None:
        super().__init__()
        self._when: dict[str, float] = {}
        #: Only where it is not zero.
        self._flex: dict[str, float] = {}
        #: Keys, the nearest time first.
        self._order: list[str] = []
        #: When the next ones are handed over; stale once the entry it came from is gone.
        self._wake: float | None = None
        self._wake_is_stale = False
        #: No position of any entry is as high.
        self.positions = 1

    def __len__(self) -> int:
        return len(self._order)

    def load(self, entries: Iterable[tuple[float, float, str, int]]) -> None:
        self.remove_all_jobs()
        for at, flex, task_id, position in entries:
            key = f"{task_id}#{position}"
            self._when[key] = at
            if flex:
                self._flex[key] = flex
            if position >= self.positions:
                self.positions = position + 1
        # By time, and at one time by key: what `_place` says, but in a tenth of the time.
        self._order = sorted(self._when)
        self._order.sort(key=self._when.__getitem__)
        self._wake_is_stale = True

    def put(self, key: str, at: float, flex: float = 0.0) -> None:
        self.drop(key)
        self._when[key] = at
        if flex:
            self._flex[key] = flex
        bisect.insort(self._order, key, key=self._place)
        self.positions = max(self.positions, _parts(key)[1] + 1)
        if self._wake is None or at + flex < self._wake:
            self._wake = at + flex

    def drop(self, key: str) -> None:
        if key in self._when:
            del self._order[bisect.bisect_left(self._order, self._place(key), key=self._place)]
            self._forget(key)

    def wake(self) -> float | None:
        """The earliest time at which some entry cannot wait any longer."""
        if self._wake_is_stale:
            self._wake, self._wake_is_stale = None, False
            for key in self._order:
                # Those from here on start later than the first one has to.
                if self._wake is not None and self._when[key] >= self._wake:
                    break
                deadline = self._when[key] + self._flex.get(key, 0.0)
                self._wake = deadline if self._wake is None else min(self._wake, deadline)
        return self._wake

    def get_next_run_time(self) -> datetime | None:
        wake = self.wake()
        return None if wake is None else datetime.fromtimestamp(wake, UTC)

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """What is due leaves the store, since the next time is the caller's to say.

        Nothing is due before some entry cannot wait; then all are that may start.
        """
        moment, wake = now.timestamp(), self.wake()
        if wake is None or wake > moment:
            return []
        may_start = bisect.bisect_right(self._order, moment, key=self._when.__getitem__)
        keys = self._order[: min(may_start, AT_ONCE)]
        del self._order[: len(keys)]
        jobs = [self.lookup_job(key) for key in keys]
        for key in keys:
            self._forget(key)
        return jobs

    def lookup_job(self, job_id: str) -> Job | None:
        if job_id not in self._when:
            return None
        at = datetime.fromtimestamp(self._when[job_id], UTC)
        return Job(self._scheduler, id=job_id, next_run_time=at)

    def get_all_jobs(self) -> list[Job]:
        return [self.lookup_job(key) for key in self._order]

    def add_job(self, job: Job) -> None:
        self.put(job.id, job.next_run_time.timestamp())

    update_job = add_job

    def remove_job(self, job_id: str) -> None:
        self.drop(job_id)

    def remove_all_jobs(self) -> None:
        self._when, self._flex, self._order = {}, {}, []
        self._wake, self._wake_is_stale = None, False

    def _forget(self, key: str) -> None:
        deadline = self._when.pop(key) + self._flex.pop(key, 0.0)
        if deadline == self._wake:
            self._wake_is_stale = True

    def _place(self, key: str) -> tuple[float, str]:
        return self._when[key], key


class _HandOver(BaseExecutor):  # type: ignore[misc]  # apscheduler ships no types
    """Gathers what is due at one wake-up. Overlap and limits are decided by who gets it."""

    def __init__(self, on_due: Callable[[list[Due]], None]) -> None:
        super().__init__()
        self._on_due = on_due
        self._gathered: list[Due] = []

    def submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self._gathered += [Due(*_parts(job.id), at) for at in run_times]

    _do_submit_job = submit_job

    def hand_over(self) -> None:
        due, self._gathered = self._gathered, []
        if due:
            self._on_due(due)


class _Scheduler(AsyncIOScheduler):  # type: ignore[misc]  # apscheduler ships no types
    """APScheduler with its time and its timer taken from a `ports.Clock`."""

    def __init__(
        self,
        clock: ports.Clock,
        entries: _Entries,
        executor: _HandOver,
        on_wake: Callable[[], None],
    ) -> None:
        super().__init__(
            timezone=UTC,
            jobstores={"default": entries},
            executors={"default": executor},
            logger=logging.getLogger(f"{__name__}.scheduler"),
        )
        self._clock = clock
        self._entries = entries
        self._executor = executor
        self._on_wake = on_wake
        self._is_awake = False

    @property
    def can_be_armed(self) -> bool:
        """Whether the timer is to be set anew; while awake, that is done at the end."""
        return self.state == STATE_RUNNING and not self._is_awake

    @property
    def is_armed(self) -> bool:
        return self._timeout is not None

    def wakeup(self) -> None:
        """Hand over what is due, now and not in the loop's next turn."""
        if self._is_awake:
            return
        self._is_awake = True
        try:
            self._on_wake()
            self._process_jobs()
        finally:
            self._is_awake = False
            if self.state == STATE_RUNNING:
                self.arm()

    def arm(self) -> None:
        """Wait for the next wake-up, or for none where nothing is planned."""
        self._stop_timer()
        wake = self._entries.wake()
        if wake is not None:
            delay_s = wake - self._clock.now().timestamp()
            self._timeout = self._clock.call_later(min(delay_s, LONGEST_WAIT_S), self.wakeup)

    def shutdown(self, wait: bool = True) -> None:
        self._stop_timer()
        BaseScheduler.shutdown(self, wait)

    def _process_jobs(self) -> None:
        for job in self._entries.get_due_jobs(self._clock.now()):
            self._executor.submit_job(job, [job.next_run_time])
        self._executor.hand_over()


def _parts(key: str) -> tuple[str, int]:
    task_id, _, position = key.rpartition("#")
    return task_id, int(position)

"""A task: what to do, when, under which conditions and limits (design 5)."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

import msgspec

from bgtasks_gui.core import conditions, processes

#: Time a run gets to clean up after a cancel, unless its task says otherwise.
DEFAULT_GRACE = timedelta(seconds=10)


class OverlapPolicy(enum.StrEnum):
    """What a firing does while an earlier run of the task is not over."""

    SKIP = "skip"
    QUEUE = "queue"
    PARALLEL = "parallel"
    REPLACE = "replace"


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Overlap policy; `limit` is how many may run at once, for `parallel` only."""

    policy: OverlapPolicy = OverlapPolicy.SKIP
    limit: int = 1


class MissedPolicy(enum.StrEnum):
    """What happens to planned times that passed while nothing could run."""

    ONCE = "once"
    SKIP = "skip"
    ALL = "all"
    ASK = "ask"


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """Missed-run policy; `limit` is how many are caught up, for `all` only."""

    policy: MissedPolicy = MissedPolicy.ONCE
    limit: int = 10


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often and when a failed run is tried again."""

    #: Further attempts after the first; 0 is none.
    attempts: int = 0
    backoff: timedelta = timedelta(seconds=5)
    max_delay: timedelta = timedelta(minutes=15)
    #: Full jitter: each wait is drawn between zero and the backoff.
    jitter: bool = True


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """How gently a run uses the machine."""

    #: Niceness from 0 (normal) to 19 (gentlest).
    nice: int = 0
    io_priority: processes.IoPriority = "normal"
    #: Bytes of memory the whole tree of processes may hold; None is no limit.
    memory_max: int | None = None


class ConditionLoss(enum.StrEnum):
    """What happens to a run when a condition stops holding."""

    SUSPEND = "suspend"
    CANCEL = "cancel"
    IGNORE = "ignore"


class NoticePolicy(enum.StrEnum):
    """When the person is told about a run."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class TaskSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a person or program registers. Durable, and the whole of what `export` writes."""

    name: str
    kind: str
    #: Canonical JSON of the kind's own payload type.
    payload: msgspec.Raw
    #: Canonical JSON of each trigger; empty is "by hand only".
    triggers: tuple[msgspec.Raw, ...] = ()
    conditions: tuple[conditions.Condition, ...] = ()
    stop_on_condition_loss: ConditionLoss = ConditionLoss.SUSPEND
    overlap: Overlap = Overlap()
    missed: Missed = Missed()
    #: How late a start may be so that wake-ups are shared.
    flex: timedelta = timedelta(0)
    retry: Retry = Retry()
    time_limit: timedelta | None = None
    idle_limit: timedelta | None = None
    grace: timedelta = DEFAULT_GRACE
    resources: Resources = Resources()
    #: Where progress stands in the output, as "{done} of {total}" or "{percent} %".
    progress_pattern: str | None = None
    modes: tuple[str, ...] = ()
    notice: NoticePolicy = NoticePolicy.AUTO
    group: str = ""
    owner: str = ""
    enabled: bool = True
    expires_at: datetime | None = None
    #: The environment the task was registered in (wishes W29); None is the agent's own.
    environment: dict[str, str] | None = None


class Task(TaskSpec, frozen=True, kw_only=True):
    """A registered task."""

    id: str
    registered_at: datetime
    updated_at: datetime
    #: Why the task takes itself out of the schedule (its own program aborted, concepts R11).
    unscheduled: str | None = None
    #: Registered beside another task of the same owner, group and name (concepts R40).
    is_twin: bool = False

    @property
    def is_scheduled(self) -> bool:
        """Whether its triggers may fire (seed 0's `isRegistered`, but for the expiry)."""
        return self.enabled and self.unscheduled is None

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """When a time trigger of a task is due next."""

    task_id: str
    #: Index in `Task.triggers`.
    position: int
    #: None: this trigger has no further time.
    next_at: datetime | None
    flex: timedelta = timedelta(0)


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Which events a trigger of a task waits for."""

    task_id: str
    position: int
    #: What is listened to: "startup", "event:NAME", "after:TASK-ID".
    topic: str

"""A run, its states, and the table of moves between them (design 6)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.core import errors, processes, progress, reasons, transfers


class RunState(enum.StrEnum):
    """Where a run is."""

    PENDING = "pending"
    WAITING = "waiting"
    RUNNING = "running"
    SUSPENDED = "suspended"
    CANCELING = "canceling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    MISSED = "missed"


_S = RunState

#: Every move a run may make; the end states have none. A move outside this table is a bug.
MOVES: Final[dict[RunState, frozenset[RunState]]] = {
    _S.PENDING: frozenset(
        {_S.WAITING, _S.RUNNING, _S.SUSPENDED, *(_S.FAILED, _S.CANCELED, _S.SKIPPED, _S.MISSED)}
    ),
    _S.WAITING: frozenset(
        {_S.RUNNING, _S.SUSPENDED, *(_S.FAILED, _S.CANCELED, _S.SKIPPED, _S.MISSED)}
    ),
    _S.RUNNING: frozenset(
        {_S.WAITING, _S.SUSPENDED, _S.CANCELING, *(_S.COMPLETED, _S.FAILED, _S.CANCELED)}
    ),
    _S.SUSPENDED: frozenset(
        {
            _S.WAITING,
            _S.RUNNING,
            _S.CANCELING,
            *(_S.COMPLETED, _S.FAILED, _S.CANCELED, _S.SKIPPED, _S.MISSED),
        }
    ),
    _S.CANCELING: frozenset({_S.COMPLETED, _S.FAILED, _S.CANCELED}),
    _S.COMPLETED: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELED: frozenset(),
    _S.SKIPPED: frozenset(),
    _S.MISSED: frozenset(),
}

ENDED: Final = frozenset(state for state, moves in MOVES.items() if not moves)
#: States in which a process of the run exists.
WAITING: Final = frozenset({_S.PENDING, _S.WAITING})
ALIVE: Final = frozenset({_S.RUNNING, _S.SUSPENDED, _S.CANCELING})

#: The coarse word of seed 5 (concepts R116).
COARSE: Final[dict[RunState, str]] = {
    _S.PENDING: "pending",
    _S.WAITING: "pending",
    _S.RUNNING: "processing",
    _S.SUSPENDED: "processing",
    _S.CANCELING: "processing",
    _S.COMPLETED: "completed",
    _S.FAILED: "errors",
    _S.CANCELED: "errors",
    _S.SKIPPED: "errors",
    _S.MISSED: "errors",
}


#: An empty JSON object.
NOTHING: Final = msgspec.Raw(b"{}")
#: No value. In place of None, since a union of raw JSON and None cannot be decoded.
NULL: Final = msgspec.Raw(b"null")


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """What asked for a run."""

    #: The trigger's type ("cron", "manual", ...).
    type: str
    #: Index in the task's triggers; None for a run asked for by hand.
    position: int | None = None
    #: The planned time, for time triggers.
    planned_at: datetime | None = None
    #: Whether this run makes up for a planned time that had passed (wishes W2).
    caught_up: bool = False
    #: Arguments handed to this run, as a JSON object (concepts R64).
    arguments: msgspec.Raw = NOTHING
    #: What the trigger tells about its event, as a JSON object.
    details: msgspec.Raw = NOTHING


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a task: exactly one is stored for each firing."""

    id: str
    task_id: str
    task_name: str
    kind: str
    state: RunState
    triggered_at: datetime
    firing: Firing
    started_at: datetime | None = None
    completed_at: datetime | None = None
    #: When the present attempt began; `started_at` is when the first did.
    attempt_started_at: datetime | None = None
    #: Number of the present attempt, from 1.
    attempt: int = 1
    #: When a failed run is tried again.
    retry_at: datetime | None = None
    exit_code: int | None = None
    #: Ended by SIGKILL because it did not end by itself within the grace.
    forced: bool = False
    reason: reasons.Reason | None = None
    #: Cancel is under way until this time, then the run is killed.
    grace_ends_at: datetime | None = None
    #: The run asked for time to clean up and has not finished.
    cleaning_up: bool = False
    progress: progress.Progress | None = None
    #: What a Python function returned, as JSON.
    result: msgspec.Raw = NULL
    process: processes.Identity | None = None
    #: Of a download or upload: what it has, and how it came by it.
    transfer: transfers.Record | None = None
    #: Seconds spent suspended, over all attempts.
    suspended_s: float = 0.0
    #: How many times it was suspended (Windows' SuspendedCount, concepts R77).
    suspended_count: int = 0
    cpu_s: float | None = None
    max_rss: int | None = None
    #: Bytes of its output that could not be written (disk full), over all attempts that ended.
    lost: int = 0
    #: While it waits: the strongest blocker, in one sentence.
    waits_for: str | None = None
    #: Whether a person answered that a missed time shall run (missed policy `ask`).
    asked: bool = False

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_waiting(self) -> bool:
        """Whether it is yet to be started, for the first time or again."""
        return self.state in WAITING

    @property
    def is_alive(self) -> bool:
        """Whether a process of this run exists (a run suspended before its start has none)."""
        return self.state in ALIVE and self.process is not None


def move(run: Run, to: RunState, **changes: object) -> Run:
    """The run after a move of the table; `changes` are further fields.

    Raises `errors.IllegalMove` where the table has no such move.
    """
    if to not in MOVES[run.state]:
        raise errors.IllegalMove(f"run {run.id}: {run.state} -> {to} is not in the table of moves")
    return msgspec.structs.replace(run, state=to, **changes)

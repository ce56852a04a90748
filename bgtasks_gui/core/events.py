"""What happened: frozen, past tense. Written first, then published."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

from bgtasks_gui.core import ports, progress, reasons, runs
from bgtasks_gui.core.background import budgets, continuous


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something happened, at a time."""

    at: datetime


class TaskEvent(Event, frozen=True, kw_only=True):
    #: The task as the store knows it after the change.
    standing: ports.Standing


class TaskAdded(TaskEvent, frozen=True, kw_only=True, tag="task_added"):
    """A task was registered."""


class TaskChanged(TaskEvent, frozen=True, kw_only=True, tag="task_changed"):
    """A task was edited, enabled, disabled or unscheduled, or its next time moved."""


class TaskRemoved(TaskEvent, frozen=True, kw_only=True, tag="task_removed"):
    """A task was unregistered; its runs stay in the history."""


class RunEvent(Event, frozen=True, kw_only=True):
    run: runs.Run


class RunQueued(RunEvent, frozen=True, kw_only=True, tag="run_queued"):
    """A firing became a run that is pending or waits."""


class RunStarted(RunEvent, frozen=True, kw_only=True, tag="run_started"):
    """The process of a run exists."""


class RunSuspended(RunEvent, frozen=True, kw_only=True, tag="run_suspended"):
    """A run stands still."""


class RunResumed(RunEvent, frozen=True, kw_only=True, tag="run_resumed"):
    """A suspended run goes on."""


class RunCanceling(RunEvent, frozen=True, kw_only=True, tag="run_canceling"):
    """A run was asked to end and cleans up."""


class RunChanged(RunEvent, frozen=True, kw_only=True, tag="run_changed"):
    """Something of a run changed without a move (a deferral, a new attempt, a reason)."""


class RunFinished(RunEvent, frozen=True, kw_only=True, tag="run_finished"):
    """A run reached an end state: completed, failed, canceled, skipped or missed."""


class RunWarned(RunEvent, frozen=True, kw_only=True, tag="run_warned"):
    """A run comes near a limit of its task (wishes W9)."""

    warning: str


class RunProgressed(Event, frozen=True, kw_only=True, tag="run_progressed"):
    """A run came further. Not stored; at most four a second and run."""

    run_id: str
    task_id: str
    progress: progress.Progress


class RunPrinted(Event, frozen=True, kw_only=True, tag="run_printed"):
    """The log of a run grew. Not stored; at most four a second and run."""

    run_id: str
    task_id: str
    #: Stream bytes written in all.
    total: int


class SystemChanged(Event, frozen=True, kw_only=True, tag="system_changed"):
    """Facts of the machine, or the pause of everything, changed."""


class ContinuousChanged(Event, frozen=True, kw_only=True, tag="continuous_changed"):
    """Long work that is shown began, changed, came further or is over."""

    task: continuous.ContinuousTask
    what: Literal["started", "updated", "progressed", "stopped", "canceled"]
    #: Why it was cancelled; its program is told (concepts R105).
    reason: reasons.Reason | None = None


class DelayChanged(Event, frozen=True, kw_only=True, tag="delay_changed"):
    """A suspend delay was granted, nears its end, is over or was taken back."""

    delay: budgets.Delay
    what: Literal["granted", "expiring", "ended", "canceled"]


class NoticeChanged(Event, frozen=True, kw_only=True, tag="notice_changed"):
    """The person was told something, or was not; it is in the history of notices."""

    notice_id: str


AnyEvent = (
    TaskAdded | TaskChanged | TaskRemoved | RunQueued | RunStarted | RunSuspended | RunResumed
    | RunCanceling | RunChanged | RunFinished | RunWarned | RunProgressed | RunPrinted
    | SystemChanged | ContinuousChanged | DelayChanged | NoticeChanged
)  # fmt: skip


MoveEvent = (
    RunQueued | RunStarted | RunSuspended | RunResumed | RunCanceling | RunChanged | RunFinished
)


def of_move(before: runs.RunState | None, run: runs.Run, at: datetime) -> MoveEvent:
    """The event that tells of a run's newly stored state; `before` is None for a new run."""
    state = runs.RunState
    if before is run.state:
        return RunChanged(at=at, run=run)
    if run.has_ended:
        return RunFinished(at=at, run=run)
    if run.state is state.RUNNING and before is state.SUSPENDED:
        return RunResumed(at=at, run=run)
    return _BY_STATE[run.state](at=at, run=run)


_BY_STATE: Final[dict[runs.RunState, type[MoveEvent]]] = {
    runs.RunState.PENDING: RunQueued,
    runs.RunState.WAITING: RunQueued,
    runs.RunState.RUNNING: RunStarted,
    runs.RunState.SUSPENDED: RunSuspended,
    runs.RunState.CANCELING: RunCanceling,
}

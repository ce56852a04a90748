"""The JSON shapes of the API and of `--json` (design 11). Unknown is null, never absent."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import conditions, runs, tasks
from bgtasks_gui.wire import background, codec, notices, receipts, requests, system

# Written elsewhere; all shapes are found here.
AccessRequest = background.AccessRequest
AccessView = background.AccessView
BackgroundView = background.BackgroundView
BudgetView = background.BudgetView
ContinuousQuery = background.ContinuousQuery
ContinuousRequest = background.ContinuousRequest
ContinuousView = background.ContinuousView
DelayQuery = background.DelayQuery
DelayRequest = background.DelayRequest
DelayView = background.DelayView
FrontRequest = background.FrontRequest
HoldView = background.HoldView
ModeCheckView = background.ModeCheckView
ProgressRequest = background.ProgressRequest
RemainingView = background.RemainingView
ResourceQuery = background.ResourceQuery
ResourceRequest = background.ResourceRequest
ResourceView = background.ResourceView
NoticesQuery = notices.NoticesQuery
NoticeView = notices.NoticeView
SurfaceView = notices.SurfaceView
TellingView = notices.TellingView
ActionRequest = requests.ActionRequest
AddressRequest = requests.AddressRequest
EmitRequest = requests.EmitRequest
EventsQuery = requests.EventsQuery
IfExists = requests.IfExists
LogQuery = requests.LogQuery
NextQuery = requests.NextQuery
PauseRequest = requests.PauseRequest
RateRequest = requests.RateRequest
ReceiptView = receipts.ReceiptView
RegisterQuery = requests.RegisterQuery
RemoveQuery = requests.RemoveQuery
RunRequest = requests.RunRequest
RunsQuery = requests.RunsQuery
StopRequest = requests.StopRequest
TasksQuery = requests.TasksQuery
CatalogEntry = system.CatalogEntry
CatalogView = system.CatalogView
FactView = system.FactView
HealthView = system.HealthView
PauseView = system.PauseView
ReasonEntry = system.ReasonEntry
StoppingView = system.StoppingView
SystemView = system.SystemView


class Shape(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value that crosses the socket.

    It is JSON, so it never holds itself, and the collector need not look at the hundred thousands
    of them that a window may hold.
    """


class ReasonView(Shape, frozen=True, kw_only=True):
    code: str
    actor: str
    sentence: str
    #: Label of what a person can do about it, and its verb.
    remedy: str | None
    remedy_action: str | None
    detail: str | None
    at: str
    #: The same reason in Windows' and OpenHarmony's lists.
    windows: int | None
    ohos: int | None


class ProgressView(Shape, frozen=True, kw_only=True):
    done: int | float
    total: int | float | None
    unit: str | None
    message: str | None
    #: Units a second, and seconds that remain.
    rate: float | None
    eta: float | None


class FiringView(Shape, frozen=True, kw_only=True):
    type: str
    position: int | None
    planned_at: str | None
    caught_up: bool
    arguments: msgspec.Raw
    details: msgspec.Raw


class RunView(Shape, frozen=True, kw_only=True):
    id: str
    task_id: str
    task_name: str
    kind: str
    state: runs.RunState
    #: The coarse word of seed 5: pending, processing, completed, errors.
    status: str
    triggered_at: str
    started_at: str | None
    completed_at: str | None
    trigger: FiringView
    attempt: int
    retry_at: str | None
    #: While it waits: the strongest blocker, in one sentence.
    waits_for: str | None
    exit_code: int | None
    forced: bool
    reason: ReasonView | None
    #: Cleaning up after a cancel until this time, then killed.
    grace_ends_at: str | None
    cleaning_up: bool
    progress: ProgressView | None
    #: What a Python function returned.
    result: codec.JsonValue
    log_path: str | None
    receipt: ReceiptView | None
    suspended_s: float
    suspended_count: int
    cpu_s: float | None
    max_rss: int | None
    pid: int | None
    can_suspend: bool


class TaskView(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    kind: str
    payload: msgspec.Raw
    triggers: tuple[msgspec.Raw, ...]
    conditions: tuple[conditions.Condition, ...]
    stop_on_condition_loss: tasks.ConditionLoss
    overlap: tasks.Overlap
    missed: tasks.Missed
    #: Durations are ISO 8601 ("PT15M").
    flex: str
    retry: tasks.Retry
    time_limit: str | None
    idle_limit: str | None
    grace: str
    resources: tasks.Resources
    progress_pattern: str | None
    modes: tuple[str, ...]
    notice: tasks.NoticePolicy
    group: str
    owner: str
    enabled: bool
    expires_at: str | None
    #: Whether its triggers may fire: enabled, not expired, not taken out by itself.
    registered: bool
    registered_at: str
    unscheduled: str | None
    next_run_at: str | None
    last_run: RunView | None
    last_scheduled_at: str | None
    #: The same on this computer's clock (concepts R1).
    last_scheduled_local: str | None
    last_exit_reason: str
    can_suspend: bool
    #: What it does, when, and under which conditions, in words.
    does: str
    when: tuple[str, ...]
    only_if: tuple[str, ...]
    warnings: tuple[str, ...]
    #: The environment it was registered in; null in lists.
    environment: dict[str, str] | None


class BlockerView(Shape, frozen=True, kw_only=True):
    code: str
    sentence: str
    value: str
    lifts: str | None


class CheckView(Shape, frozen=True, kw_only=True):
    code: str
    sentence: str
    value: str
    holds: bool


class ChanceView(Shape, frozen=True, kw_only=True):
    at: str
    local: str
    note: str | None


class WhyView(Shape, frozen=True, kw_only=True):
    task_id: str
    run_id: str | None
    can_start: bool
    blockers: tuple[BlockerView, ...]
    #: Every condition, met or not.
    checks: tuple[CheckView, ...]
    next: tuple[ChanceView, ...]
    #: How the last run ended, in one sentence.
    last: str | None


class LogPiece(Shape, frozen=True, kw_only=True):
    """A part of a run's output, from stream byte `offset` to `next_offset`."""

    offset: int
    next_offset: int
    #: Stream bytes written so far.
    total: int
    #: Bytes between head and tail that are no longer kept.
    left_out: int
    #: Bytes that could not be written (disk full).
    lost: int
    #: Decoded as UTF-8; what is not is shown as the replacement character.
    text: str
    ended: bool


class RemovedView(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    canceled_runs: tuple[str, ...]


class ActedView(Shape, frozen=True, kw_only=True):
    """What an action on several runs asked for."""

    runs: tuple[RunView, ...]


class CheckedView(Shape, frozen=True, kw_only=True):
    """A registration that was looked at and not stored."""

    does: str
    when: tuple[str, ...]
    only_if: tuple[str, ...]
    warnings: tuple[str, ...]
    next: tuple[ChanceView, ...]


class EmittedView(Shape, frozen=True, kw_only=True):
    event: str
    runs: tuple[RunView, ...]


class EventView(Shape, frozen=True, kw_only=True):
    """A line of `watch`, a message of the stream.

    Beside what happened (the tags of `core.events`) a stream says "hello" first, with the number
    after which it goes on, and "resync" where events are lost and everything must be read anew.
    """

    seq: int
    at: str
    type: str
    run: RunView | None = None
    task: TaskView | None = None
    run_id: str | None = None
    task_id: str | None = None
    progress: ProgressView | None = None
    total: int | None = None
    warning: str | None = None
    continuous: ContinuousView | None = None
    delay: DelayView | None = None
    #: What became of either: "started", "canceled", "expiring", ...
    what: str | None = None
    #: Why a continuous task was cancelled.
    reason: ReasonView | None = None


class ErrorDetail(Shape, frozen=True, kw_only=True):
    code: str
    message: str
    field: str | None = None
    #: Only where it has a code of seed 3: its number, and that with the two digits of its cause.
    number: int | msgspec.UnsetType = msgspec.UNSET
    subcode: int | msgspec.UnsetType = msgspec.UNSET


class ErrorView(Shape, frozen=True, kw_only=True):
    error: ErrorDetail

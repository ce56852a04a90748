"""Tasks, runs and what else the agent tells of, with everything filled in that may be anything."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import runs, tasks
from bgtasks_gui.wire import shapes

TASK_ID = "019a8f3c-0000-7000-8000-000000000001"
RUN_ID = "019a8f3c-0000-7000-8000-00000000000a"
AT = "2026-11-22T15:00:00.000Z"


def task(**changes: object) -> shapes.TaskView:
    known = shapes.TaskView(
        id=TASK_ID, name="backup", kind="command", payload=msgspec.Raw(b'{"argv":["./backup.sh"]}'),
        triggers=(), conditions=(), stop_on_condition_loss=tasks.ConditionLoss.SUSPEND,
        overlap=tasks.Overlap(), missed=tasks.Missed(), flex="PT0S", retry=tasks.Retry(),
        time_limit=None, idle_limit=None, grace="PT10S", resources=tasks.Resources(),
        progress_pattern=None, modes=(), notice=tasks.NoticePolicy.AUTO, group="", owner="",
        enabled=True, expires_at=None, registered=True, registered_at=AT, unscheduled=None,
        next_run_at=None, last_run=None, last_scheduled_at=None, last_scheduled_local=None,
        last_exit_reason="None", can_suspend=True, does="runs `./backup.sh`", when=(), only_if=(),
        warnings=(), environment=None,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def run(**changes: object) -> shapes.RunView:
    firing = shapes.FiringView(
        type="manual", position=None, planned_at=None, caught_up=False,
        arguments=msgspec.Raw(b"{}"), details=msgspec.Raw(b"{}"),
    )  # fmt: skip
    known = shapes.RunView(
        id=RUN_ID, task_id=TASK_ID, task_name="backup", kind="command",
        state=runs.RunState.RUNNING, status="processing", triggered_at=AT, started_at=AT,
        completed_at=None, trigger=firing, attempt=1, retry_at=None, waits_for=None,
        exit_code=None, forced=False, reason=None, grace_ends_at=None, cleaning_up=False,
        progress=None, result=None,
        log_path=None, receipt=None, suspended_s=0.0, suspended_count=0, cpu_s=None, max_rss=None,
        pid=1, can_suspend=True,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def ended(state: runs.RunState = runs.RunState.COMPLETED, **changes: object) -> shapes.RunView:
    known = {"state": state, "status": runs.COARSE[state], "pid": None, "exit_code": 0}
    return run(**(known | {"completed_at": "2026-11-22T15:03:00.000Z"} | changes))


def reason(sentence: str, **changes: object) -> shapes.ReasonView:
    known = shapes.ReasonView(
        code="user_cancel", actor="user", sentence=sentence, remedy=None, remedy_action=None,
        detail=None, at=AT, windows=None, ohos=None,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def progress(done: float, total: float | None = None, **changes: object) -> shapes.ProgressView:
    known = shapes.ProgressView(
        done=done, total=total, unit=None, message=None, rate=None, eta=None
    )
    return msgspec.structs.replace(known, **changes)


def health(**changes: object) -> shapes.HealthView:
    known = shapes.HealthView(
        api=1, version="0.1.0", pid=4711, home="/home/ada/tasks", started_at=AT, seq=7
    )
    return msgspec.structs.replace(known, **changes)


def system(**changes: object) -> shapes.SystemView:
    known = shapes.SystemView(
        health=health(), pause=shapes.PauseView(paused=False, until=None), active={}, tasks=0,
        next_wake_at=None, facts=(), notices=(),
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def event(seq: int, type_: str, **changes: object) -> shapes.EventView:
    return msgspec.structs.replace(shapes.EventView(seq=seq, at=AT, type=type_), **changes)


def piece(text: str, **changes: object) -> shapes.LogPiece:
    size = len(text.encode())
    known = shapes.LogPiece(
        offset=0, next_offset=size, total=size, left_out=0, lost=0, text=text, ended=True
    )
    return msgspec.structs.replace(known, **changes)

"""Values of the core as the shapes that cross the socket; secrets are hidden here, for all."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bgtasks_gui import paths
from bgtasks_gui.agent.background import showing
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running.transfers import receipts
from bgtasks_gui.core import admission, checks, events, ports, progress, reasons, runs
from bgtasks_gui.wire import masks, shapes, times

_Event = shapes.EventView


def reason_view(reason: reasons.Reason, state: runs.RunState) -> shapes.ReasonView:
    """Why a run in this state stands where it stands."""
    entry = reasons.CATALOGUE[reason.code]
    remedy, action = reasons.remedy(reason, state)
    return shapes.ReasonView(
        code=reason.code,
        actor=reason.actor,
        sentence=reasons.sentence(reason, state),
        remedy=remedy,
        remedy_action=action,
        detail=reason.detail,
        at=times.stamp(reason.at),
        windows=entry.windows,
        ohos=entry.ohos,
    )


def progress_view(figure: progress.Progress) -> shapes.ProgressView:
    return shapes.ProgressView(
        done=figure.done,
        total=figure.total,
        unit=figure.unit,
        message=figure.message,
        rate=figure.rate,
        eta=figure.eta,
    )


def firing_view(firing: runs.Firing) -> shapes.FiringView:
    return shapes.FiringView(
        type=firing.type,
        position=firing.position,
        planned_at=times.stamp_or_none(firing.planned_at),
        caught_up=firing.caught_up,
        arguments=masks.payload(firing.arguments),
        details=masks.payload(firing.details),
    )


def run_view(run: runs.Run, *, log_path: str | None, can_suspend: bool) -> shapes.RunView:
    return shapes.RunView(
        id=run.id,
        task_id=run.task_id,
        task_name=run.task_name,
        kind=run.kind,
        state=run.state,
        status=runs.COARSE[run.state],
        triggered_at=times.stamp(run.triggered_at),
        started_at=times.stamp_or_none(run.started_at),
        completed_at=times.stamp_or_none(run.completed_at),
        trigger=firing_view(run.firing),
        attempt=run.attempt,
        retry_at=times.stamp_or_none(run.retry_at),
        waits_for=run.waits_for,
        exit_code=run.exit_code,
        forced=run.forced,
        reason=None if run.reason is None else reason_view(run.reason, run.state),
        grace_ends_at=times.stamp_or_none(run.grace_ends_at),
        cleaning_up=run.cleaning_up,
        progress=None if run.progress is None else progress_view(run.progress),
        result=run.result,
        log_path=log_path,
        receipt=receipts.view(run),
        suspended_s=run.suspended_s,
        suspended_count=run.suspended_count,
        cpu_s=run.cpu_s,
        max_rss=run.max_rss,
        pid=None if run.process is None or run.has_ended else run.process.pid,
        can_suspend=can_suspend,
    )


def run_of_task_view(run: runs.Run, catalog: Catalog, home: paths.Home) -> shapes.RunView:
    """The same, with what home and catalogue know of it: a run that began has a log."""
    log = None if run.started_at is None else home.run_log_text(run.id)
    return run_view(run, log_path=log, can_suspend=catalog.can_suspend(run.kind))


def task_view(
    standing: ports.Standing,
    catalog: Catalog,
    now: datetime,
    home: paths.Home,
    *,
    with_environment: bool,
) -> shapes.TaskView:
    task, last = standing.task, standing.last_run
    does, when, only_if = catalog.phrases(task)
    scheduled = standing.last_scheduled_at
    return shapes.TaskView(
        id=task.id, name=task.name, group=task.group, owner=task.owner, enabled=task.enabled,
        kind=task.kind, payload=masks.payload(task.payload), triggers=task.triggers,
        conditions=task.conditions, stop_on_condition_loss=task.stop_on_condition_loss,
        overlap=task.overlap, missed=task.missed, flex=times.duration(task.flex),
        retry=task.retry, time_limit=times.duration_or_none(task.time_limit),
        idle_limit=times.duration_or_none(task.idle_limit), grace=times.duration(task.grace),
        resources=task.resources, progress_pattern=task.progress_pattern, modes=task.modes,
        notice=task.notice, expires_at=times.stamp_or_none(task.expires_at),
        registered=task.is_scheduled and not task.has_expired(now),
        registered_at=times.stamp(task.registered_at), unscheduled=task.unscheduled,
        next_run_at=times.stamp_or_none(standing.next_run_at),
        last_run=None if last is None else run_of_task_view(last, catalog, home),
        last_scheduled_at=times.stamp_or_none(scheduled),
        last_scheduled_local=None if scheduled is None else times.local(scheduled),
        last_exit_reason=standing.last_exit_reason,
        can_suspend=catalog.can_suspend(task.kind), does=does, when=when, only_if=only_if,
        warnings=tuple(checks.warnings(task)),
        environment=masks.environment(task.environment) if with_environment else None,
    )  # fmt: skip


def chance_view(chance: admission.Chance) -> shapes.ChanceView:
    return shapes.ChanceView(
        at=times.stamp(chance.at), local=times.local(chance.at), note=chance.note
    )


def why_view(
    explanation: admission.Explanation, *, run: runs.Run | None, last: runs.Run | None
) -> shapes.WhyView:
    """Why a task, or this run of it, starts or not; `last` is the task's newest run."""
    return shapes.WhyView(
        task_id=explanation.task_id,
        run_id=None if run is None else run.id,
        can_start=explanation.can_start,
        blockers=tuple(
            shapes.BlockerView(
                code=one.code, sentence=one.sentence, value=one.value, lifts=one.lifts
            )
            for one in explanation.blockers
        ),
        checks=tuple(
            shapes.CheckView(code=one.code, sentence=one.sentence, value=one.value, holds=one.holds)
            for one in explanation.checks
        ),
        next=tuple(chance_view(one) for one in explanation.next),
        last=None if last is None else _say_end(last),
    )


def _say_end(run: runs.Run) -> str | None:
    """ "Completed on 22 Nov 2026 at 14:02." """
    if run.completed_at is None:
        return None
    word = f"{run.state.capitalize()}."
    sentence = word if run.reason is None else reasons.sentence(run.reason, run.state)
    local = run.completed_at.astimezone()
    return f"{sentence.rstrip('.')}, on {local.day} {local:%b %Y at %H:%M}."


def event_view(
    event: events.AnyEvent, seq: int, *, catalog: Catalog, home: paths.Home
) -> shapes.EventView:
    """An event as the message of the stream with this number."""
    at, type_ = times.stamp(event.at), str(event.__struct_config__.tag)
    match event:
        case events.RunProgressed(run_id=run_id, task_id=task_id):
            figure = progress_view(event.progress)
            return _Event(
                seq=seq, at=at, type=type_, run_id=run_id, task_id=task_id, progress=figure
            )
        case events.RunPrinted(run_id=run_id, task_id=task_id, total=total):
            return _Event(seq=seq, at=at, type=type_, run_id=run_id, task_id=task_id, total=total)
        case events.TaskAdded() | events.TaskChanged() | events.TaskRemoved():
            standing = event.standing
            task = task_view(standing, catalog, event.at, home, with_environment=False)
            return _Event(seq=seq, at=at, type=type_, task_id=task.id, task=task)
        case events.SystemChanged() | events.NoticeChanged():
            return _Event(seq=seq, at=at, type=type_)
        case events.ContinuousChanged() | events.DelayChanged():
            return _background_event(event, seq, at, type_)
        case events.RunEvent():
            run = run_of_task_view(event.run, catalog, home)
            warning = event.warning if isinstance(event, events.RunWarned) else None
            return _Event(
                seq=seq, at=at, type=type_, run_id=run.id, task_id=run.task_id, run=run,
                warning=warning,
            )  # fmt: skip
        case _:
            assert_never(event)


def _background_event(
    event: events.ContinuousChanged | events.DelayChanged, seq: int, at: str, type_: str
) -> shapes.EventView:
    if isinstance(event, events.DelayChanged):
        delay = showing.delay_view(event.delay, event.at)
        return _Event(
            seq=seq, at=at, type=type_, run_id=delay.run_id, delay=delay, what=event.what
        )  # fmt: skip
    task = showing.continuous_view(event.task)
    why = event.reason
    return _Event(
        seq=seq, at=at, type=type_, run_id=task.run_id, continuous=task, what=event.what,
        reason=None if why is None else reason_view(why, runs.RunState.CANCELED),
    )  # fmt: skip

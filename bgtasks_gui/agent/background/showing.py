"""What programs do in the background, as the shapes that cross the socket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bgtasks_gui.core.background import access, budgets, continuous, resources
from bgtasks_gui.wire import shapes, times


def continuous_view(
    task: continuous.ContinuousTask, checks: Iterable[shapes.ModeCheckView] = ()
) -> shapes.ContinuousView:
    """A continuous task, with what was found of the use of its modes."""
    return shapes.ContinuousView(
        id=task.id,
        owner=task.owner,
        ability=task.ability,
        run_id=task.run_id,
        modes=tuple(mode.value for mode in task.modes),
        title=task.title,
        text=task.text,
        slot_type=task.slot_type,
        content_type=task.content_type,
        notification_id=task.notification_id,
        started_at=times.stamp(task.started_at),
        keeps_awake=task.keeps_awake,
        checks=tuple(checks),
    )


def access_view(found: access.Access) -> shapes.AccessView:
    return shapes.AccessView(
        owner=found.owner,
        keep_running=found.keep_running,
        modes=tuple(mode.value for mode in found.modes),
        is_system=found.is_system,
    )


def delay_view(delay: budgets.Delay, now: datetime) -> shapes.DelayView:
    """A suspend delay that was looked at now."""
    return shapes.DelayView(
        request_id=delay.id,
        owner=delay.owner,
        reason=delay.reason,
        callback=delay.callback,
        run_id=delay.run_id,
        requested_at=times.stamp(delay.requested_at),
        ends_at=times.stamp(now + delay.left),
        actual_delay_time=delay.granted_ms,
        remaining=delay.remaining_ms,
    )


def budget_view(budget: budgets.Budget, now: datetime) -> shapes.BudgetView:
    return shapes.BudgetView(
        owner=budget.owner,
        used_s=budget.used.total_seconds(),
        limit_s=budget.limit.total_seconds(),
        frees_at=times.stamp_or_none(budget.frees_at),
        open=tuple(delay_view(delay, now) for delay in budget.open),
    )


def resource_view(held: resources.Held) -> shapes.ResourceView:
    return shapes.ResourceView(
        owner=held.owner,
        resource=held.resource.name,
        resource_type=held.resource.value,
        is_process=held.is_process,
        reason=held.reason,
        since=times.stamp(held.since),
        until=times.stamp_or_none(held.until),
    )

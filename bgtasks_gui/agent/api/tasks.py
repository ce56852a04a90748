"""What the API says and does about tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from bgtasks_gui.agent.api import office, views
from bgtasks_gui.agent.upkeep import removals
from bgtasks_gui.core import checks, errors, ports, reasons, runs, tasks
from bgtasks_gui.wire import codec, masks, shapes

_S = runs.RunState
#: Tasks that one answer holds at most.
MOST_TASKS = 100_000
MOST_TIMES = 1000
#: Bytes of arguments that a run may be handed.
MOST_ARGUMENTS = 1024 * 1024


class TasksDoor:
    """Answers the routes of `wire.routes` with the subject "tasks"."""

    def __init__(self, desk: office.Office) -> None:
        self._office = desk

    async def list(self, *, query: shapes.TasksQuery) -> tuple[shapes.TaskView, ...]:
        if not 1 <= query.limit <= MOST_TASKS:
            raise errors.InvalidField(f"The limit is between 1 and {MOST_TASKS:,}.", field="limit")
        found = await self._office.store.standings(
            group=query.group, after_name=query.after, limit=query.limit
        )
        return tuple(self._office.view_task(one, with_environment=False) for one in found)

    async def register(
        self, *, query: shapes.RegisterQuery, body: tasks.TaskSpec
    ) -> shapes.TaskView:
        desk = self._office
        before = await self._same_name(body) if query.if_exists == "replace" else ()
        kept = before[0].triggers if before else ()
        spec = await desk.catalog.prepared(body, desk.clock.now(), desk.checker, kept=kept)
        # Asked for again, since the look at its program takes a while.
        same = await self._same_name(spec)
        if same and query.if_exists == "refuse":
            raise errors.DuplicateName(
                f"A task named {spec.name!r} exists already; choose another name, or replace it.",
                field="name",
            )
        now = desk.clock.now()
        if same and query.if_exists == "replace":
            # The oldest keeps its id, and with it its history; the others go (concepts R40).
            task = _registered_again(spec, same[0], now)
            for other in same[1:]:
                await self._end_runs(other, only_waiting=True)
            await desk.keep_task(task, replaces=tuple(other.id for other in same[1:]))
        else:
            task = _registered(spec, desk.ledger.new_task_id(), now, is_twin=bool(same))
            await desk.keep_task(task)
        return await desk.show_task(task)

    async def check(self, *, body: tasks.TaskSpec) -> shapes.CheckedView:
        desk = self._office
        spec = await desk.catalog.prepared(body, desk.clock.now(), desk.checker)
        does, when, only_if = desk.catalog.phrases(spec)
        return shapes.CheckedView(
            does=does,
            when=when,
            only_if=only_if,
            warnings=tuple(checks.warnings(spec)),
            next=tuple(views.chance_view(chance) for chance in desk.chances(spec, 10)),
        )

    async def show(self, task: str) -> shapes.TaskView:
        return await self._office.show_task(await self._office.find_task(task))

    async def edit(self, task: str, *, body: tasks.TaskSpec) -> shapes.TaskView:
        desk = self._office
        old = await desk.find_task(task)
        # Who edits what was shown sends back what was hidden; it stays as it was.
        body = masks.restored(body, old)
        spec = await desk.catalog.prepared(body, desk.clock.now(), desk.checker, kept=old.triggers)
        # One that keeps its name may go on beside its twins.
        if _full_name(spec) != _full_name(old) and await self._same_name(spec):
            raise errors.DuplicateName(
                f"Another task is named {spec.name!r} already; choose another name.", field="name"
            )
        new = _registered_again(spec, old, desk.clock.now())
        await desk.keep_task(new)
        return await desk.show_task(new)

    async def remove(self, task: str, *, query: shapes.RemoveQuery) -> shapes.RemovedView:
        desk = self._office
        found = await desk.find_task(task)
        standing = await desk.store.standing(found.id)
        assert standing is not None
        canceled = await self._end_runs(found, only_waiting=not query.cancel)
        desk.timetable.remove(found.id)
        desk.removals.keep(standing)
        await desk.ledger.remove_task(standing)
        return shapes.RemovedView(id=found.id, name=found.name, canceled_runs=canceled)

    async def restore(self, task: str) -> shapes.TaskView:
        desk, task_id = self._office, task.lower()
        registered = await desk.store.task(task_id)
        if registered is not None:
            raise errors.NotPossibleNow(
                f"The task {registered.name!r} is registered; there is nothing to restore."
            )
        removed = desk.removals.find(task_id)
        if removed is None:
            raise errors.TaskNotFound(
                f"No removed task {task!r} is kept any more: the last {removals.MOST} are, as long "
                "as the agent runs.",
                field="task",
            )
        same = await self._same_name(removed.task)
        if not removed.task.is_twin and any(not one.is_twin for one in same):
            raise errors.DuplicateName(
                f"Another task is named {removed.task.name!r} by now; rename or remove it first.",
                field="name",
            )
        await desk.keep_task(removed.task, past=await self._past(removed))
        desk.removals.forget(task_id)
        return await desk.show_task(removed.task)

    async def run(self, task: str, *, body: shapes.RunRequest) -> shapes.RunView:
        found = await self._office.find_task(task)
        if len(bytes(body.arguments)) > MOST_ARGUMENTS:
            raise errors.TooLarge(
                f"{len(bytes(body.arguments)):,} bytes of arguments are more than the "
                f"{MOST_ARGUMENTS:,} a run may be handed; hand over a file instead.",
                field="arguments",
            )
        arguments = codec.raw(codec.decode(body.arguments, codec.JsonObject, at="arguments"))
        firing = runs.Firing(type="manual", arguments=arguments)
        run = await self._office.dispatcher.fire(found, firing)
        current = await self._office.find_run(run.id)
        return self._office.view_run(current or run)

    async def enable(self, task: str) -> shapes.TaskView:
        return await self._change(
            task, lambda one: msgspec.structs.replace(one, enabled=True, unscheduled=None)
        )

    async def disable(self, task: str) -> shapes.TaskView:
        return await self._change(task, lambda one: msgspec.structs.replace(one, enabled=False))

    async def suspend(self, task: str, *, body: shapes.ActionRequest) -> shapes.ActedView:
        found = await self._office.find_task(task)
        acted = self._office.ledger.of_task(found.id)
        suspended = [run for run in acted if run.state is not _S.CANCELING]
        # All at the same time: each waits until it stands still, or until that is stored.
        await asyncio.gather(*(self._office.suspend(run, body.reason) for run in suspended))
        return await self._acted(acted)

    async def resume(self, task: str, *, body: shapes.ActionRequest) -> shapes.ActedView:
        found = await self._office.find_task(task)
        acted = self._office.ledger.of_task(found.id)
        await asyncio.gather(*(self._office.resume(run) for run in acted))
        return await self._acted(acted)

    async def cancel(self, task: str, *, body: shapes.ActionRequest) -> shapes.ActedView:
        found = await self._office.find_task(task)
        acted = self._office.ledger.of_task(found.id)
        await asyncio.gather(*(self._office.cancel(run, body.reason) for run in acted))
        return await self._acted(acted)

    async def why(self, task: str) -> shapes.WhyView:
        return await self._office.explain(await self._office.find_task(task), None)

    async def next(self, task: str, *, query: shapes.NextQuery) -> tuple[shapes.ChanceView, ...]:
        if not 1 <= query.n <= MOST_TIMES:
            raise errors.InvalidField(f"n is between 1 and {MOST_TIMES:,}.", field="n")
        found = await self._office.find_task(task)
        if not found.is_scheduled:
            return ()
        return tuple(views.chance_view(one) for one in self._office.chances(found, query.n))

    # Inside

    async def _past(self, removed: ports.Standing) -> ports.Standing:
        """What a task had behind it, with the ends of runs that went on after its removal."""
        query = ports.RunQuery(task_id=removed.task.id, states=tuple(runs.ENDED), limit=1)
        for run in await self._office.store.runs(query):
            code = None if run.reason is None else run.reason.code
            reason = reasons.exit_reason(run.state, code, has_started=run.started_at is not None)
            if reason is not None:
                return msgspec.structs.replace(removed, last_exit_reason=reason)
        return removed

    async def _same_name(self, spec: tasks.TaskSpec) -> Sequence[tasks.Task]:
        named = await self._office.store.tasks_named(spec.name)
        same = [one for one in named if _full_name(one) == _full_name(spec)]
        return sorted(same, key=lambda one: one.id)

    async def _change(
        self, text: str, change: Callable[[tasks.Task], tasks.Task]
    ) -> shapes.TaskView:
        found = await self._office.find_task(text)
        changed = msgspec.structs.replace(change(found), updated_at=self._office.clock.now())
        await self._office.keep_task(changed)
        return await self._office.show_task(changed)

    async def _end_runs(self, task: tasks.Task, *, only_waiting: bool) -> tuple[str, ...]:
        """Cancel the runs of a task that is removed (concepts R41)."""
        ended = []
        for run in self._office.ledger.of_task(task.id):
            if only_waiting and self._office.runner.is_busy(run.id):
                continue
            now = self._office.clock.now()
            reason = reasons.make(reasons.Code.ABORT, now, "the task was removed", actor="user")
            await self._office.runner.cancel(run.id, reason)
            ended.append(run.id)
        return tuple(ended)

    async def _acted(self, acted: tuple[runs.Run, ...]) -> shapes.ActedView:
        current = [await self._office.find_run(run.id) for run in acted]
        return shapes.ActedView(runs=tuple(self._office.view_run(run) for run in current if run))


def _full_name(spec: tasks.TaskSpec) -> tuple[str, str, str]:
    """What only one task has, unless another was asked for beside it."""
    return spec.owner, spec.group, spec.name


def _registered(spec: tasks.TaskSpec, task_id: str, now: datetime, *, is_twin: bool) -> tasks.Task:
    fields = {name: getattr(spec, name) for name in tasks.TaskSpec.__struct_fields__}
    return tasks.Task(id=task_id, registered_at=now, updated_at=now, is_twin=is_twin, **fields)


def _registered_again(spec: tasks.TaskSpec, old: tasks.Task, now: datetime) -> tasks.Task:
    """The task under its old id, scheduled anew; its twins are its twins still."""
    new = _registered(spec, old.id, now, is_twin=old.is_twin)
    return msgspec.structs.replace(new, registered_at=old.registered_at)

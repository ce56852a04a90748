"""What the doors of the API share: finding, explaining, planning and keeping tasks and runs."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterator
from datetime import datetime

import msgspec

from bgtasks_gui import paths, settings
from bgtasks_gui.agent import checker, dispatcher, ledger, pause
from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.agent.api import views
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import runner
from bgtasks_gui.agent.upkeep import removals
from bgtasks_gui.core import admission, errors, ids, overlap, ports, reasons, runs, tasks
from bgtasks_gui.kinds import addresses
from bgtasks_gui.wire import codec, masks, shapes

_S = runs.RunState
#: Planned times shown with an explanation.
CHANCES = 3


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a running agent, and what is done with several of them at once."""

    home: paths.Home
    clock: ports.Clock
    store: ports.Store
    ledger: ledger.Ledger
    runner: runner.Runner
    dispatcher: dispatcher.Dispatcher
    catalog: Catalog
    pause: pause.Pause
    timetable: timetables.Timetable
    checker: checker.MachineChecker
    preferences: settings.Keeper
    removals: removals.Removals = msgspec.field(default_factory=removals.Removals)

    @property
    def settings(self) -> settings.Settings:
        return self.preferences.settings

    # Finding

    async def find_task(self, text: str) -> tasks.Task:
        """The task of this id or name."""
        if ids.is_id(text):
            task = await self.store.task(text.lower())
            if task is not None:
                return task
        named = await self.store.tasks_named(text)
        if len(named) == 1:
            return named[0]
        if named:
            listed = ", ".join(task.id for task in named)
            raise errors.AmbiguousName(
                f"{len(named)} tasks are named {text!r}; use the id of one: {listed}.", field="task"
            )
        raise errors.TaskNotFound(await self._no_such_task(text), field="task")

    async def _no_such_task(self, text: str) -> str:
        names = [standing.task.name for standing in await self.store.standings(limit=2000)]
        close = difflib.get_close_matches(text, names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; `bgtasks list` shows them."
        return f"There is no task {text!r}{hint}"

    async def find_run(self, text: str) -> runs.Run | None:
        """The run of this id; for a task's id or name, its newest run (concepts 5.6)."""
        run = self.ledger.find(text) or await self.store.run(text)
        if run is not None:
            return run
        try:
            task = await self.find_task(text)
        except errors.TaskNotFound:
            return None
        newest = await self.store.runs(ports.RunQuery(task_id=task.id, limit=1))
        return (self.ledger.find(newest[0].id) or newest[0]) if newest else None

    # Showing

    def view_run(self, run: runs.Run) -> shapes.RunView:
        current = self.ledger.find(run.id) or run
        return views.run_view(
            current,
            log_path=str(self.home.run_log(run.id)) if run.started_at is not None else None,
            can_suspend=self.catalog.can_suspend(run.kind),
        )

    def view_task(self, standing: ports.Standing, *, with_environment: bool) -> shapes.TaskView:
        return views.task_view(
            standing,
            self.catalog,
            self.clock.now(),
            self.home,
            with_environment=with_environment,
        )

    async def show_task(self, task: tasks.Task) -> shapes.TaskView:
        """A task as it stands, with its environment."""
        standing = await self.store.standing(task.id)
        if standing is None:
            raise errors.TaskNotFound(f"The task {task.name!r} was removed.")
        return self.view_task(standing, with_environment=True)

    async def explain(self, task: tasks.Task, run: runs.Run | None) -> shapes.WhyView:
        """What keeps a task, or one of its runs, from starting or going on (design 8)."""
        if run is None:
            waiting = [one for one in self.ledger.of_task(task.id) if one.state is _S.WAITING]
            run = waiting[0] if waiting else None
        situation = self.dispatcher.situation(task, await self.dispatcher.look(task))
        planned = [] if run is not None and run.is_alive else list(self.chances(task, CHANCES))
        explanation = admission.explain(task, situation, run=run, planned=planned)
        standing = await self.store.standing(task.id)
        last = None if standing is None else standing.last_run
        return views.why_view(explanation, run=run, last=last)

    def chances(self, spec: tasks.TaskSpec, count: int) -> Iterator[admission.Chance]:
        """The next planned times over all triggers, earliest first, each once."""
        heap: list[tuple[datetime, int, ports.TimeTrigger]] = []
        for position, trigger in enumerate(self.catalog.triggers(spec)):
            if isinstance(trigger, ports.TimeTrigger):
                self._push(heap, spec, position, trigger, self.clock.now())
        last: datetime | None = None
        while heap and count > 0:
            at, position, trigger = heapq.heappop(heap)
            self._push(heap, spec, position, trigger, at)
            if at != last:
                last, count = at, count - 1
                yield admission.Chance(at, trigger.note(at))

    def _push(
        self,
        heap: list[tuple[datetime, int, ports.TimeTrigger]],
        spec: tasks.TaskSpec,
        position: int,
        trigger: ports.TimeTrigger,
        after: datetime,
    ) -> None:
        at = trigger.next(after)
        if at is not None and (spec.expires_at is None or at < spec.expires_at):
            heapq.heappush(heap, (at, position, trigger))

    # Keeping

    async def keep_task(
        self,
        task: tasks.Task,
        *,
        replaces: tuple[str, ...] = (),
        past: ports.Standing | None = None,
    ) -> None:
        """Store a task and plan it anew from now; see `Ledger.put_task` for the rest."""
        now = self.clock.now()
        runs_by_itself = task.is_scheduled and not task.has_expired(now)
        planned = tuple(self.catalog.planned_after(task, now)) if runs_by_itself else ()
        listeners = self.catalog.listeners(task) if runs_by_itself else ()
        current = {entry.position for entry in planned}
        cleared = tuple(
            tasks.Planned(task_id=task.id, position=old.position, next_at=None)
            for old in await self.store.planned(task.id)
            if old.position not in current
        )
        await self.ledger.put_task(task, planned + cleared, listeners, replaces=replaces, past=past)
        for task_id in (task.id, *replaces):
            self.timetable.remove(task_id)
        for entry in planned:
            self.timetable.set(entry.task_id, entry.position, entry.next_at, entry.flex)
        self.dispatcher.reconsider()

    async def unschedule(self, task_id: str, why: str) -> None:
        """A run said that its task shall not be started again (concepts R11)."""
        task = await self.store.task(task_id)
        if task is not None:
            changed = msgspec.structs.replace(task, unscheduled=why, updated_at=self.clock.now())
            await self.keep_task(changed)

    # Acting

    async def suspend(self, run: runs.Run, said: str | None) -> None:
        """Suspend a run because a person asked; refused where its kind cannot."""
        if not self.catalog.kind(run.kind).can_suspend:
            raise errors.NotPossibleNow(f"Runs of the kind {run.kind} cannot be suspended here.")
        if run.state is _S.CANCELING:
            raise errors.NotPossibleNow("The run is being cancelled; it cannot be suspended.")
        reason = reasons.make(reasons.Code.USER_SUSPEND, self.clock.now(), said or None)
        await self.runner.suspend(run.id, reason)

    async def readdress(self, run: runs.Run, url: str) -> None:
        """Let a transfer go on from another address (wishes W17).

        A task that only ever runs by hand takes the address over; the address of a plan stays.
        """
        addresses.check_url(url)
        masks.check_text(url, "url")
        task = await self.store.task(run.task_id)
        if task is not None and not task.triggers:
            payload = {**codec.plain(task.payload), "url": url}
            changed = msgspec.structs.replace(
                task, payload=codec.raw(payload), updated_at=self.clock.now()
            )
            await self.keep_task(changed)
        await self.runner.transfers.readdress(run, url)

    async def cancel(self, run: runs.Run, said: str | None) -> None:
        """End a run because a person asked; say no to one that asks whether to make up for a time.

        Cancelling a run that has ended changes nothing.
        """
        task, now = await self.store.task(run.task_id), self.clock.now()
        current = self.ledger.find(run.id)
        if task is not None and current is not None and overlap.is_unanswered(task, current):
            reason = reasons.make(reasons.Code.DECLINED, now, said or None)
            await self.runner.finishing.decline(current, reason)
        else:
            reason = reasons.make(reasons.Code.USER_CANCEL, now, said or None)
            await self.runner.cancel(run.id, reason)

    async def resume(self, run: runs.Run) -> None:
        """Let a suspended run go on; say yes to one that asks whether to make up for a time."""
        if run.state is _S.SUSPENDED:
            await self.runner.resume(run.id)
        elif run.state is _S.WAITING and run.firing.caught_up and not run.asked:
            await self.ledger.amend(run.id, asked=True)
        # It may be that a condition does not hold meanwhile.
        self.dispatcher.on_time()

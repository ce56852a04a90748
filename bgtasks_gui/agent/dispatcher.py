"""From a firing to a stored run to a started run: asks the core, and does what it says."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.agent import ledger, pause
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import runner, turns
from bgtasks_gui.core import (
    admission,
    machine,
    occurrences,
    ports,
    reasons,
    runs,
    tasks,
    verdicts,
)
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)
_S = runs.RunState
#: Planned times dealt with in one go.
DUE_AT_ONCE: Final = 64
#: Seconds a folder gets to say how much room it has.
LOOK_S: Final = 5.0

Considered = Callable[[runs.Run, tasks.Task, admission.Situation], None]


class Dispatcher:
    """Decides over every run that has not started, and starts the ones that may.

    All decisions are made between two awaits, over memory alone, so that none races another.
    """

    def __init__(
        self,
        store: ports.Store,
        hands: runner.Runner,
        catalog: Catalog,
        paused: pause.Pause,
        computer: ports.Machine,
    ) -> None:
        self._store = store
        self._runner = hands
        self._ledger: ledger.Ledger = hands.ledger
        self._clock = hands.clock
        self._catalog = catalog
        self._pause = paused
        self._machine = computer
        self._turns = turns.Turns(
            self._ledger, has_room=self._has_room, decide=self._consider_alone
        )
        self._timer: ports.Timer | None = None
        self._timer_at = 0.0
        self._loop: asyncio.Task[None] | None = None
        self.timetable: timetables.Timetable | None = None
        #: Runs that may have a process at the same time.
        self.max_running = 1000
        #: Why nothing could start at that time: off, asleep, or just late.
        self.cause_of: Callable[[datetime], reasons.Code] = lambda at: reasons.Code.MISSED_LATE
        #: Called for every run that is decided over.
        self.on_considered: Considered = lambda run, task, situation: None
        #: Called when a time has come at which something may have changed.
        self.on_time: Callable[[], None] = self.reconsider

    def start(self) -> None:
        self._loop = asyncio.create_task(self._turns.serve())

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    # Firings

    def due(self, entries: Sequence[timetables.Due]) -> None:
        """Planned times have come."""
        self._runner.spawn(self._due_in_parts(list(entries)))

    async def _due_in_parts(self, entries: list[timetables.Due]) -> None:
        # So that the first ones start early, and the loop gets its turn between.
        for first in range(0, len(entries), DUE_AT_ONCE):
            await self._due(entries[first : first + DUE_AT_ONCE])

    async def _due(self, entries: list[timetables.Due]) -> None:
        with contextlib.suppress(Exception):  # what cannot be read is met again below, alone
            await self._store.read_ahead([entry.task_id for entry in entries])
        now = self._clock.now()
        made: list[runs.Run] = []
        planned: list[tasks.Planned] = []
        for entry in entries:
            try:
                task = await self._store.task(entry.task_id)
                if task is not None and entry.position < len(task.triggers):
                    new, following = self._occur(task, entry, now)
                    made += new
                    planned.append(following)
            except Exception:
                # One task that cannot be read must not keep the others from their times.
                _log.exception("a planned time was lost", extra={"task_id": entry.task_id})
        stored = self._ledger.add(made, tuple(planned))
        for following in planned:
            self._plan(following)
        await stored
        await self.consider(run for run in made if not run.has_ended)

    def _occur(
        self, task: tasks.Task, entry: timetables.Due, now: datetime
    ) -> tuple[list[runs.Run], tasks.Planned]:
        """The runs that a planned time and those after it until now end in, and the next one."""
        trigger = self._catalog.time_trigger(task.triggers[entry.position])
        if not task.is_scheduled or trigger is None:
            # It was changed while its time came.
            return [], tasks.Planned(task_id=task.id, position=entry.position, next_at=None)
        elapsed = occurrences.gather(
            occurrences.until_expiry(task, trigger.next), entry.planned_at, now
        )
        cause = self.cause_of(entry.planned_at)
        plan = occurrences.plan_missed(elapsed, task.missed, now, task.flex, cause)
        kind = codec.plain(task.triggers[entry.position])["type"]
        made = [
            self._missed(task, self._firing(kind, entry.position, at, caught_up=False), code, said)
            for at, code, said in plan.missed
        ]
        made += [
            self._ledger.make_run(
                task, self._firing(kind, entry.position, start.planned_at, start.caught_up)
            )
            for start in plan.starts
        ]
        made += [
            self._ledger.make_run(task, self._firing(kind, entry.position, at, caught_up=True))
            for at in plan.ask
        ]
        following = tasks.Planned(
            task_id=task.id, position=entry.position, next_at=elapsed.next_at, flex=task.flex
        )
        return made, following

    def _firing(
        self, kind: str, position: int, planned_at: datetime, caught_up: bool
    ) -> runs.Firing:
        return runs.Firing(type=kind, position=position, planned_at=planned_at, caught_up=caught_up)

    def _missed(
        self, task: tasks.Task, firing: runs.Firing, code: reasons.Code, said: str | None
    ) -> runs.Run:
        now = self._clock.now()
        run = self._ledger.make_run(task, firing)
        reason = reasons.make(code, now, said)
        return runs.move(run, _S.MISSED, reason=reason, completed_at=now)

    def _plan(self, planned: tasks.Planned) -> None:
        if self.timetable is not None:
            self.timetable.set(planned.task_id, planned.position, planned.next_at, planned.flex)

    async def fire(self, task: tasks.Task, firing: runs.Firing) -> runs.Run:
        """A trigger without a planned time, or a person, asks for a run."""
        run = self._ledger.make_run(task, firing)
        await self._ledger.add([run])
        await self.consider([run])
        return run

    # Decisions

    def reconsider(self) -> None:
        """Something changed: look again at every run that waits."""
        self._turns.call_all()

    def make_room(self, run: runs.Run) -> None:
        """A run has left the machine: look at those that may have waited for that."""
        self._turns.call_after(run)

    def _has_room(self) -> bool:
        return self._runner.busy_count < self.max_running

    async def consider(self, waiting: Iterable[runs.Run]) -> None:
        """Decide over runs that have not started, oldest first."""
        for run in sorted(waiting, key=lambda one: one.id):
            task = await self._store.task(run.task_id)
            facts = machine.MachineState() if task is None else await self.look(task)
            current = self._ledger.find(run.id)
            if current is None or self._runner.is_busy(run.id):
                continue
            if task is None:
                code, said = reasons.Code.DISABLED, "the task was removed"
                self._end(current, _S.SKIPPED, reasons.make(code, self._clock.now(), said))
            else:
                self._decide(current, task, facts)

    def situation(self, task: tasks.Task, facts: machine.MachineState) -> admission.Situation:
        """All that the decision over a run of this task depends on."""
        return admission.Situation(
            now=self._clock.now(),
            machine=facts,
            active=tuple(map(self._as_begun, self._ledger.of_task(task.id))),
            load=admission.Load(running=self._runner.busy_count, limit=self.max_running),
            places=self._runner.transfers.waiting.view_places(task),
            paused_until=self._pause.state.until,
            is_paused=self._pause.state.paused,
        )

    async def look(self, task: tasks.Task) -> machine.MachineState:
        """The facts of the machine, as far as this task asks for any."""
        if not task.conditions:
            return machine.MachineState()
        folders = verdicts.folders(task.conditions)
        if not folders:
            return self._machine.read()
        try:
            # Beside the loop: a folder on a network that is gone may not answer for minutes.
            reading = asyncio.to_thread(self._machine.read, folders)
            return await asyncio.wait_for(reading, LOOK_S)
        except TimeoutError:
            return self._machine.read()

    def machine_now(self) -> dict[str, object]:
        """Every fact of the machine, for people."""
        return msgspec.structs.asdict(self._machine.read())

    def _as_begun(self, run: runs.Run) -> runs.Run:
        # A run whose process is being started holds its place already.
        is_starting = run.is_waiting and self._runner.is_busy(run.id)
        return msgspec.structs.replace(run, state=_S.RUNNING) if is_starting else run

    def _decide(self, run: runs.Run, task: tasks.Task, facts: machine.MachineState) -> None:
        situation = self.situation(task, facts)
        self.on_considered(run, task, situation)
        match admission.admit(task, situation, run):
            case admission.Start():
                self._runner.start(run, task)
            case admission.Wait(blockers=blockers, check_at=check_at):
                self._wait(run, blockers[0].sentence, check_at)
                self._wait_for_room(run, task, {blocker.code for blocker in blockers})
            case admission.Replace(run_ids=run_ids):
                for run_id in run_ids:
                    reason = reasons.make(reasons.Code.REPLACED, self._clock.now())
                    self._runner.cancel(run_id, reason)
                self._wait(run, "waits until the run it replaces has ended", None)
            case admission.End(state=state, reason=reason):
                self._end(run, state, reason)

    def _wait(self, run: runs.Run, sentence: str, check_at: datetime | None) -> None:
        if run.state is _S.PENDING:
            self._ledger.move(run.id, _S.WAITING, waits_for=sentence)
        elif run.state is _S.WAITING and run.waits_for != sentence:
            self._ledger.amend(run.id, waits_for=sentence)
        if check_at is not None:
            self.look_again_at(check_at)

    def _wait_for_room(self, run: runs.Run, task: tasks.Task, codes: set[str]) -> None:
        if codes == {"slots"}:
            self._turns.wait_for_room(run.id)
        elif codes <= admission.PLACES:
            self._runner.transfers.waiting.wait_for_place(run, task)

    def call(self, run: runs.Run) -> None:
        """Decide over this run, soon."""
        self._runner.spawn(self._consider_alone(run))

    def _end(self, run: runs.Run, state: runs.RunState, reason: reasons.Reason) -> None:
        stored = self._ledger.move(
            run.id, state, reason=reason, completed_at=self._clock.now(), waits_for=None
        )
        self._runner.left(stored)

    def look_again_at(self, at: datetime) -> None:
        """Something may change at this time."""
        # Not longer, since the time may be set, or pass while the machine sleeps.
        wait = min(max((at - self._clock.now()).total_seconds(), 0.0), timetables.LONGEST_WAIT_S)
        if self._timer is not None:
            self._timer.cancel()
            wait = min(wait, max(self._timer_at - self._clock.monotonic(), 0.0))
        self._timer_at = self._clock.monotonic() + wait
        self._timer = self._clock.call_later(wait, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self.on_time()

    async def _consider_alone(self, run: runs.Run) -> None:
        try:
            await self.consider([run])
        except Exception:
            # One run that cannot be decided over must not keep the others waiting.
            _log.exception("a run was not decided over", extra={"run_id": run.id})

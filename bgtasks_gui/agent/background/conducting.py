"""Continuous tasks: begun, changed, told and ended (concepts R98 to R112)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Literal

import msgspec

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import granting, roll
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import errors, events, ports, reasons, runs, tasks
from bgtasks_gui.core.background import access, codes, continuous, modes

_log = logging.getLogger(__name__)
_S = runs.RunState
_What = Literal["started", "updated", "progressed", "stopped", "canceled"]


class Conducting:
    """Continuous tasks of programs, and those that runs have by themselves.

    What a program asks for is stored, or refused; what the system or a person ends is over even
    where that cannot be stored.
    """

    def __init__(
        self,
        book: ledger.Ledger,
        hub: bus.Bus,
        hands: runner.Runner,
        grants: granting.Granting,
        clock: ports.Clock,
    ) -> None:
        self._ledger = book
        self._bus = hub
        self._runner = hands
        self._grants = grants
        self._clock = clock
        self._roll = roll.Roll(book)
        #: One change at a time.
        self._turn = asyncio.Lock()
        #: Runs whose own continuous task is about to begin, or was cancelled before they ended.
        self._beginning: set[str] = set()
        self._canceled: set[str] = set()
        self._subscription: bus.Subscription | None = None

    async def restore(self, store: ports.Store) -> None:
        """Take up what went on under the last agent, once its runs are adopted.

        From now on it hears of runs that begin and end, and of access that changes.
        """
        await self._roll.restore(store, self._clock.now(), self._goes_on)
        self._grants.on_changed.append(self._access_changed)
        self._grants.on_removed.append(self.owner_removed)
        self._subscription = self._bus.subscribe(self._hear, (events.RunEvent,))
        for run in self._ledger.live():
            self._look_at(run)

    def close(self) -> None:
        """Hear of no run any more; what goes on is taken up by the next agent."""
        if self._subscription is not None:
            self._subscription.close()

    # Reading

    def going(self) -> tuple[continuous.ContinuousTask, ...]:
        """What goes on, the oldest first."""
        return self._roll.all()

    def find(self, id: int) -> continuous.ContinuousTask | None:
        return self._roll.find(id)

    # What programs ask for

    async def start(self, wish: continuous.Wish) -> continuous.ContinuousTask:
        """Begin something. Raises what `continuous.start` does, and `codes.ContinuousNotStored`."""
        async with self._turn:
            wish, allowed = self._allowed(wish)
            new, now = self._roll.next_id, self._clock.now()
            task = continuous.start(wish, allowed, self.going(), id=new, now=now)
            task = await self._roll.put(task)
        self._tell(task, "started")
        return task

    async def update(self, wish: continuous.Wish) -> continuous.ContinuousTask:
        """Change what this part of the owner does. Raises as `start`."""
        async with self._turn:
            wish, allowed = self._allowed(wish)
            task = continuous.update(wish, allowed, self.going())
            if self.find(task.id) is task:
                return task
            task = await self._roll.put(task)
        self._tell(task, "updated")
        return task

    async def stop(self, owner: str, ability: str) -> continuous.ContinuousTask:
        """End what this part of the owner started; it is not called back for it (R105)."""
        async with self._turn:
            task = continuous.find(owner, ability, self.going())
            await self._roll.drop([task])
        self._tell(task, "stopped")
        return task

    def progress(
        self, id: int, notification_id: int, said: continuous.Transferred
    ) -> continuous.ContinuousTask:
        """Take in how far a data transfer is; not stored. Raises as `continuous.progress`."""
        known = self.find(id)
        if known is None:
            raise codes.ContinuousRefused(cause=codes.Causes.NOT_STARTED.value)
        task = continuous.progress(known, notification_id, said, now=self._clock.now())
        self._roll.advance(task)
        self._tell(task, "progressed")
        return task

    # What others end

    async def cancel(self, id: int, reason: reasons.Reason) -> continuous.ContinuousTask:
        """End one against its program's will, together with its run.

        Raises `errors.NotFound` where it is over.
        """
        known = self.find(id)
        if known is None:
            raise errors.NotFound(f"No continuous task has the number {id}; it may be over.")
        await self._cancel([known], reason)
        return known

    async def misused(self, owner: str, detail: str) -> None:
        """An owner does other work than it declared: all of it ends (concepts R106)."""
        await self._cancel(self._of(owner), self._reason(reasons.Code.MODE_MISUSE, detail))

    async def owner_removed(self, owner: str) -> None:
        """An owner is gone, and its continuous tasks with it (concepts R112)."""
        await self._cancel(self._of(owner), self._reason(reasons.Code.UNINSTALL))

    async def _access_changed(self, owner: str) -> None:
        allowed, lost = self._grants.find(owner), self._of(owner)
        if allowed is not None and allowed.keep_running:
            # The modes of a run are those its task declares.
            lost = [
                one
                for one in lost
                if one.run_id is None and not access.still_covers(allowed, one.modes)
            ]
        await self._cancel(lost, self._reason(reasons.Code.SYSTEM_POLICY, "access taken back"))

    async def _cancel(
        self, known: Iterable[continuous.ContinuousTask], reason: reasons.Reason
    ) -> None:
        async with self._turn:
            ended = [one for one in self.going() if one.id in {other.id for other in known}]
            its_runs = dict.fromkeys(one.run_id for one in ended if one.run_id is not None)
            self._canceled.update(its_runs)
            await self._roll.drop(ended, anyway=True)
        for one in ended:
            self._tell(one, "canceled", continuous.reported(one, reason))
        for run_id in its_runs:
            try:
                await self._runner.cancel(run_id, reason)
            except errors.SupervisorLost:
                # The others end all the same; of this one the next supervisor tells.
                _log.warning("a run cannot be asked to end", extra={"run_id": run_id})

    # Runs

    async def run_begun(self, run: runs.Run, task: tasks.Task) -> None:
        """A run whose task declares modes is at work; asked twice changes nothing."""
        self._beginning.add(run.id)
        try:
            async with self._turn:
                if self._has_own(run.id) or not self._goes_on(run.id):
                    return
                new, now = self._roll.next_id, self._clock.now()
                own = continuous.of_run(run, task, id=new, now=now)
                await self._roll.put(own, anyway=True)
            self._tell(own, "started")
        finally:
            self._beginning.discard(run.id)

    async def run_ended(self, run: runs.Run) -> None:
        """A run is over, for good or until it is tried again: so is all that belongs to it."""
        async with self._turn:
            self._canceled.discard(run.id)
            ended = self._roll.of_run(run.id)
            await self._roll.drop(ended, anyway=True)
        why = run.reason if run.state is _S.CANCELED else None
        for one in ended:
            if why is not None and continuous.is_told(why):
                self._tell(one, "canceled", continuous.reported(one, why))
            else:
                self._tell(one, "stopped")

    def _hear(self, event: events.AnyEvent) -> None:
        if isinstance(event, events.RunEvent):
            self._look_at(event.run)

    def _look_at(self, run: runs.Run) -> None:
        """Let what belongs to this run begin or end, as its state demands."""
        if run.has_ended or run.is_waiting:
            is_known = run.id in self._beginning or run.id in self._canceled
            if is_known or self._roll.of_run(run.id):
                self._runner.spawn(self.run_ended(run))
            return
        found = self._runner.find(run.id)
        if found is not None and found.task.modes and not self._has_own(run.id):
            self._runner.spawn(self.run_begun(run, found.task))

    def _has_own(self, run_id: str) -> bool:
        return any(one.is_automatic for one in self._roll.of_run(run_id))

    def _goes_on(self, run_id: str | None) -> bool:
        """Whether this run is at work, and shall be; what belongs to no run always is."""
        if run_id is None:
            return True
        run = self._ledger.find(run_id)
        is_at_work = run is not None and run.state in (_S.RUNNING, _S.SUSPENDED)
        return is_at_work and run_id not in self._canceled

    # Inside

    def _of(self, owner: str) -> list[continuous.ContinuousTask]:
        return [one for one in self.going() if one.owner == owner]

    def _reason(self, code: reasons.Code, detail: str | None = None) -> reasons.Reason:
        return reasons.make(code, self._clock.now(), detail)

    def _allowed(self, wish: continuous.Wish) -> tuple[continuous.Wish, access.Access | None]:
        """The wish with its owner, and what that may: a run may what its task declares."""
        if wish.run_id is None:
            return wish, self._grants.find(wish.owner)
        found = self._runner.find(wish.run_id)
        if found is None:
            raise codes.BadParameter("This run is not going on.", field="run")
        owner = found.task.owner
        if wish.owner not in ("", owner):
            raise codes.PermissionDenied("This run belongs to another program.", field="run")
        declared = tuple(modes.Mode(name) for name in found.task.modes)
        known = self._grants.find(owner)
        is_system = known is not None and known.is_system
        allowed = access.Access(owner=owner, modes=declared, is_system=is_system)
        return msgspec.structs.replace(wish, owner=owner), allowed

    def _tell(
        self, task: continuous.ContinuousTask, what: _What, reason: reasons.Reason | None = None
    ) -> None:
        now = self._clock.now()
        self._bus.publish(events.ContinuousChanged(at=now, task=task, what=what, reason=reason))

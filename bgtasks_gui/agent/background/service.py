"""Everything that programs do in the background, put together: each part hears of the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Literal

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import checking, conducting, delaying, granting, holds
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import errors, events, ports, reasons, runs
from bgtasks_gui.core.background import budgets, continuous, delays
from bgtasks_gui.machine import modes as checks
from bgtasks_gui.supervisor.children import tree
from bgtasks_gui.wire import shapes

_S = runs.RunState


class Background:
    """The parts, and what they tell one another.

    `await restore(store)` once the runs are adopted, `start()` when time may go on, and
    `await close()` at the end.
    """

    def __init__(
        self,
        book: ledger.Ledger,
        hub: bus.Bus,
        hands: runner.Runner,
        computer: ports.Machine,
        clock: ports.Clock,
    ) -> None:
        self._bus = hub
        self._runner = hands
        self._machine = computer
        self._clock = clock
        self.grants = granting.Granting(book)
        self.conducting = conducting.Conducting(book, hub, hands, self.grants, clock)
        self.delaying = delaying.Delaying(book, clock, self._has_low_battery)
        self.checking = checking.Checking(clock, checks.look, self._unused, self._misused)
        self.holds = holds.Holds(clock)

    async def restore(self, store: ports.Store) -> None:
        """Take up what the last agent left."""
        self._wire()
        await self.grants.restore(store)
        await self.delaying.restore(store)
        self._bus.subscribe(self._hear)
        await self.conducting.restore(store)
        for task in self.conducting.going():
            self._open(task)

    def start(self) -> None:
        """Let time go on."""
        self.delaying.start()

    async def close(self) -> None:
        """Let go of the computer; what goes on is taken up by the next agent."""
        await self.delaying.close()
        await self.checking.close()
        await self.holds.close()

    def look_at_machine(self) -> None:
        """Facts of the machine may have changed: with the screen off nobody is in front."""
        self.delaying.set_screen(self._machine.read().screen_on is not False)

    def checks(self, task: continuous.ContinuousTask) -> tuple[shapes.ModeCheckView, ...]:
        """What was found of the use of its modes."""
        return tuple(
            shapes.ModeCheckView(mode=mode.value, used=found.used, sentence=found.sentence)
            for mode, found in self.checking.findings(task.id).items()
        )

    # Between the parts

    def _wire(self) -> None:
        delayer = self.delaying
        delayer.on_granted = lambda delay: self._tell(delay, "granted")
        delayer.on_expiring = lambda delay: self._tell(delay, "expiring")
        delayer.on_ended = lambda delay: self._tell(delay, "ended")
        delayer.on_canceled = lambda delay: self._tell(delay, "canceled")
        delayer.end_run = self._end_run
        self.holds.on_changed = self._say_changed

    def _tell(
        self, delay: budgets.Delay, what: Literal["granted", "expiring", "ended", "canceled"]
    ) -> None:
        self._bus.publish(events.DelayChanged(at=self._clock.now(), delay=delay, what=what))

    def _say_changed(self) -> None:
        self._bus.publish(events.SystemChanged(at=self._clock.now()))

    def _end_run(self, run_id: str, detail: str) -> None:
        reason = reasons.make(reasons.Code.TIME_LIMIT, self._clock.now(), detail)
        self._runner.cancel(run_id, reason)

    def _has_low_battery(self) -> bool:
        return delays.is_low(self._machine.read())

    def _hear(self, event: events.AnyEvent) -> None:
        match event:
            case events.ContinuousChanged():
                self._follow(event.task, event.what)
            case events.RunProgressed():
                for task in self._of_run(event.run_id):
                    self.checking.progressed(task.id, event.progress.rate)
            case events.RunEvent():
                if event.run.has_ended:
                    self.delaying.run_ended(event.run.id)
                for task in self._of_run(event.run.id):
                    self._stand(task, event.run)

    def _follow(self, task: continuous.ContinuousTask, what: str) -> None:
        match what:
            case "started":
                self._open(task)
            case "updated":
                self.checking.changed(task.id, task.modes)
                self._hold(task)
            case "progressed":
                self.checking.progressed(task.id)
            case _:
                self.checking.closed(task.id)
                self.holds.release(_name(task))

    def _open(self, task: continuous.ContinuousTask) -> None:
        self.checking.opened(task.id, task.modes, lambda: self._processes(task.run_id))
        self._hold(task)
        run = None if task.run_id is None else self._runner.ledger.find(task.run_id)
        if run is not None:
            self._stand(task, run)

    def _stand(self, task: continuous.ContinuousTask, run: runs.Run) -> None:
        """What stands still cannot do what it declares, and keeps nobody awake."""
        is_suspended = run.state is _S.SUSPENDED
        self.checking.held(task.id, is_suspended)
        if is_suspended:
            self.holds.release(_name(task))
        else:
            self._hold(task)

    def _hold(self, task: continuous.ContinuousTask) -> None:
        if task.keeps_awake:
            self.holds.take(_name(task), "sleep:shutdown", f"{task.title}: {task.text}")
        else:
            self.holds.release(_name(task))

    def _of_run(self, run_id: str) -> list[continuous.ContinuousTask]:
        return [one for one in self.conducting.going() if one.run_id == run_id]

    async def _processes(self, run_id: str | None) -> frozenset[int]:
        """The processes of a run; none where there is no run, or none of it is known."""
        run = None if run_id is None else self._runner.ledger.find(run_id)
        if run is None or run.process is None:
            return frozenset()
        root = tree.Root(run.id, run.process.pid, run.process.start_ticks)
        found = await asyncio.to_thread(tree.members, root)
        return frozenset(process.pid for process in found)

    # What checks find

    def _unused(self, id: int, code: reasons.Code, detail: str) -> None:
        reason = reasons.make(code, self._clock.now(), detail)
        self._runner.spawn(_if_it_goes_on(self.conducting.cancel(id, reason)))

    def _misused(self, id: int, detail: str) -> None:
        task = self.conducting.find(id)
        if task is None:
            return
        if task.owner:
            self._runner.spawn(self.conducting.misused(task.owner, detail))
        else:
            # The person's own tasks are no one program; the others do nothing wrong.
            self._unused(id, reasons.Code.MODE_MISUSE, detail)


async def _if_it_goes_on(canceling: Coroutine[None, None, continuous.ContinuousTask]) -> None:
    with contextlib.suppress(errors.NotFound):
        await canceling


def _name(task: continuous.ContinuousTask) -> str:
    return f"continuous:{task.id}"

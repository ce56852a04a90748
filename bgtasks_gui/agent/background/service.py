"""Everything that programs do in the background, put together."""

from __future__ import annotations

from typing import Literal

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import (
    conducting,
    delaying,
    granting,
    holds,
    overseeing,
    resourcing,
)
from bgtasks_gui.agent.running import adoption, runner
from bgtasks_gui.core import events, ports, reasons
from bgtasks_gui.core.background import budgets, continuous, delays
from bgtasks_gui.wire import shapes

_HEARD = (events.RunFinished, events.SystemChanged)
_What = Literal["granted", "expiring", "ended", "canceled"]


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
        self.holds = holds.Holds(clock)
        self.resourcing = resourcing.Resourcing(
            book, clock, self.grants, self.holds, adoption.own_boot_id()
        )
        self.overseeing = overseeing.Overseeing(
            hub, hands, self.conducting, self.delaying, self.holds
        )
        self._subscription: bus.Subscription | None = None

    async def restore(self, store: ports.Store) -> None:
        """Take up what the last agent left."""
        self._wire()
        await self.grants.restore(store)
        await self.delaying.restore(store)
        await self.conducting.restore(store)
        self.overseeing.restore()
        await self.resourcing.restore(store)
        self._subscription = self._bus.subscribe(self._hear, _HEARD)

    def start(self) -> None:
        """Let time go on."""
        self.delaying.start()
        self.resourcing.start()

    async def close(self) -> None:
        """Hear nothing more, and let go of the computer; the next agent takes up what goes on."""
        if self._subscription is not None:
            self._subscription.close()
        self.conducting.close()
        await self.overseeing.close()
        await self.delaying.close()
        await self.resourcing.close()
        await self.holds.close()

    def checks(self, task: continuous.ContinuousTask) -> tuple[shapes.ModeCheckView, ...]:
        """What was found of the use of its modes."""
        return self.overseeing.checks_of(task.id)

    # Between the parts

    def _wire(self) -> None:
        delayer = self.delaying
        delayer.on_granted = lambda delay: self._tell(delay, "granted")
        delayer.on_expiring = lambda delay: self._tell(delay, "expiring")
        delayer.on_ended = lambda delay: self._tell(delay, "ended")
        delayer.on_canceled = lambda delay: self._tell(delay, "canceled")
        delayer.end_run = self._end_run
        delayer.owner_of = self._owner_of
        self.holds.on_changed = self._say_changed
        self.resourcing.on_changed = self._say_changed
        self.grants.on_changed.append(self.resourcing.access_changed)
        self.grants.on_removed.append(self._owner_removed)

    async def _owner_removed(self, owner: str) -> None:
        self.delaying.owner_removed(owner)
        await self.resourcing.access_changed(owner)

    def _tell(self, delay: budgets.Delay, what: _What) -> None:
        self._bus.publish(events.DelayChanged(at=self._clock.now(), delay=delay, what=what))

    def _say_changed(self) -> None:
        self._bus.publish(events.SystemChanged(at=self._clock.now()))

    def _end_run(self, run_id: str, detail: str) -> None:
        reason = reasons.make(reasons.Code.TIME_LIMIT, self._clock.now(), detail)
        self._runner.cancel(run_id, reason)

    def _owner_of(self, run_id: str) -> str | None:
        found = self._runner.find(run_id)
        return None if found is None else found.task.owner

    def _has_low_battery(self) -> bool:
        return delays.is_low(self._machine.read())

    def _hear(self, event: events.AnyEvent) -> None:
        if isinstance(event, events.RunFinished):
            self.delaying.run_ended(event.run.id)
        else:
            # With the screen off nobody is in front of anybody (concepts R94).
            self.delaying.set_screen(self._machine.read().screen_on is not False)

"""The pause of everything: nothing starts, what runs is suspended, until it is lifted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import ports, reasons, runs

FACT = "pause"
#: The longest wait for its end, since the time may be set, or pass while the machine sleeps.
LONGEST_WAIT_S = 30.0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The pause as it is stored."""

    paused: bool = False
    until: datetime | None = None


class Pause:
    """One switch for everything, kept over restarts. `on_lifted()` lets runs go on and start."""

    def __init__(self, book: ledger.Ledger, hands: runner.Runner, clock: ports.Clock) -> None:
        self._ledger = book
        self._runner = hands
        self._clock = clock
        self._timer: ports.Timer | None = None
        self.state = Kept()
        self.on_lifted: Callable[[], Awaitable[None]] = _nothing

    async def restore(self, store: ports.Store) -> None:
        """Take up the pause the last agent was in."""
        text = await store.fact(FACT)
        if text is not None:
            self.state = msgspec.json.decode(text, type=Kept)
            self._arm()

    async def begin(self, until: datetime | None) -> None:
        """Pause everything, until a time or until `lift`."""
        self.state = Kept(paused=True, until=until)
        self._arm()
        await self._ledger.keep_fact(FACT, msgspec.json.encode(self.state).decode())
        running = [
            run.id
            for run in self._ledger.live()
            if run.state is runs.RunState.RUNNING or self._runner.is_busy(run.id)
        ]
        acting = [self._runner.suspend(run_id, self._reason()) for run_id in running]
        await asyncio.gather(*acting, return_exceptions=True)

    async def lift(self) -> None:
        """Let everything go on; runs that somebody suspended by hand stay suspended."""
        self.state = Kept()
        self._arm()
        await self._ledger.keep_fact(FACT, msgspec.json.encode(self.state).decode())
        await self.on_lifted()

    async def end_if_over(self) -> None:
        """Lift a pause whose time is over, however that came: the machine may have slept."""
        until = self.state.until
        if until is not None and until <= self._clock.now():
            await self.lift()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _reason(self) -> reasons.Reason:
        until = self.state.until
        said = None if until is None else f"until {until.astimezone():%H:%M}"
        return reasons.make(reasons.Code.PAUSED, self._clock.now(), said)

    def _arm(self) -> None:
        self.close()
        if self.state.until is not None:
            left_s = (self.state.until - self._clock.now()).total_seconds()
            wait_s = min(max(left_s, 0.0), LONGEST_WAIT_S)
            self._timer = self._clock.call_later(wait_s, self._look)

    def _look(self) -> None:
        self._timer = None
        self._arm()
        self._runner.spawn(self.end_if_over())


async def _nothing() -> None:
    """Stands for a listener where there is none."""

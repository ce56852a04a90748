"""The engine as its owner sees it: calls go to a thread of its own, and none of them waits.

The thread, its event loop and the libraries that speak HTTP are there from the first transfer on,
and the thread ends once nothing has moved for a while.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfer_ports import TransferListener
from bgtasks_gui.transfers.limits.clocks import LoopClock
from bgtasks_gui.transfers.reports import Delivery
from bgtasks_gui.transfers.threads import EngineThread, MakeClock, Order

#: Seconds without a transfer after which the thread ends.
LINGER_S: Final = 30.0


class Engine:
    """`transfer_ports.TransferEngine`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: TransferListener,
        *,
        make_clock: MakeClock = LoopClock,
        linger_s: float = LINGER_S,
    ) -> None:
        self._loop = loop
        self._delivery = Delivery(loop, listener, self._on_ended)
        self._make_clock = make_clock
        self._linger_s = linger_s
        self._thread: EngineThread | None = None
        #: The last one that was let go; it may still be on its way out.
        self._retired: EngineThread | None = None
        self._rate: int | None = None
        #: Starts whose end was not told yet.
        self._going = 0
        self._all_ended = asyncio.Event()
        self._retiring: asyncio.TimerHandle | None = None

    def start(self, run_id: str, spec: transfers.Spec, record: transfers.Record) -> None:
        self._going += 1
        self._stay()
        if self._thread is None:
            self._thread = EngineThread(self._delivery, self._make_clock)
            self.limit(self._rate)
        self._thread.give(lambda attempts: attempts.start(run_id, spec, record))

    def stop(self, run_id: str) -> None:
        self._order(lambda attempts: attempts.stop(run_id))

    def limit(self, rate: int | None, run_id: str | None = None) -> None:
        if run_id is None:
            self._rate = rate
        self._order(lambda attempts: attempts.limit(rate, run_id))

    def refresh(self) -> None:
        self._order(lambda attempts: attempts.refresh())

    async def close(self) -> None:
        while self._going:
            self._order(lambda attempts: attempts.stop_all())
            self._all_ended.clear()
            await self._all_ended.wait()
        self._stay()
        self._retire()
        if self._retired is not None:
            self._retired.join()

    def _order(self, order: Order) -> None:
        if self._thread is not None:
            self._thread.give(order)

    # How long the thread stays

    def _on_ended(self) -> None:
        self._going -= 1
        if self._going == 0:
            self._all_ended.set()
            self._retiring = self._loop.call_later(self._linger_s, self._retire)

    def _stay(self) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
            self._retiring = None

    def _retire(self) -> None:
        """Let the thread go; the next start makes another."""
        self._retiring = None
        if self._thread is not None:
            self._retired, self._thread = self._thread, None
            self._retired.end()

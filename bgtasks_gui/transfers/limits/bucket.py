"""Bytes a second at most: of one transfer, and of all together.

Whoever has moved a piece pays for it, and waits until the rate has made up for all that was paid
before. All wait in the order in which they paid, so that hundreds share one rate evenly.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from bgtasks_gui.core import ports

#: How much may move at once after a time in which nothing did, in seconds of the rate.
BURST_S: Final = 0.1
#: Those whose wait ends within this many seconds go on together.
TOGETHER_S: Final = 0.001
#: Bytes a throttled transfer had better move at once: a tenth of a second's worth within these.
LEAST_GRAIN: Final = 16 * 1024
MOST_GRAIN: Final = 1024 * 1024


class Bucket:
    """One rate, which may change while others wait for it."""

    def __init__(self, clock: ports.Clock, rate: int | None = None) -> None:
        self._clock = clock
        self._rate = rate
        #: Bytes that were paid for, and bytes that the rate has made up for, since it began.
        self._paid = 0.0
        self._earned = 0.0 if rate is None else rate * BURST_S
        self._seen = clock.monotonic()
        #: What must be earned before each may go on, in order.
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: ports.Timer | None = None

    @property
    def rate(self) -> int | None:
        return self._rate

    def change(self, rate: int | None) -> None:
        """Another rate from now on; what was paid stays paid."""
        self._earn()
        if self._rate is None and rate is not None:
            self._paid, self._earned = 0.0, rate * BURST_S
        self._rate = rate
        self._let_go()

    def pay(self, size: int) -> asyncio.Future[None] | None:
        """Count so many bytes. What it gives is done when more may follow; None is at once."""
        if self._rate is None:
            return None
        self._earn()
        self._paid += size
        if self._paid <= self._earned:
            return None
        wait: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._paid, wait))
        if self._timer is None:
            self._arm()
        return wait

    def _earn(self) -> None:
        now = self._clock.monotonic()
        if self._rate is not None:
            most = self._paid + self._rate * BURST_S
            self._earned = min(most, self._earned + (now - self._seen) * self._rate)
        self._seen = now

    def _on_time(self) -> None:
        self._timer = None
        self._earn()
        self._let_go()

    def _let_go(self) -> None:
        """Let those go on whose piece is made up for, and wait for the next."""
        enough = None if self._rate is None else self._earned + self._rate * TOGETHER_S
        while self._waiting and (enough is None or self._waiting[0][0] <= enough):
            _, wait = self._waiting.popleft()
            if not wait.done():
                wait.set_result(None)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        # Nobody needs to be woken who has given up.
        while self._waiting and self._waiting[0][1].done():
            self._waiting.popleft()
        if self._waiting and self._rate is not None:
            missing = self._waiting[0][0] - self._earned
            delay_s = max(missing / self._rate, TOGETHER_S)
            self._timer = self._clock.call_later(delay_s, self._on_time)


class Throttle:
    """What one transfer pays from: a rate of its own, and the one that all share."""

    def __init__(self, own: Bucket, shared: Bucket) -> None:
        self.own = own
        self._shared = shared
        #: How often it had to wait: then slowness is not the other side's.
        self.waits = 0
        self.is_waiting = False

    async def pay(self, size: int) -> None:
        """Count so many bytes with both; returns when more may follow."""
        # Both count at once; the longer wait is what it takes.
        waits = [each for each in (self.own.pay(size), self._shared.pay(size)) if each is not None]
        if not waits:
            return
        self.waits += 1
        self.is_waiting = True
        try:
            for wait in waits:
                await wait
        finally:
            self.is_waiting = False

    @property
    def grain(self) -> int:
        """Bytes that had better move at once."""
        rates = [bucket.rate for bucket in (self.own, self._shared) if bucket.rate is not None]
        if not rates:
            return MOST_GRAIN
        return max(LEAST_GRAIN, min(MOST_GRAIN, int(min(rates) * BURST_S)))

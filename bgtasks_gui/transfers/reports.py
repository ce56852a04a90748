"""What an engine's thread tells its owner: gathered there, handed over on the owner's loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from bgtasks_gui.core import ports, transfers
from bgtasks_gui.core.transfer_ports import TransferListener

#: Seconds between two calls that tell how far transfers are.
MOVED_EVERY_S: Final = 0.25
#: Seconds for which everything else is gathered, so that a burst of it is one call.
GATHERED_S: Final = 0.01
#: The owner's loop is held up no longer than this at a time.
SLICE_S: Final = 0.002

_Call = Callable[[TransferListener], None]


class Delivery:
    """The owner's end: hands over in order, a little at a time."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: TransferListener,
        on_ended: Callable[[], object],
    ) -> None:
        self._loop = loop
        self._listener = listener
        #: Called on the owner's loop, before the listener, for each that has ended.
        self.on_ended = on_ended
        self._calls: deque[_Call] = deque()

    def post(self, calls: list[_Call]) -> None:
        """From any thread. An owner whose loop has ended is told nothing."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, calls)

    def _take(self, calls: list[_Call]) -> None:
        is_idle = not self._calls
        self._calls.extend(calls)
        if is_idle:
            self._hand_over()

    def _hand_over(self) -> None:
        until = time.perf_counter() + SLICE_S
        try:
            while self._calls and time.perf_counter() < until:
                self._calls.popleft()(self._listener)
        finally:
            # Whatever the listener makes of one, the others are told.
            if self._calls:
                self._loop.call_soon(self._hand_over)


class Reports:
    """The thread's end: one transfer's words stay in order, and nothing follows its end."""

    def __init__(self, clock: ports.Clock, delivery: Delivery) -> None:
        self._clock = clock
        self._delivery = delivery
        self._calls: list[_Call] = []
        #: Bytes there are, bytes in all, and what else happens; one for each piece that comes.
        self._figures: dict[str, tuple[int, int | None, str | None]] = {}
        #: Bytes that were told last, by run.
        self._told: dict[str, int] = {}
        self._timer: ports.Timer | None = None
        self._moving: ports.Timer | None = None

    def began(self, run_id: str, done: int) -> None:
        """An attempt, of which its owner knows that so many bytes are there."""
        self._told[run_id] = done

    def moved(
        self, run_id: str, done: int, total: int | None = None, message: str | None = None
    ) -> None:
        """How far it is; only the newest figure is told."""
        self._figures[run_id] = done, total, message
        if self._moving is None:
            self._moving = self._clock.call_later(MOVED_EVERY_S, self._tell_figures)

    def recorded(self, run_id: str, record: transfers.Record) -> None:
        self._add(lambda listener: listener.recorded(run_id, record))

    def said(self, run_id: str, line: str) -> None:
        text = " ".join(line.split())
        self._add(lambda listener: listener.said(run_id, text))

    def ended(self, run_id: str, record: transfers.Record, outcome: transfers.Outcome) -> None:
        self._figures.pop(run_id, None)
        self._told.pop(run_id, None)

        def tell(listener: TransferListener) -> None:
            self._delivery.on_ended()
            listener.ended(run_id, record, outcome)

        self._add(tell)

    def flush(self) -> None:
        """Hand over all but figures, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._calls:
            calls, self._calls = self._calls, []
            self._delivery.post(calls)

    def _add(self, call: _Call) -> None:
        self._calls.append(call)
        if self._timer is None:
            self._timer = self._clock.call_later(GATHERED_S, self.flush)

    def _tell_figures(self) -> None:
        self._moving = None
        if not self._figures:
            return
        told = {run_id: self._honest(run_id, *one) for run_id, one in self._figures.items()}
        self._told.update({run_id: figure.done for run_id, figure in told.items()})
        self._figures = {}
        self._calls.append(lambda listener: listener.moved(told))
        self.flush()

    def _honest(
        self, run_id: str, done: int, total: int | None, message: str | None
    ) -> transfers.Figure:
        """Less than was told before is not told without a word (wishes W21)."""
        if message is None and done < self._told.get(run_id, 0):
            message = "restarted"
        return transfers.Figure(done=done, total=total, message=message)

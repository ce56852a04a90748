"""One transfer that is under way: what it may use, what it tells, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import msgspec

from bgtasks_gui.core import ports, reasons, transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.limits.bucket import Bucket, Throttle
from bgtasks_gui.transfers.limits.clocks import Allowance
from bgtasks_gui.transfers.limits.speed import Floor
from bgtasks_gui.transfers.limits.starts import Start, Starts
from bgtasks_gui.transfers.reports import Reports
from bgtasks_gui.transfers.web.failures import Trouble

_log = logging.getLogger(__name__)

_Code = reasons.Code
_BUG: Final = transfers.Failed(
    code=_Code.CONNECTION,
    detail="Background Tasks itself made a mistake, which its own log tells about",
)


#: Ways of sending that do not begin again where a connection is cut off.
_RESUMABLE: Final = frozenset({"tus", "draft"})
#: What takes time in which no bytes move.
_OTHERWISE: Final = frozenset({"finishing", "checking"})

Move = Callable[[transfers.Spec, words.Outlet], Awaitable[transfers.Outcome]]


class Surroundings(NamedTuple):
    """What all transfers share."""

    clock: ports.Clock
    reports: Reports
    shared: Bucket
    starts: Starts
    move: Move


class Moving:
    """Moves one file until that ends or is ended; the `words.Outlet` of what moves it."""

    def __init__(
        self, run_id: str, spec: transfers.Spec, record: transfers.Record, around: Surroundings
    ) -> None:
        clock = around.clock
        self.clock = clock
        self.record = self._begun = record
        self.throttle = Throttle(Bucket(clock, spec.rate), around.shared)
        self.run_id = run_id
        self._spec = spec
        self._around = around
        self._allowance = Allowance(clock, spec.resource_timeout_s, record.used_s)
        self._floor: Floor | None = None
        if spec.floor is not None:
            window = spec.floor, spec.floor_window_s
            self._floor = Floor(clock, window, self._is_excused, self._on_slow)
        self._start: Start | None = None
        self._task: asyncio.Task[transfers.Outcome] | None = None
        #: Whether what moves was interrupted; how the whole then ends, None is that it begins anew.
        self._is_interrupted = False
        self._wish: transfers.Outcome | None = None
        #: Bytes there were at most.
        self._most = record.done
        self._message: str | None = "connecting"
        self._waits = 0
        self._is_timeout = False

    async def run(self) -> transfers.Outcome:
        """The whole attempt. Whatever happens, this returns how it ended."""
        outcome = None
        self._around.reports.began(self.run_id, self._begun.done)
        while outcome is None:
            try:
                # It may be interrupted before it has begun.
                outcome = self._wish if self._is_interrupted else await self._try()
            finally:
                self._is_interrupted = False
                self._stop_clocks()
        self.record = self._settled(self.record, self._failures(outcome))
        return outcome

    def stop(self) -> None:
        self._interrupt(transfers.Stopped())

    def refresh(self) -> None:
        """Connect anew, at once; but what the server may have is not sent again for that (R32)."""
        is_safe = self._spec.is_repeatable or self.record.protocol in _RESUMABLE
        if is_safe and not self._is_interrupted:
            self._interrupt(None)

    def _interrupt(self, wish: transfers.Outcome | None) -> None:
        if self._wish is None or isinstance(wish, transfers.Stopped):
            self._wish = wish
        # Only once: it may be busy making safe what it has.
        if not self._is_interrupted:
            self._is_interrupted = True
            if self._task is not None:
                self._task.cancel()

    async def _try(self) -> transfers.Outcome | None:
        """Move until that ends; None where it was interrupted and shall begin anew."""
        self._task = asyncio.get_running_loop().create_task(self._move())
        try:
            outcome = await self._task
        except asyncio.CancelledError as error:
            # Task groups hold on to what cancelled them, and with it to all of the attempt.
            traceback.clear_frames(error.__traceback__)
            if not self._is_interrupted:
                raise
            return self._wish
        except Trouble as trouble:
            self._is_timeout = trouble.is_timeout
            outcome = transfers.Failed(
                code=trouble.code,
                detail=trouble.detail,
                is_passing=trouble.is_passing,
                wait_s=trouble.wait_s,
            )
        except Exception:
            _log.exception("a transfer ended by a mistake", extra={"run_id": self.run_id})
            return _BUG
        is_passing = isinstance(outcome, transfers.Failed) and outcome.is_passing
        return self._wish if self._is_interrupted and is_passing else outcome

    async def _move(self) -> transfers.Outcome:
        self._start = await self._around.starts.begin()
        self._allowance.start(self._on_late)
        if self._floor is not None:
            self._floor.start()
        return await self._around.move(self._spec, self)

    def _stop_clocks(self) -> None:
        self._allowance.stop()
        if self._floor is not None:
            self._floor.stop()
        if self._start is not None:
            self._start.end()

    def _failures(self, outcome: transfers.Outcome) -> int:
        """Attempts in a row that brought no new byte; one that waited in vain does not count."""
        if self._most > self._begun.done or isinstance(outcome, transfers.Done):
            return 0
        is_failure = isinstance(outcome, transfers.Failed) and outcome.is_passing
        return self._begun.failures + (is_failure and not self._is_timeout)

    def _settled(self, record: transfers.Record, failures: int) -> transfers.Record:
        used_s = self._allowance.used_s
        active_s = self._begun.receipt.active_s + used_s - self._begun.used_s
        receipt = msgspec.structs.replace(record.receipt, active_s=active_s)
        return msgspec.structs.replace(record, failures=failures, used_s=used_s, receipt=receipt)

    # What may end it

    def _on_late(self, whole: str) -> None:
        self._interrupt(transfers.Exceeded(code=_Code.TIME_LIMIT, detail=whole))

    def _on_slow(self, measured: str) -> None:
        self._interrupt(transfers.Exceeded(code=_Code.LOW_SPEED, detail=measured))

    def _is_excused(self) -> bool:
        """Whether slowness was no fault of the connection since this was asked last."""
        waits, self._waits = self._waits, self.throttle.waits
        is_held = self.throttle.is_waiting or self.throttle.waits > waits
        return is_held or self._message in _OTHERWISE

    # `words.Outlet`

    def keep(self, record: transfers.Record) -> None:
        self._most = max(self._most, record.done)
        has_new = self._most > self._begun.done
        self.record = self._settled(record, 0 if has_new else self._begun.failures)
        self._around.reports.recorded(self.run_id, self.record)

    def moved(self, done: int, total: int | None, message: str | None = None) -> None:
        self._message = message
        if self._start is not None and message != "connecting":
            self._start.end()
        self._around.reports.moved(self.run_id, done, total, message)

    def say(self, line: str) -> None:
        self._around.reports.said(self.run_id, line)

    async def pay(self, size: int) -> None:
        if self._floor is not None:
            self._floor.add(size)
        await self.throttle.pay(size)
        await self._around.starts.give_way()

    @property
    def grain(self) -> int:
        return self.throttle.grain

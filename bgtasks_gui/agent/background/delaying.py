"""Suspend delays as they run down: granted, warned of, ended, and kept over restarts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.running import work
from bgtasks_gui.core import durations, errors, ports
from bgtasks_gui.core.background import budgets, codes, delays

FACT: Final = "delays"
#: The longest wait for what is due, since the time may be set, or pass while the machine sleeps.
LONGEST_WAIT_S: Final = 30.0

_log = logging.getLogger(__name__)

Told = Callable[[budgets.Delay], object]


class Delaying:
    """The one book of all owners, which runs down by the clock.

    A delay is granted once it is stored. What time does to one takes effect also where that
    cannot be stored: the next agent finds out by the time that has passed.
    """

    def __init__(
        self, book: ledger.Ledger, clock: ports.Clock, is_low_battery: Callable[[], bool]
    ) -> None:
        self._ledger = book
        self._clock = clock
        self._is_low_battery = is_low_battery
        self._book = delays.Book()
        self._timer: ports.Timer | None = None
        self._work = work.Work()
        self._has_started = False
        self.on_granted: Told = _nothing
        #: It ends in 6 s or less.
        self.on_expiring: Told = _nothing
        #: It was not taken back in time.
        self.on_ended: Told = _nothing
        self.on_canceled: Told = _nothing
        #: The run that a delay was for goes on although the delay has ended: cancel it with
        #: `reasons.Code.TIME_LIMIT` and this detail.
        self.end_run: Callable[[str, str], object] = _nothing_of_run
        #: The program whose task a run is of; empty is the person, None a run that is over.
        self.owner_of: Callable[[str], str | None] = _everybody_s
        #: Something of the budgets changed, other than by time alone.
        self.on_changed: Callable[[], object] = _nothing_at_all

    async def restore(self, store: ports.Store) -> None:
        """Take up the book of the last agent. Nobody is told anything before `start`."""
        text = await store.fact(FACT)
        try:
            self._book = delays.Book() if text is None else delays.Book.decode(text)
        except msgspec.DecodeError:
            _log.exception("the suspend delays cannot be read", extra={"action": "restore"})

    def start(self) -> None:
        """Tell what ended while no agent lived, and let time go on."""
        self._has_started = True
        self._look()

    async def close(self) -> None:
        """Store how things stand: until here it is known who was in front."""
        self._has_started = False
        self._disarm()
        if self._book.overview(self._clock.now()):
            self._work.spawn(self._keep())
        await self._work.settle()

    # What programs ask for

    async def request(
        self, owner: str, reason: str, callback: str, run_id: str | None = None
    ) -> budgets.Delay:
        """Grant a delay. Raises as `delays.Book.request`, and `codes.DelayServiceFailed`.

        For a run there is a delay while it goes on, and not by another program than its own.
        """
        now = self._clock.now()
        if run_id is not None:
            self._require_run(owner, run_id)
        delay = self._book.request(
            owner, reason, callback, run_id=run_id, now=now, is_low_battery=self._is_low_battery()
        )
        self._arm()
        try:
            await self._store()
        except errors.StorageUnavailable as error:
            self._take_back(delay)
            why = f"The suspend delay was not granted: {error.message}"
            raise codes.DelayServiceFailed(why) from error
        except asyncio.CancelledError:
            # Nobody learns its number, so nobody could take it back.
            self._take_back(delay)
            self._work.spawn(self._keep())
            raise
        self.on_changed()
        self.on_granted(delay)
        return delay

    def find(self, request_id: int, owner: str) -> budgets.Delay:
        """An open delay as it stands now. Raises as `delays.Book.find`."""
        return self._book.find(request_id, owner, self._clock.now())

    async def cancel(self, request_id: int, owner: str) -> budgets.Delay:
        """Take a delay back. Raises as `delays.Book.find`."""
        delay = self._book.cancel(request_id, owner, self._clock.now())
        await self._keep()
        self._changed()
        self.on_canceled(delay)
        return delay

    async def set_front(self, owner: str, is_front: bool) -> None:
        """An owner came to the front of the person, where no time counts, or left it."""
        self._book.set_front(owner, is_front, self._clock.now())
        if any(budget.owner == owner and budget.open for budget in self.overview()):
            # Windows come and go all day; it is worth a write only while something runs down.
            await self._keep()
            self._changed()

    def overview(self) -> tuple[budgets.Budget, ...]:
        """Every owner that has used some of its time or has something open, by name."""
        return self._book.overview(self._clock.now())

    # What happens

    def set_screen(self, is_on: bool) -> None:
        """The screen went on or off; while it is off nobody is in front."""
        self._book.set_screen(is_on, self._clock.now())
        self._arm()

    def run_ended(self, run_id: str) -> None:
        """A run that ended needs no more grace."""
        self._dropped(self._book.drop_run(run_id, self._clock.now()))

    def owner_removed(self, owner: str) -> None:
        """An owner that is gone needs no more grace."""
        self._dropped(self._book.drop_owner(owner, self._clock.now()))

    def _dropped(self, dropped: tuple[budgets.Delay, ...]) -> None:
        if dropped:
            self._work.spawn(self._keep())
            self._changed()
        for delay in dropped:
            self.on_canceled(delay)

    def _look(self) -> None:
        self._timer = None
        due = self._book.due(self._clock.now())
        if due.expiring or due.ended:
            self._work.spawn(self._keep())
            self.on_changed()
        for delay in due.expiring:
            self.on_expiring(delay)
        for delay in due.ended:
            self.on_ended(delay)
            if delay.run_id is not None:
                self.end_run(delay.run_id, _detail(delay))
        self._arm()

    def _require_run(self, owner: str, run_id: str) -> None:
        whose = self.owner_of(run_id)
        if whose is None:
            raise codes.BadParameter("This run is not going on.", field="run")
        if whose not in ("", owner):
            raise codes.PermissionDenied("This run belongs to another program.", field="run")

    def _take_back(self, delay: budgets.Delay) -> None:
        # It may be over by now.
        with contextlib.suppress(codes.DelayCallerRefused):
            self._book.cancel(delay.id, delay.owner, self._clock.now())
        self._arm()

    def _changed(self) -> None:
        self._arm()
        self.on_changed()

    def _arm(self) -> None:
        self._disarm()
        now = self._clock.now()
        at = self._book.next_at(now)
        if self._has_started and at is not None:
            wait_s = min((at - now).total_seconds(), LONGEST_WAIT_S)
            self._timer = self._clock.call_later(wait_s, self._look)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Storing

    async def _store(self) -> None:
        await self._ledger.keep_fact(FACT, self._book.encode(self._clock.now()))

    async def _keep(self) -> None:
        """Store how things stand, if that can be."""
        try:
            await self._store()
        except errors.StorageUnavailable as error:
            _log.warning("%s", error.message, extra={"action": "keep_delays"})


def _detail(delay: budgets.Delay) -> str:
    return f"{durations.say_duration(delay.granted)} in the background ({delay.reason})"


def _nothing(delay: budgets.Delay) -> None:
    """Stands for a listener where there is none."""


def _everybody_s(run_id: str) -> str | None:
    """Stands for whoever knows runs where nobody does."""
    return ""


def _nothing_of_run(run_id: str, detail: str) -> None:
    """Stands for a listener where there is none."""


def _nothing_at_all() -> None:
    """Stands for a listener where there is none."""

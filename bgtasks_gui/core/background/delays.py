"""Suspend delays: short grace that programs ask for, to finish work in the background.

The rules are concepts R86-R97. Every method takes the time, so that nothing here waits: `due`
says what is to be told, and `next_at` when to ask again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import machine
from bgtasks_gui.core.background import budgets, codes, names

#: The longest delay, and the longest on a low battery.
LONGEST: Final = timedelta(seconds=180)
LONGEST_ON_LOW_BATTERY: Final = timedelta(seconds=60)
#: Percent at which a battery is low, where it is not charged.
LOW_BATTERY: Final = 20.0


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told now, by number."""

    #: They end within 6 s.
    expiring: tuple[budgets.Delay, ...] = ()
    ended: tuple[budgets.Delay, ...] = ()


class _Kept(msgspec.Struct, kw_only=True):
    """The book as it is stored."""

    next_id: int = 1
    accounts: dict[str, budgets.Account] = {}
    #: Ended, and not told yet.
    over: list[budgets.Delay] = []


class Book:
    """The delays and budgets of all owners."""

    def __init__(self) -> None:
        self._kept = _Kept()
        self._is_screen_on = True

    @classmethod
    def decode(cls, text: str) -> Book:
        """The book that `encode` made this of. Raises `msgspec.DecodeError`.

        All time since then counts: who was in front has to say so again.
        """
        book = cls()
        book._kept = msgspec.json.decode(text, type=_Kept)
        for account in book._kept.accounts.values():
            account.is_front = False
        return book

    def encode(self, now: datetime) -> str:
        """JSON to store."""
        self._settle_all(now)
        kept = {
            owner: account for owner, account in self._kept.accounts.items() if not account.is_idle
        }
        self._kept.accounts = kept
        return msgspec.json.encode(self._kept).decode()

    # Asking for time

    def request(
        self,
        owner: str,
        reason: str,
        callback: str,
        *,
        run_id: str | None = None,
        now: datetime,
        is_low_battery: bool = False,
    ) -> budgets.Delay:
        """Grant a delay. Raises `codes.BadParameter` and `codes.DelayRefused`."""
        names.check(owner, "owner", "Name the program that asks.")
        if not reason.strip():
            raise codes.BadParameter("Give a reason; this one is empty.", field="reason")
        names.check(callback, "callback", "Give a callback; this one is empty.")
        account = self._settled(owner, now)
        account.require_room(callback)
        cap = LONGEST_ON_LOW_BATTERY if is_low_battery else LONGEST
        granted = min(cap, budgets.QUOTA - account.used)
        delay = budgets.Delay(
            id=self._kept.next_id, owner=owner, reason=reason, callback=callback, run_id=run_id,
            requested_at=now, granted=granted, left=granted,
        )  # fmt: skip
        self._kept.next_id += 1
        account.open += (delay,)
        self._kept.accounts[owner] = account
        return delay

    def find(self, request_id: int, owner: str, now: datetime) -> budgets.Delay:
        """An open delay of this owner, with what is left of it now.

        Raises `codes.BadParameter` and `codes.DelayCallerRefused`.
        """
        if request_id <= 0:
            raise codes.BadParameter("The number of a request is above 0.", field="id")
        for delay in self._settled(owner, now).open:
            if delay.id == request_id:
                return delay
        raise codes.DelayCallerRefused(cause=codes.Causes.UNKNOWN_REQUEST.value)

    def cancel(self, request_id: int, owner: str, now: datetime) -> budgets.Delay:
        """Take a delay back; what it did not use stays. Raises as `find`."""
        found = self.find(request_id, owner, now)
        account = self._kept.accounts[owner]
        account.open = tuple(delay for delay in account.open if delay is not found)
        return found

    def drop_run(self, run_id: str, now: datetime) -> tuple[budgets.Delay, ...]:
        """Take back what was asked for on behalf of a run that has ended."""
        return self._drop(lambda delay: delay.run_id == run_id, now)

    def drop_owner(self, owner: str, now: datetime) -> tuple[budgets.Delay, ...]:
        """Take back what an owner asked for that is gone; what it has used stays used."""
        return self._drop(lambda delay: delay.owner == owner, now)

    # What counts

    def set_front(self, owner: str, is_front: bool, now: datetime) -> None:
        """An owner came to the front of the person, or left it."""
        account = self._settled(owner, now)
        account.set_front(is_front)
        self._kept.accounts[owner] = account

    def set_screen(self, is_on: bool, now: datetime) -> None:
        """While the screen is off nobody is in front."""
        self._settle_all(now)
        self._is_screen_on = is_on

    # What to tell

    def due(self, now: datetime) -> Due:
        """What is to be told now; the next call does not say it again."""
        self._settle_all(now)
        near = [delay for account in self._counting() for delay in account.warn()]
        ended, self._kept.over = self._kept.over, []
        return Due(expiring=_by_number(near), ended=_by_number(ended))

    def next_at(self, now: datetime) -> datetime | None:
        """When `due` has something if nothing changes until then; None where it never will."""
        self._settle_all(now)
        waits = [delay.wait for account in self._counting() for delay in account.open]
        if self._kept.over:
            return now
        return now + min(waits) if waits else None

    def overview(self, now: datetime) -> tuple[budgets.Budget, ...]:
        """Of every owner that has used some time or has something open, by name."""
        self._settle_all(now)
        return tuple(
            budgets.Budget(
                owner=owner, used=account.used, frees_at=account.frees_at(), open=account.open
            )
            for owner, account in sorted(self._kept.accounts.items())
            if account.open or account.spent
        )

    # Inside

    def _drop(
        self, is_meant: Callable[[budgets.Delay], bool], now: datetime
    ) -> tuple[budgets.Delay, ...]:
        self._settle_all(now)
        dropped = list[budgets.Delay]()
        for account in self._kept.accounts.values():
            dropped += filter(is_meant, account.open)
            account.open = tuple(itertools.filterfalse(is_meant, account.open))
        self._kept.over = list(itertools.filterfalse(is_meant, self._kept.over))
        return _by_number(dropped)

    def _settled(self, owner: str, now: datetime) -> budgets.Account:
        """The owner's account as it stands now; a new one is not in the book yet."""
        account = self._kept.accounts.get(owner) or budgets.Account(as_of=now)
        self._kept.over += account.settle(now, counts=self._counts(account))
        return account

    def _settle_all(self, now: datetime) -> None:
        for owner in self._kept.accounts:
            self._settled(owner, now)

    def _counting(self) -> list[budgets.Account]:
        return [account for account in self._kept.accounts.values() if self._counts(account)]

    def _counts(self, account: budgets.Account) -> bool:
        return not (account.is_front and self._is_screen_on)


def is_low(state: machine.MachineState) -> bool:
    """Whether the computer runs on a low battery; what is not known is never a yes."""
    on_battery = state.on_ac_power is False
    return on_battery and state.battery is not None and state.battery <= LOW_BATTERY


def _by_number(delays: list[budgets.Delay]) -> tuple[budgets.Delay, ...]:
    return tuple(sorted(delays, key=lambda delay: delay.id))

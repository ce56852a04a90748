"""What keeps the computer from sleep or shutdown just now, and for whom (wishes W32)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from bgtasks_gui.core import ports
from bgtasks_gui.core.notices import figures
from bgtasks_gui.machine import inhibitor
from bgtasks_gui.wire import background, times


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    what: inhibitor.What
    why: str
    at: datetime


class Holds:
    """One lock for each thing that is kept from happening, however many wish for it.

    The lock carries the sentence of a wish that still stands; it goes with the last of them.
    """

    def __init__(self, clock: ports.Clock, address: str | None = None) -> None:
        self._clock = clock
        self._address = address
        self._wishes: dict[str, _Wish] = {}
        self._locks: dict[inhibitor.What, inhibitor.Wakefulness] = {}
        #: Locks that go as soon as the one in their place is there, so that none is missing.
        self._leaving: list[inhibitor.Wakefulness] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        #: Locks that others hold, to be told of with these.
        self.others: Callable[[], Iterable[inhibitor.Wakefulness]] = tuple
        #: A wish or a lock came or went.
        self.on_changed: Callable[[], object] = _nothing

    @contextlib.contextmanager
    def keep(self, what: inhibitor.What, why: str) -> Iterator[None]:
        """Keep the computer from this while it is entered."""
        name = f"keep {next(self._numbers)}"
        self.take(name, what, why)
        try:
            yield
        finally:
            self.release(name)

    def take(self, name: str, what: inhibitor.What, why: str) -> None:
        """Keep the computer from this until the name is released; a name has one wish.

        `why` may be in a program's own words.
        """
        # One that D-Bus cannot carry would keep the others from being held, too.
        why = figures.clean(why)
        before = self._wishes.get(name)
        at = self._clock.now()
        if before is not None and (before.what, before.why) == (what, why):
            return
        self._wishes[name] = _Wish(what=what, why=why, at=at)
        self._settle(what)
        if before is not None and before.what != what:
            self._settle(before.what)
        self.on_changed()

    def release(self, name: str) -> None:
        """The wish of this name is over; one that there is not is no error."""
        wish = self._wishes.pop(name, None)
        if wish is not None:
            self._settle(wish.what)
            self.on_changed()

    def views(self) -> tuple[background.HoldView, ...]:
        """Every wish and how it stands, in the order they came; then what others hold."""
        own = [(self._locks[wish.what], wish.why, wish.at) for wish in self._wishes.values()]
        others = [(lock, lock.why, None) for lock in self.others() if lock.is_wanted]
        return tuple(_view(*one) for one in (*own, *others))

    async def close(self) -> None:
        """Hold nothing any more; done once that is so."""
        self._wishes.clear()
        locks = [*self._locks.values(), *self._leaving]
        self._locks.clear()
        self._leaving.clear()
        await asyncio.gather(*(lock.close() for lock in locks), *self._closing)

    # Inside

    def _settle(self, what: inhibitor.What) -> None:
        """Have the lock that the wishes ask for, if any."""
        reasons = [wish.why for wish in self._wishes.values() if wish.what == what]
        lock = self._locks.get(what)
        if lock is not None and lock.why in reasons:
            return
        if lock is not None:
            self._leaving.append(self._locks.pop(what))
        if not reasons:
            self._let_go(what)
            return
        fresh = inhibitor.Wakefulness(
            reasons[0], self._address, what=what, on_changed=self._lock_changed,
            now=self._clock.now,
        )  # fmt: skip
        self._locks[what] = fresh
        fresh.want(True)

    def _lock_changed(self, lock: inhibitor.Wakefulness) -> None:
        if self._locks.get(lock.what) is lock:
            self._let_go(lock.what)
            self.on_changed()

    def _let_go(self, what: inhibitor.What) -> None:
        """Nothing needs the earlier locks any more."""
        for lock in [one for one in self._leaving if one.what == what]:
            self._leaving.remove(lock)
            closing = asyncio.get_running_loop().create_task(lock.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


def _view(lock: inhibitor.Wakefulness, why: str, at: datetime | None) -> background.HoldView:
    since = lock.since
    if since is not None and at is not None:
        # Another wish may have had the lock before.
        since = max(since, at)
    return background.HoldView(
        what=lock.what,
        why=f"{why.rstrip('.')}. {remark}" if (remark := _remark(lock)) else why,
        since=times.stamp_or_none(since),
        is_held=lock.is_held,
    )


def _remark(lock: inhibitor.Wakefulness) -> str:
    """What the person should know: that it is not held, or not wholly."""
    if lock.is_held is None:
        return f"That is not possible here: {lock.trouble}."
    return f"Not for long: {lock.trouble}." if lock.trouble else ""


def _nothing() -> None:
    """Stands for a listener where there is none."""

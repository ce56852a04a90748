"""What one owner has used of its time for suspend delays, and which it has open.

Only time spent in the background counts, and overlapping delays count once (concepts R86-R97).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import durations
from bgtasks_gui.core.background import codes

#: What an owner may use within any `DAY`; with less than `LEAST` of it left nothing is granted.
QUOTA: Final = timedelta(seconds=600)
LEAST: Final = timedelta(seconds=16)
DAY: Final = timedelta(hours=24)
MOST_OPEN: Final = 3
#: How long after an owner left the front it may still ask.
LATEST: Final = timedelta(seconds=5)
#: How long before its end an owner is warned.
NOTICE: Final = timedelta(seconds=6)

_NOTHING: Final = timedelta(0)
_MS: Final = timedelta(milliseconds=1)


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was granted."""

    id: int
    owner: str
    reason: str
    callback: str
    run_id: str | None
    requested_at: datetime
    granted: timedelta
    #: What was left of it when the book was last asked.
    left: timedelta
    is_warned: bool = False

    @property
    def granted_ms(self) -> int:
        return self.granted // _MS

    @property
    def remaining_ms(self) -> int:
        return self.left // _MS

    @property
    def wait(self) -> timedelta:
        """How much more of it passes until there is something to tell."""
        return self.left if self.is_warned else max(self.left - NOTICE, _NOTHING)


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner has used within the last 24 hours, and what it has open."""

    owner: str
    used: timedelta
    #: When some of it comes back; None where nothing is used.
    frees_at: datetime | None
    open: tuple[Delay, ...]
    limit: timedelta = QUOTA


class Span(msgspec.Struct, frozen=True):
    """Time in the background that counts."""

    start: datetime
    end: datetime


class Account(msgspec.Struct, kw_only=True):
    """One owner. `settle` comes first: everything else is right for the moment it was given."""

    as_of: datetime
    is_front: bool = False
    #: When it left the front; None for an owner that never said it was there.
    left_at: datetime | None = None
    #: Oldest first.
    spent: tuple[Span, ...] = ()
    #: In the order they were asked for.
    open: tuple[Delay, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to remember of it."""
        return not (self.is_front or self.left_at or self.spent or self.open)

    @property
    def used(self) -> timedelta:
        begin = self.as_of - DAY
        return sum((span.end - max(span.start, begin) for span in self.spent), _NOTHING)

    def frees_at(self, amount: timedelta = _NOTHING) -> datetime | None:
        """When so much of what is used has come back; None where that is not used."""
        for span in self.spent:
            start = max(span.start, self.as_of - DAY)
            if amount <= span.end - start:
                return start + amount + DAY
            amount -= span.end - start
        return None

    def settle(self, now: datetime, *, counts: bool) -> tuple[Delay, ...]:
        """Take it to `now`; the delays that ended on the way."""
        if now < self.as_of:
            self._set_back(self.as_of - now)
        elapsed = now - self.as_of if counts else _NOTHING
        self._spend(min(elapsed, max((delay.left for delay in self.open), default=_NOTHING)))
        self.as_of = now
        self.spent = tuple(span for span in self.spent if span.end > now - DAY)
        passed = [_replace(delay, left=max(delay.left - elapsed, _NOTHING)) for delay in self.open]
        self.open = tuple(delay for delay in passed if delay.left)
        return tuple(delay for delay in passed if not delay.left)

    def require_room(self, callback: str) -> None:
        """Raises `codes.DelayRefused` where it can have no further delay."""
        causes = codes.Causes
        if any(delay.callback == callback for delay in self.open):
            raise codes.DelayRefused(cause=causes.CALLBACK_IN_USE.value, field="callback")
        if self.left_at is not None and self.as_of - self.left_at > LATEST:
            raise codes.DelayRefused(cause=causes.TOO_LATE.value)
        if len(self.open) >= MOST_OPEN:
            raise codes.DelayRefused(cause=causes.TOO_MANY_DELAYS.value)
        missing = self.used + LEAST - QUOTA
        if missing > _NOTHING:
            cause = causes.USED_UP.value
            again = self.frees_at(missing) or self.as_of
            when = durations.say_time(again, self.as_of)
            raise codes.DelayRefused(f"{cause.sentence} Ask again from {when} on.", cause=cause)

    def set_front(self, is_front: bool) -> None:
        """It came to the front of the person, or left it; to leave twice is to leave once."""
        if is_front:
            self.left_at = None
        elif self.is_front:
            self.left_at = self.as_of
        self.is_front = is_front

    def warn(self) -> tuple[Delay, ...]:
        """The delays that come near their end, each of them once."""
        near = {
            delay.id: _replace(delay, is_warned=True)
            for delay in self.open
            if delay.left <= NOTICE and not delay.is_warned
        }
        self.open = tuple(near.get(delay.id, delay) for delay in self.open)
        return tuple(near.values())

    def _set_back(self, step: timedelta) -> None:
        """The clock was: what has happened stays as long ago as it was."""
        self.spent = tuple(Span(span.start - step, span.end - step) for span in self.spent)
        self.as_of -= step
        if self.left_at is not None:
            self.left_at -= step

    def _spend(self, length: timedelta) -> None:
        if not length:
            return
        start, end, earlier = self.as_of, self.as_of + length, self.spent
        if earlier and earlier[-1].end == start:
            start, earlier = earlier[-1].start, earlier[:-1]
        self.spent = (*earlier, Span(start, end))


def _replace(delay: Delay, **changes: object) -> Delay:
    return msgspec.structs.replace(delay, **changes)

"""In-process publish and subscribe of what happened.

Everything here is called on the agent's event loop. A publisher never waits: callbacks are plain
functions, and an inbox that its reader does not empty is emptied for it, and says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final, Self

import msgspec

from bgtasks_gui.core import events

_log = logging.getLogger(__name__)

#: Events an inbox holds before its reader is considered too slow.
INBOX_SIZE: Final = 1000

Callback = Callable[[events.AnyEvent], None]
Types = tuple[type[events.Event], ...]


class Lagged(msgspec.Struct, frozen=True, kw_only=True):
    """In place of so many events that an inbox could not hold: everything must be read anew."""

    lost: int


class Subscription:
    """A callback that hears events until it is closed."""

    def __init__(self, bus: Bus, callback: Callback, types: Types) -> None:
        self._bus = bus
        self._callback = callback
        self._types = types
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *caught: object) -> None:
        self.close()

    def close(self) -> None:
        """Hear nothing more, also of an event that is being told. Closing twice does nothing."""
        self._is_open = False
        self._bus.forget(self)

    def hear(self, event: events.AnyEvent) -> None:
        if self._is_open and isinstance(event, self._types):
            self._callback(event)


class Inbox(Subscription):
    """Events to be read one by one, at the reader's own pace."""

    def __init__(self, bus: Bus, types: Types, size: int) -> None:
        super().__init__(bus, self._put, types)
        self._size = size
        self._waiting: deque[events.AnyEvent | Lagged] = deque()
        self._filled = asyncio.Event()

    def look_anew(self) -> None:
        """Have its reader read everything anew; nothing that waits is lost by that."""
        self._waiting.append(Lagged(lost=0))
        self._filled.set()

    def _put(self, event: events.AnyEvent) -> None:
        if len(self._waiting) >= self._size:
            first = self._waiting[0]
            before = first.lost - 1 if isinstance(first, Lagged) else 0
            lost = before + len(self._waiting)
            self._waiting.clear()
            self._waiting.append(Lagged(lost=lost))
        self._waiting.append(event)
        self._filled.set()

    def close(self) -> None:
        super().close()
        self._filled.set()

    async def take(self) -> events.AnyEvent | Lagged | None:
        """The next event, or `Lagged` where some are lost; None after the end."""
        while not self._waiting:
            if not self._is_open:
                return None
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()

    async def __aiter__(self) -> AsyncIterator[events.AnyEvent | Lagged]:
        while (event := await self.take()) is not None:
            yield event


class Bus:
    """Hands every published event to every subscriber, in the order of publishing."""

    def __init__(self) -> None:
        self._subscriptions: tuple[Subscription, ...] = ()
        self._queue: deque[events.AnyEvent] = deque()
        self._is_telling = False

    def subscribe(self, callback: Callback, types: Types = (events.Event,)) -> Subscription:
        """Call back with each event of these types; an error of the callback is only logged."""
        return self._keep(Subscription(self, callback, types))

    def open_inbox(self, types: Types = (events.Event,), *, size: int = INBOX_SIZE) -> Inbox:
        """An inbox that fills with the events of these types from now on."""
        inbox = Inbox(self, types, size)
        self._keep(inbox)
        return inbox

    def publish(self, event: events.AnyEvent) -> None:
        """Tell everybody, now. What a subscriber publishes meanwhile comes after this event."""
        self._queue.append(event)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._queue:
                self._tell(self._queue.popleft())
        finally:
            self._is_telling = False

    def forget(self, subscription: Subscription) -> None:
        """Stop telling this subscription."""
        self._subscriptions = tuple(one for one in self._subscriptions if one is not subscription)

    def _keep(self, subscription: Subscription) -> Subscription:
        # A new tuple: one that is being told from stays as it is.
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def _tell(self, event: events.AnyEvent) -> None:
        for subscription in self._subscriptions:
            try:
                subscription.hear(event)
            except Exception:
                _log.exception("A subscriber failed", extra={"action": "publish"})

"""Programs called back when a continuous task of theirs is cancelled (concepts R105, R111)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import msgspec

from bgtasks_gui.client import commands, follow
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes

_log = logging.getLogger(__name__)

#: The one event there is.
CANCEL: Final = "continuousTaskCancel"
#: SYSTEM_CANCEL, for a reason that has no number of its own.
SYSTEM_CANCEL: Final = 2


class CancelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Which continuous task was cancelled, and why in the numbers of seed 3."""

    id: int
    reason: int


Callback = Callable[[CancelInfo], object]


class CancelCalls:
    """The callbacks of one owner, in the order they were added."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._callbacks: list[Callback] = []

    def on(self, event: str, callback: Callback) -> None:
        """Call this back; one that is called already is not called twice.

        Raises `codes.BadParameter` for another event, or what cannot be called.
        """
        _check(event, callback)
        if callback not in self._callbacks:
            self._callbacks.append(callback)

    def off(self, event: str, callback: Callback | None = None) -> None:
        """Call this back no more, or nothing at all where none is given. Raises as `on`."""
        if callback is None:
            _check(event, print)
            self._callbacks.clear()
            return
        _check(event, callback)
        with contextlib.suppress(ValueError):
            self._callbacks.remove(callback)

    def hear(self, event: shapes.EventView) -> None:
        """Call back if this event is a cancel of this owner's."""
        task = event.continuous
        if task is None or event.what != "canceled" or task.owner != self._owner:
            return
        number = None if event.reason is None else event.reason.ohos
        told = CancelInfo(id=task.id, reason=SYSTEM_CANCEL if number is None else number)
        for callback in tuple(self._callbacks):
            try:
                callback(told)
            except Exception:
                _log.exception("A callback failed", extra={"action": "call_back"})

    async def listen(
        self,
        client: Client,
        *,
        delays: Callable[[], Iterator[float]] = follow.backoff,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Hear what the agent tells, through every loss of it, until this is cancelled."""
        after: int | None = None
        waits = delays()
        while True:
            try:
                if after is None:
                    # Else what happens while it is away could not be asked for later.
                    after = (await client(commands.show_health())).seq
                async for event in client.events(after):
                    waits, after = delays(), event.seq
                    self.hear(event)
            except errors.AgentUnreachable:
                await sleep(next(waits))


def _check(event: str, callback: object) -> None:
    if event != CANCEL:
        raise codes.BadParameter(
            f"There is no event {event!r}; the one there is is {CANCEL}.", field="type"
        )
    if not callable(callback):
        raise codes.BadParameter("The callback cannot be called.", field="callback")

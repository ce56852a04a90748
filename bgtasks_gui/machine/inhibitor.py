"""Keeps the computer from sleep or shutdown while something must go on (wishes W32).

With "idle" a person who sends it to sleep is not held up; "sleep:shutdown" holds up that too.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from bgtasks_gui.machine import logind

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

What = Literal["idle", "sleep:shutdown"]
#: "delay" makes the computer wait for some seconds only.
Mode = Literal["block", "delay"]

WHO: Final = "Background Tasks"
_LOGIN: Final = "org.freedesktop.login1"
_log = logging.getLogger(__name__)


class Unavailable(Exception):
    """Nobody here can be asked; the message says why."""


class _Refused(Unavailable):
    """Somebody was asked, and said no."""


@contextlib.asynccontextmanager
async def hold(
    what: What, why: str, mode: Mode = "block", address: str | None = None
) -> AsyncIterator[Mode]:
    """Kept from `what` for as long as this is entered. Raises `Unavailable`.

    It gives the mode that was had: "delay" where "block" is refused.
    """
    place = address or os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or logind.ADDRESS
    bus = await _connect(place)
    try:
        lock, had = await _lock(bus, what, why, mode)
        try:
            yield had
        finally:
            os.close(lock)
    finally:
        bus.disconnect()
        with contextlib.suppress(Exception):
            # dbus_fast has no annotations there.
            await asyncio.wait_for(bus.wait_for_disconnect(), logind.TIMEOUT_S)  # type: ignore[no-untyped-call]


async def _lock(bus: MessageBus, what: What, why: str, mode: Mode) -> tuple[int, Mode]:
    try:
        return await _inhibit(bus, what, why, mode), mode
    except _Refused:
        # Only a session at this computer may block; anybody may delay. Idleness knows no delay.
        if mode == "delay" or what == "idle":
            raise
    return await _inhibit(bus, what, why, "delay"), "delay"


async def _connect(address: str) -> MessageBus:
    if logind.is_absent(address):
        raise Unavailable("there is no system bus")
    # It takes a quarter of a second to load, which the loop has no time for.
    await asyncio.to_thread(importlib.import_module, "dbus_fast.aio")
    from dbus_fast import DBusFastError
    from dbus_fast.aio import MessageBus

    try:
        bus = MessageBus(address, negotiate_unix_fd=True)
        return await asyncio.wait_for(bus.connect(), logind.TIMEOUT_S)
    except (OSError, EOFError, TimeoutError, DBusFastError) as error:
        raise Unavailable(f"the system bus cannot be reached ({error})") from error


async def _inhibit(bus: MessageBus, what: What, why: str, mode: Mode) -> int:
    """A file; as long as it is open the lock is held."""
    from dbus_fast import DBusFastError, Message, MessageType

    call = Message(
        destination=_LOGIN, path="/org/freedesktop/login1",
        interface="org.freedesktop.login1.Manager", member="Inhibit", signature="ssss",
        body=[what, WHO, why, mode],
    )  # fmt: skip
    try:
        answer = await asyncio.wait_for(bus.call(call), logind.TIMEOUT_S)
    except (OSError, EOFError, TimeoutError, DBusFastError) as error:
        raise Unavailable(f"systemd-logind does not answer ({error})") from error
    if answer.message_type is MessageType.ERROR or not answer.unix_fds:
        raise _Refused(f"systemd-logind does not run, or refuses ({answer.error_name})")
    return answer.unix_fds[0]


def _now() -> datetime:
    return datetime.now(UTC)


class Wakefulness:
    """Holds it while that is wanted, and says how it stands."""

    def __init__(
        self,
        why: str,
        address: str | None = None,
        *,
        what: What = "idle",
        on_changed: Callable[[Wakefulness], object] = lambda _: None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.what = what
        self.why = why
        self._address = address
        self._on_changed = on_changed
        self._now = now
        self._holding: asyncio.Task[None] | None = None
        #: Whether the computer is kept from it now; None where that cannot be done here.
        self.is_held: bool | None = False
        #: Since when it is held.
        self.since: datetime | None = None
        #: Why it is not held, or not as it was asked for; a part of a sentence.
        self.trouble = ""

    @property
    def is_wanted(self) -> bool:
        return self._holding is not None

    def want(self, wanted: bool) -> None:
        """Hold it, or hold it no more."""
        if wanted and self._holding is None:
            self._holding = asyncio.get_running_loop().create_task(self._hold())
        elif not wanted and self._holding is not None:
            self._holding.cancel()
            self._holding = None

    async def close(self) -> None:
        """Hold it no more; done once that is so."""
        holding = self._holding
        self.want(False)
        if holding is not None:
            await asyncio.gather(holding, return_exceptions=True)

    async def _hold(self) -> None:
        try:
            async with hold(self.what, self.why, address=self._address) as had:
                delayed = "systemd-logind lets this program delay it for seconds only"
                self._stand(True, "" if had == "block" else delayed)
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    self._stand(False)
        except Unavailable as error:
            self._stand(None, str(error))
            _log.info(
                "nothing keeps the computer from %s: %s", self.what, error,
                extra={"action": "inhibit"},
            )  # fmt: skip

    def _stand(self, is_held: bool | None, trouble: str = "") -> None:
        self.is_held, self.trouble = is_held, trouble
        self.since = self._now() if is_held else None
        self._on_changed(self)

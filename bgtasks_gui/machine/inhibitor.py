"""Keeps the computer from falling asleep by itself while something must go on (wishes W32).

A person who sends it to sleep is not held up: only idleness is kept from doing it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from bgtasks_gui.machine import logind

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

WHO: Final = "Background Tasks"
_LOGIN: Final = "org.freedesktop.login1"
_log = logging.getLogger(__name__)


class Unavailable(Exception):
    """Nobody here can be asked; the message says why."""


@contextlib.asynccontextmanager
async def hold(why: str, address: str | None = None) -> AsyncIterator[None]:
    """Awake for as long as this is entered. Raises `Unavailable`."""
    place = address or os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or logind.ADDRESS
    bus = await _connect(place)
    try:
        lock = await _inhibit(bus, why)
        try:
            yield
        finally:
            os.close(lock)
    finally:
        bus.disconnect()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(bus.wait_for_disconnect(), logind.TIMEOUT_S)  # type: ignore[no-untyped-call]


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


async def _inhibit(bus: MessageBus, why: str) -> int:
    """A file; as long as it is open the lock is held."""
    from dbus_fast import DBusFastError, Message, MessageType

    call = Message(
        destination=_LOGIN, path="/org/freedesktop/login1",
        interface="org.freedesktop.login1.Manager", member="Inhibit", signature="ssss",
        body=["idle", WHO, why, "block"],
    )  # fmt: skip
    try:
        answer = await asyncio.wait_for(bus.call(call), logind.TIMEOUT_S)
    except (OSError, EOFError, TimeoutError, DBusFastError) as error:
        raise Unavailable(f"systemd-logind does not answer ({error})") from error
    if answer.message_type is MessageType.ERROR or not answer.unix_fds:
        raise Unavailable(f"systemd-logind does not run, or refuses ({answer.error_name})")
    return answer.unix_fds[0]


class Wakefulness:
    """Holds it while that is wanted, and says how it stands."""

    def __init__(self, why: str, address: str | None = None) -> None:
        self._why = why
        self._address = address
        self._holding: asyncio.Task[None] | None = None
        #: Whether the computer is kept awake now; None where that cannot be done here.
        self.is_held: bool | None = False

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
            async with hold(self._why, self._address):
                self.is_held = True
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    self.is_held = False
        except Unavailable as error:
            self.is_held = None
            _log.info("nothing keeps the computer awake: %s", error, extra={"action": "inhibit"})

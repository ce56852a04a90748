"""Sleep as systemd-logind announces it on the system bus; quiet where there is none.

Without it nothing is lost: a jump between the clocks tells of a sleep too, up to 30 s later.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

ADDRESS: Final = "unix:path=/run/dbus/system_bus_socket"
#: A bus that does not answer within this is treated as absent.
TIMEOUT_S: Final = 10.0
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 300.0

_LOGIN: Final = "org.freedesktop.login1"
_MANAGER: Final = "org.freedesktop.login1.Manager"
_SIGNAL: Final = "PrepareForSleep"

T = TypeVar("T")

_log = logging.getLogger(__name__)


class SleepEvent(msgspec.Struct, frozen=True):
    """The machine is about to sleep, or it is awake again."""

    going_to_sleep: bool


class _BusUnavailable(Exception):
    """Why there is no talking to the system bus."""


class SleepWatch:
    """Tells of sleep for as long as `events` is iterated, over any number of connections."""

    def __init__(
        self,
        address: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._address = address or os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or ADDRESS
        self._timeout_s = timeout_s
        self._pause = pause
        #: How it knows of sleep now, as a sentence.
        self.status = "Sleep is not watched yet."

    async def events(self) -> AsyncIterator[SleepEvent]:
        """Every announcement. Goes on when the bus goes away, and never ends by itself."""
        retry_s = FIRST_RETRY_S
        while True:
            try:
                async with self._listening() as heard:
                    retry_s = FIRST_RETRY_S
                    while (event := await heard.get()) is not None:
                        yield event
                self._tell("the system bus went away")
            except _BusUnavailable as error:
                self._tell(str(error))
            await self._pause(retry_s)
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[asyncio.Queue[SleepEvent | None]]:
        """What is heard on one connection; None is its end."""
        heard: asyncio.Queue[SleepEvent | None] = asyncio.Queue()
        bus = await self._connect()
        end = asyncio.ensure_future(_end_of(bus))
        end.add_done_callback(lambda _: heard.put_nowait(None))
        try:
            bus.add_message_handler(lambda message: _hear(message, heard))
            await self._subscribe(bus)
            yield heard
        finally:
            bus.disconnect()
            await asyncio.wait([end], timeout=self._timeout_s)

    async def _connect(self) -> MessageBus:
        if is_absent(self._address):
            raise _BusUnavailable("there is no system bus")
        # It takes a quarter of a second to load, which the loop has no time for.
        await asyncio.to_thread(importlib.import_module, "dbus_fast.aio")
        return await self._in_time(self._open())

    async def _open(self) -> MessageBus:
        from dbus_fast.aio import MessageBus

        # With file descriptors, since a call that is answered by one hangs without.
        return await MessageBus(self._address, negotiate_unix_fd=True).connect()

    async def _subscribe(self, bus: MessageBus) -> None:
        rule = f"type='signal',sender='{_LOGIN}',interface='{_MANAGER}',member='{_SIGNAL}'"
        await self._call(bus, "AddMatch", rule)
        answer = await self._call(bus, "NameHasOwner", _LOGIN)
        if answer.body[0]:
            self.status = "Sleep is announced by systemd-logind."
        else:
            self._tell("systemd-logind does not run")

    async def _call(self, bus: MessageBus, member: str, argument: str) -> Message:
        from dbus_fast import Message, MessageType

        call = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member=member,
            signature="s",
            body=[argument],
        )
        answer = await self._in_time(bus.call(call))
        if answer.message_type is MessageType.ERROR:
            raise _BusUnavailable(f"the system bus refuses {member} ({answer.error_name})")
        return answer

    async def _in_time(self, answer: Awaitable[T]) -> T:
        from dbus_fast import DBusFastError

        try:
            return await asyncio.wait_for(answer, self._timeout_s)
        except TimeoutError as error:
            raise _BusUnavailable("the system bus does not answer") from error
        except (OSError, EOFError, DBusFastError) as error:
            raise _BusUnavailable(f"the system bus cannot be reached ({error})") from error

    def _tell(self, why: str) -> None:
        status = f"Sleep is noticed by the clock only: {why}."
        if status != self.status:
            self.status = status
            _log.info("%s", status, extra={"action": "watch_sleep"})


def _hear(message: Message, heard: asyncio.Queue[SleepEvent | None]) -> None:
    if (message.interface, message.member, message.signature) == (_MANAGER, _SIGNAL, "b"):
        heard.put_nowait(SleepEvent(message.body[0]))


async def _end_of(bus: MessageBus) -> None:
    # How it ended makes no difference.
    with contextlib.suppress(Exception):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus_fast left it so


def is_absent(address: str) -> bool:
    """Whether the address names a socket that does not exist; told without loading D-Bus."""
    path = address.removeprefix("unix:path=").partition(",")[0]
    return path != address and not Path(path).exists()

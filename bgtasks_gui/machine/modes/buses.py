"""Questions to the services on the buses, which are never started by being asked."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from bgtasks_gui.machine import logind
from bgtasks_gui.machine.modes import finding

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

#: A service that does not answer within this is treated as absent.
TIMEOUT_S: Final = 5.0
_DBUS: Final = "org.freedesktop.DBus"

Which = Literal["session", "system"]
T = TypeVar("T")


class Refused(finding.Unavailable):
    """A service answered by an error; the message says which."""


class Bus:
    """An open connection."""

    def __init__(self, bus: MessageBus, which: Which, timeout_s: float) -> None:
        self._bus = bus
        self._which = which
        self._timeout_s = timeout_s

    async def call(
        self, name: str, path: str, member: str, signature: str = "", *body: object
    ) -> object:
        """The first value answered; `member` with its interface before it.

        Raises `Refused`, and `finding.Unavailable` where nobody answers.
        """
        from dbus_fast import Message, MessageFlag, MessageType

        interface, _, method = member.rpartition(".")
        call = Message(
            destination=name, path=path, interface=interface, member=method,
            signature=signature, body=list(body), flags=MessageFlag.NO_AUTOSTART,
        )  # fmt: skip
        answer = await _in_time(self._bus.call(call), self._which, self._timeout_s)
        if answer.message_type is MessageType.ERROR:
            raise Refused(f"{name} refuses {method} ({answer.error_name})")
        return _plain(answer.body[0]) if answer.body else None

    async def property(self, name: str, path: str, interface: str, which: str) -> object:
        """The value of a property. Raises as `call`."""
        get = "org.freedesktop.DBus.Properties.Get"
        return await self.call(name, path, get, "ss", interface, which)

    async def names(self, beginning: str) -> list[str]:
        """Who is there now under a name that begins so."""
        names = await self._list("ListNames")
        return sorted(name for name in names if name.startswith(beginning))

    async def pid(self, name: str) -> int | None:
        """The process behind a name; None where the bus does not know, or it just went."""
        ask = f"{_DBUS}.GetConnectionUnixProcessID"
        try:
            answer = await self.call(_DBUS, "/org/freedesktop/DBus", ask, "s", name)
        except Refused:
            return None
        return answer if isinstance(answer, int) else None

    async def is_running(self, name: str, label: str) -> bool:
        """Whether a service runs. Raises `finding.Unavailable` where it cannot even be started."""
        if name in await self._list("ListNames"):
            return True
        if name in await self._list("ListActivatableNames"):
            return False
        raise finding.Unavailable(f"{label} is not installed")

    async def _list(self, member: str) -> Sequence[str]:
        answer = await self.call(_DBUS, "/org/freedesktop/DBus", f"{_DBUS}.{member}")
        return answer if isinstance(answer, list) else []


@contextlib.asynccontextmanager
async def connected(
    which: Which, place: str | None = None, *, timeout_s: float = TIMEOUT_S
) -> AsyncIterator[Bus]:
    """A connection for as long as this is entered. Raises `finding.Unavailable`.

    A look is rare; a connection kept for it would have to be watched.
    """
    place = place or address(which)
    if place is None or logind.is_absent(place):
        raise finding.Unavailable(f"there is no {which} bus")
    # It takes a quarter of a second to load, which the loop has no time for.
    await asyncio.to_thread(importlib.import_module, "dbus_fast.aio")
    bus = await _in_time(_open(place), which, timeout_s)
    try:
        yield Bus(bus, which, timeout_s)
    finally:
        bus.disconnect()
        with contextlib.suppress(Exception):
            # dbus_fast has no annotations there.
            await asyncio.wait_for(bus.wait_for_disconnect(), timeout_s)  # type: ignore[no-untyped-call]


async def _open(address: str) -> MessageBus:
    from dbus_fast.aio import MessageBus

    return await MessageBus(address).connect()


async def _in_time(answer: Awaitable[T], which: Which, timeout_s: float) -> T:
    from dbus_fast import DBusFastError

    try:
        return await asyncio.wait_for(answer, timeout_s)
    except TimeoutError as error:
        raise finding.Unavailable(f"the {which} bus does not answer") from error
    except (OSError, EOFError, DBusFastError) as error:
        raise finding.Unavailable(f"the {which} bus cannot be reached ({error})") from error


def _plain(value: object) -> object:
    """Without the wrapping that says of which type each value is."""
    from dbus_fast import Variant

    match value:
        case Variant():
            return _plain(value.value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def address(which: Which) -> str | None:
    """Where a bus is; None where nobody tells."""
    if which == "system":
        return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or logind.ADDRESS
    if told := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return told
    # Where systemd puts it; a service that it starts is not always told.
    folder = os.environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={folder}/bus" if folder else None

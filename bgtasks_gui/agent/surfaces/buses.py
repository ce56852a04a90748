"""One connection to the session bus: calls limited in time, and who owns which name.

`dbus_fast` is loaded when a bus is opened that may be there, never by importing this.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from bgtasks_gui.core.notices import surface
from bgtasks_gui.machine import logind

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

#: The name of the entry in the desktop's menu, by which it groups notices and finds the icon.
DESKTOP_ENTRY: Final = "bgtasks"
#: A service that does not answer within this is treated as away.
TIMEOUT_S: Final = 2.0

OnOwner = Callable[[str], None]
OnSignal = Callable[[str, list[object]], None]
OnAnswer = Callable[[list[object]], None]


@dataclass(frozen=True)
class Service:
    """An object of a service, and the interface of it that is spoken."""

    name: str
    path: str
    interface: str


_BUS: Final = Service("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class Refused(surface.Unavailable):
    """The service answered, with an error, or went away instead of answering."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        #: The name of the D-Bus error.
        self.code = code


class SessionBus:
    """The session bus, opened when `open` is called, and again once it was lost."""

    def __init__(self, address: str | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._bus: MessageBus | None = None
        self._end: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._owners: dict[str, str] = {}
        self._followers: dict[str, OnOwner] = {}
        self._listeners: dict[Service, OnSignal] = {}
        #: Called when the connection is gone for another reason than `close`.
        self.on_lost: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Connect where that is not done; raises `surface.Unavailable`."""
        async with self._opening:
            if self._bus is None:
                self._bus = await self._connect(self._address or find_address())
                self._end = asyncio.create_task(self._wait_for_end(self._bus))

    async def call(
        self,
        service: Service,
        member: str,
        signature: str = "",
        *body: object,
        on_late: OnAnswer | None = None,
    ) -> list[object]:
        """What a method answers. Raises `surface.Unavailable`, `Refused` where it is an error.

        An answer that comes when nobody waits any more is told to `on_late`.
        """
        from dbus_fast import Message, MessageType

        bus = self._opened()
        message = Message(
            destination=service.name, path=service.path, interface=service.interface,
            member=member, signature=signature, body=list(body),
        )  # fmt: skip
        answering = asyncio.ensure_future(bus.call(message))
        answer = await self._wait_for(answering, service, on_late)
        if answer.message_type is MessageType.ERROR:
            said = f"{service.name} refuses {member} ({answer.error_name})"
            raise Refused(said, answer.error_name or "")
        return list(answer.body)

    async def emit(
        self, path: str, interface: str, member: str, signature: str, *body: object
    ) -> None:
        """Send a signal to everybody. Raises `surface.Unavailable`."""
        from dbus_fast import Message

        bus = self._opened()
        try:
            sending = bus.send(Message.new_signal(path, interface, member, signature, list(body)))
            await asyncio.wait_for(sending, self._timeout_s)
        except (OSError, EOFError, TimeoutError) as error:
            raise surface.Unavailable("the session bus went away") from error

    async def follow(self, name: str, on_owner: OnOwner) -> str:
        """Who owns this name, "" for nobody; each change after that is told."""
        if name not in self._owners:
            await self._match(f"member='NameOwnerChanged',arg0='{name}'", _BUS)
            self._followers[name] = on_owner
            # A change that comes before this goes on is newer than the answer.
            self._owners.setdefault(name, await self._ask_owner(name))
        self._followers[name] = on_owner
        return self._owners[name]

    async def origin(self, name: str) -> str:
        """Who owns a name that is followed, told apart from whoever ever owned it on any bus."""
        return f"{(await self.call(_BUS, 'GetId'))[0]} {self._owners.get(name, '')}"

    async def listen(self, service: Service, on_signal: OnSignal) -> None:
        """Hear the signals of a service that is followed, from whoever owns its name then."""
        if service not in self._listeners:
            await self._match(f"path='{service.path}'", service)
        self._listeners[service] = on_signal

    async def close(self) -> None:
        """Let go of it; nothing is told after that."""
        bus, end, self._bus, self._end = self._bus, self._end, None, None
        if bus is None or end is None:
            return
        self._forget()
        bus.disconnect()
        await asyncio.wait([end], timeout=self._timeout_s)
        end.cancel()

    def _opened(self) -> MessageBus:
        if self._bus is None:
            raise surface.Unavailable("the session bus is not connected")
        return self._bus

    async def _connect(self, address: str | None) -> MessageBus:
        if address is None or logind.is_absent(address):
            raise surface.Unavailable("there is no session bus")
        # It takes a quarter of a second to load, which the loop has no time for.
        try:
            await asyncio.to_thread(importlib.import_module, "dbus_fast.aio")
        except ImportError as error:
            # It is no part of this program but on Linux.
            raise surface.Unavailable("the session bus is not spoken here") from error
        from dbus_fast import DBusFastError
        from dbus_fast.aio import MessageBus

        try:
            bus = MessageBus(address)
            await asyncio.wait_for(bus.connect(), self._timeout_s)
        except TimeoutError as error:
            raise surface.Unavailable("the session bus does not answer") from error
        except (OSError, EOFError, DBusFastError) as error:
            why = f"the session bus cannot be reached ({error})"
            raise surface.Unavailable(why) from error
        bus.add_message_handler(self._hear)
        return bus

    async def _wait_for_end(self, bus: MessageBus) -> None:
        # How it ended makes no difference.
        with contextlib.suppress(Exception):
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus_fast left it so
        if bus is self._bus:
            self._bus = self._end = None
            self._forget()
            self.on_lost()

    def _forget(self) -> None:
        self._owners.clear()
        self._followers.clear()
        self._listeners.clear()

    async def _wait_for(
        self, answering: asyncio.Future[Message], service: Service, on_late: OnAnswer | None
    ) -> Message:
        from dbus_fast import DBusFastError

        try:
            await asyncio.wait([answering], timeout=self._timeout_s)
        finally:
            if not answering.done():
                answering.add_done_callback(partial(_take_late, on_late))
        if not answering.done():
            raise surface.Unavailable(f"{service.name} does not answer")
        try:
            return answering.result()
        except (OSError, EOFError, DBusFastError) as error:
            raise surface.Unavailable("the session bus went away") from error

    async def _ask_owner(self, name: str) -> str:
        try:
            return str((await self.call(_BUS, "GetNameOwner", "s", name))[0])
        except Refused:
            return ""

    async def _match(self, rule: str, service: Service) -> None:
        whole = f"type='signal',sender='{service.name}',interface='{service.interface}',{rule}"
        await self.call(_BUS, "AddMatch", "s", whole)

    def _hear(self, message: Message) -> None:
        from dbus_fast import MessageType

        if message.message_type is not MessageType.SIGNAL:
            return
        if message.sender == _BUS.name and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            if name in self._followers:
                self._owners[name] = owner
                self._followers[name](owner)
            return
        for service, on_signal in self._listeners.items():
            spoken = (message.path, message.interface) == (service.path, service.interface)
            # Anybody can send a signal to us alone.
            if spoken and message.sender == self._owners.get(service.name):
                on_signal(message.member or "", list(message.body))


def find_address() -> str | None:
    """Where the session bus of this process is; None where nothing says so."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return address or (f"unix:path={runtime}/bus" if runtime else None)


def plain(text: str) -> str:
    """The text without what a bus does not carry: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _take_late(on_late: OnAnswer | None, answering: asyncio.Future[Message]) -> None:
    from dbus_fast import MessageType

    if answering.cancelled() or answering.exception() is not None or on_late is None:
        return
    answer = answering.result()
    if answer.message_type is MessageType.METHOD_RETURN:
        on_late(list(answer.body))

"""A list of running work as KDE's desktops have it, which notes every call it gets."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from dbus_fast import Message, MessageType, RequestNameReply
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants

WITHIN_S: Final = 20.0
NAME: Final = "org.kde.JobViewServer"
#: Methods and their signatures, as KDE's descriptions of the interfaces have them.
_VIEW: Final = {
    "terminate": "s", "setSuspended": "b", "setTotalAmount": "ts", "setProcessedAmount": "ts",
    "setPercent": "u", "setSpeed": "t", "setInfoMessage": "s", "setDescriptionField": "uss",
    "clearDescriptionField": "u",
}  # fmt: skip
_SERVERS: Final = {
    "org.kde.JobViewServerV2": {"requestView": "sia{sv}"},
    "org.kde.JobViewServer": {"requestView": "ssi"},
}
_VIEWS: Final = {
    "org.kde.JobViewV3": {"update": "a{sv}", "terminate": "usa{sv}"},
    "org.kde.JobViewV2": {**_VIEW, "setDestUrl": "v", "setError": "u"},
    "org.kde.JobView": _VIEW,
}
PLASMA: Final = (*_SERVERS, "org.kde.JobViewV3", "org.kde.JobViewV2")


class JobList:
    """Owns the name from `start` to `stop`; speaks only the interfaces it is made with."""

    def __init__(self, address: str, interfaces: tuple[str, ...] = PLASMA) -> None:
        self._address = address
        self._interfaces = interfaces
        self._bus: MessageBus | None = None
        #: Interface without "org.kde.", method and plain arguments of each call.
        self.calls: list[tuple[str, str, list[Any]]] = []
        #: D-Bus types of the values in the last dictionary.
        self.types: dict[str, str] = {}
        #: Paths of views that are there.
        self.views: list[str] = []
        #: While it is set, calls get no answer.
        self.hangs = False
        #: What is not known, though its interface is.
        self.missing: set[str] = set()
        #: The error of every call, if there is one.
        self.refuses_by: str | None = None
        self._made = 0
        self._unanswered: list[Message] = []
        self._called = asyncio.Event()

    async def start(self) -> None:
        self._bus = await asyncio.wait_for(MessageBus(self._address).connect(), WITHIN_S)
        self._bus.add_message_handler(self._on_message)
        asked = self._bus.request_name(NAME)
        assert await asyncio.wait_for(asked, WITHIN_S) is RequestNameReply.PRIMARY_OWNER

    async def stop(self) -> None:
        if self._bus is not None:
            self._bus.disconnect()
            with contextlib.suppress(EOFError, OSError):  # the bus may have ended before
                await asyncio.wait_for(self._bus.wait_for_disconnect(), WITHIN_S)
            self._bus = None

    async def press(self, path: str, signal: str) -> None:
        """A button of a view."""
        assert self._bus is not None
        for interface in self._interfaces:
            if interface in _VIEWS:
                await self._bus.send(Message.new_signal(path, interface, signal))

    async def called(self, member: str) -> None:
        """Wait until this was called, before or from now on."""
        async with asyncio.timeout(WITHIN_S):
            while not self.of(member):
                self._called.clear()
                await self._called.wait()

    def of(self, member: str) -> list[list[Any]]:
        """The arguments of each call of this method."""
        return [body for _, name, body in self.calls if name == member]

    def answer_at_last(self) -> None:
        """Hang no more, and answer what was asked meanwhile."""
        self.hangs = False
        while self._unanswered:
            self._answer(self._unanswered.pop(0))

    def _on_message(self, message: Message) -> bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if self.hangs:
            self._unanswered.append(message)
        else:
            self._answer(message)
        self._called.set()
        return True

    def _answer(self, message: Message) -> None:
        assert self._bus is not None
        error = self.refuses_by or self._error_of(message)
        if error is not None:
            self._bus.send(Message.new_error(message, error, "It is so."))
            return
        assert message.interface is not None
        assert message.member is not None
        for argument in message.body:
            if isinstance(argument, dict):
                self.types = {name: value.signature for name, value in argument.items()}
        spoken = message.interface.removeprefix("org.kde.")
        self.calls.append((spoken, message.member, unpack_variants(message.body)))
        answer: tuple[str, list[object]] = ("", [])
        if message.member == "requestView":
            self._made += 1
            self.views.append(f"/org/kde/notificationmanager/jobs/JobView_{self._made}")
            answer = ("o", [self.views[-1]])
        elif message.member == "setDescriptionField":
            answer = ("b", [False])
        elif message.member == "terminate":
            assert message.path is not None
            self.views.remove(message.path)
        self._bus.send(Message.new_method_return(message, *answer))
        self._called.set()

    def _error_of(self, message: Message) -> str | None:
        unknown = "org.freedesktop.DBus.Error.Unknown"
        is_view = message.path in self.views
        if not is_view and message.path != "/JobViewServer":
            return unknown + "Object"
        known = _VIEWS if is_view else _SERVERS
        if message.interface not in self._interfaces or message.interface not in known:
            return unknown + "Interface"
        signature = known[message.interface].get(message.member or "")
        is_known = signature == message.signature and message.member not in self.missing
        return None if is_known else unknown + "Method"

"""Small real services on a session bus of the test's own, which note every call they get."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from dbus_fast import Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants

WITHIN_S = 20.0
#: For services that never answer: a test waits for it.
IMPATIENT_S = 0.25


class FakeService:
    """Owns a name from `start` to `stop`, and answers calls of one interface at one path."""

    name = ""
    path = "/"
    interface = ""

    def __init__(self, address: str) -> None:
        self._address = address
        self._bus: MessageBus | None = None
        #: Method, signature and plain arguments of each call.
        self.calls: list[tuple[str, str, list[Any]]] = []
        #: The types of values in variants, by their name in the last call.
        self.types: dict[str, str] = {}
        #: While it is set, calls get no answer.
        self.hangs = False
        self._unanswered: list[Callable[[], None]] = []
        self._called = asyncio.Event()

    async def start(self) -> None:
        self._bus = await asyncio.wait_for(MessageBus(self._address).connect(), WITHIN_S)
        self._bus.add_message_handler(self._on_message)
        asked = self._bus.request_name(self.name)
        assert await asyncio.wait_for(asked, WITHIN_S) is RequestNameReply.PRIMARY_OWNER

    async def stop(self) -> None:
        if self._bus is not None:
            self._bus.disconnect()
            # The bus may have ended before.
            with contextlib.suppress(EOFError, OSError):
                await asyncio.wait_for(self._bus.wait_for_disconnect(), WITHIN_S)
            self._bus = None

    async def emit(self, member: str, signature: str, *body: object) -> None:
        """A signal of it, to everybody; done once it is sent."""
        await asyncio.wait_for(self.emit_now(member, signature, *body), WITHIN_S)

    def emit_now(self, member: str, signature: str, *body: object) -> asyncio.Future[Any]:
        """The same from within an answer."""
        assert self._bus is not None
        signal = Message.new_signal(self.path, self.interface, member, signature, list(body))
        return self._bus.send(signal)

    async def called(self, member: str, times: int = 1) -> list[Any]:
        """Wait for this call; the arguments of the last."""
        async with asyncio.timeout(WITHIN_S):
            while len(found := self.of(member)) < times:
                self._called.clear()
                await self._called.wait()
        return found[-1]

    def of(self, member: str) -> list[list[Any]]:
        """The arguments of each call of this method."""
        return [body for name, _, body in self.calls if name == member]

    def answer_at_last(self) -> None:
        """Hang no more, and answer what was asked meanwhile."""
        self.hangs = False
        for answer in self._unanswered:
            answer()
        self._unanswered.clear()

    def answer(self, member: str, body: list[Any]) -> tuple[str, list[Any]] | str:
        """Signature and values of an answer, or the name of an error."""
        raise NotImplementedError

    def _on_message(self, message: Message) -> bool:
        asked = (message.interface, message.path)
        if message.message_type is not MessageType.METHOD_CALL or asked[1] != self.path:
            return False
        if asked[0] not in (self.interface, "org.freedesktop.DBus.Properties"):
            return False
        assert message.member is not None
        for argument in message.body:
            if isinstance(argument, dict):
                self.types = {name: value.signature for name, value in argument.items()}
        self.calls.append((message.member, message.signature, unpack_variants(message.body)))
        self._called.set()
        self._unanswered.append(lambda: self._reply(message))
        if not self.hangs:
            self.answer_at_last()
        return True

    def _reply(self, message: Message) -> None:
        assert self._bus is not None
        assert message.member is not None
        answer = self.answer(message.member, unpack_variants(message.body))
        if isinstance(answer, str):
            self._bus.send(Message.new_error(message, answer, "It is so."))
        else:
            self._bus.send(Message.new_method_return(message, *answer))


class FakeNotifier(FakeService):
    """A notification service that gives numbers from 1 on."""

    name = "org.freedesktop.Notifications"
    path = "/org/freedesktop/Notifications"
    interface = "org.freedesktop.Notifications"

    def __init__(self, address: str, *, server: str = "dunst") -> None:
        super().__init__(address)
        self.server = server
        self.capabilities = ["actions", "body", "body-markup"]
        #: What it answers in place of the right thing, by method.
        self.instead: dict[str, tuple[str, list[Any]] | str] = {}
        self.shown: set[int] = set()
        self._last = 0

    def answer(self, member: str, body: list[Any]) -> tuple[str, list[Any]] | str:
        if member in self.instead:
            return self.instead[member]
        if member == "GetServerInformation":
            return "ssss", [self.server, "its maker", "1.9.0", "1.2"]
        if member == "GetCapabilities":
            return "as", [self.capabilities]
        if member == "Notify":
            self._last += not body[1]
            self.shown.add(body[1] or self._last)
            return "u", [body[1] or self._last]
        if body[0] not in self.shown:
            return "org.freedesktop.DBus.Error.Failed"
        self.shown.discard(body[0])
        self.emit_now("NotificationClosed", "uu", body[0], 3)
        return "", []


class FakePortal(FakeService):
    """The desktop portal, as far as notifications go."""

    name = "org.freedesktop.portal.Desktop"
    path = "/org/freedesktop/portal/desktop"
    interface = "org.freedesktop.portal.Notification"
    has_notifications = True

    def answer(self, member: str, body: list[Any]) -> tuple[str, list[Any]] | str:
        if not self.has_notifications:
            return "org.freedesktop.DBus.Error.InvalidArgs"
        return ("v", [Variant("u", 2)]) if member == "Get" else ("", [])

"""The program on a session bus that keeps the icons of a tray, as far as one looks for a tray."""

from __future__ import annotations

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from bgtasks_gui.gui.tray import hosts

PATH = "/StatusNotifierWatcher"


class Watcher:
    """Comes and goes as the test says, with somebody who shows the icons, or nobody."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self.has_host = True
        #: How often it was asked for that.
        self.asked = 0
        #: Whether it thinks before it answers, and the questions it thinks about.
        self.is_slow = False
        self._open: list[Message] = []
        bus.add_message_handler(self._on_message)

    async def start(self) -> None:
        await self._bus.request_name(hosts.WATCHER)

    async def stop(self) -> None:
        await self._bus.release_name(hosts.WATCHER)

    async def show(self, has_host: bool) -> None:
        """Somebody begins, or ceases, to show the icons."""
        self.has_host = has_host
        member = f"StatusNotifierHost{'Registered' if has_host else 'Unregistered'}"
        await self._bus.send(Message.new_signal(PATH, hosts.WATCHER, member))

    async def answer(self) -> None:
        """Give the answers that are due."""
        while self._open:
            await self._bus.send(self._answer(self._open.pop()))

    def _on_message(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.member != "Get":
            return False
        self.asked += 1
        if self.is_slow:
            self._open.append(message)
            return True
        return self._answer(message)

    def _answer(self, question: Message) -> Message:
        return Message.new_method_return(question, "v", [Variant("b", self.has_host)])

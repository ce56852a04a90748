"""A session bus as seen from the test: plain questions that wait for their answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants

WITHIN_S = 20.0
_BUS, _BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"


class CallRefused(AssertionError):
    """The other side answered with an error; its name is the first argument."""


class Bus:
    """One connection, on an event loop of its own thread: for tests with and without a loop."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="session bus")
        self._thread.start()
        self._connection: MessageBus | None = None
        try:
            self._connection = self._wait(self._join(address))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._wait(self._leave(self._connection))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(
        self, name: str, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> list[Any]:
        """What a method answers, with plain values instead of variants."""
        assert self._connection is not None
        message = Message(
            destination=name, path=path, interface=interface, member=member,
            signature=signature, body=list(body),
        )  # fmt: skip
        answer = self._wait(self._connection.call(message))
        assert answer is not None
        if answer.message_type is MessageType.ERROR:
            raise CallRefused(answer.error_name, *answer.body)
        return unpack_variants(answer.body)

    def properties(self, name: str, path: str, interface: str) -> dict[str, Any]:
        """All properties of an object's interface."""
        asked = "org.freedesktop.DBus.Properties", "GetAll", "s", interface
        found: dict[str, Any] = self.call(name, path, *asked)[0]
        return found

    def has_owner(self, name: str) -> bool:
        """If a program has this name."""
        return bool(self.call(_BUS, _BUS_PATH, _BUS, "NameHasOwner", "s", name)[0])

    def pid_of(self, name: str) -> int:
        """The process that has this name."""
        asked = "GetConnectionUnixProcessID", "s", name
        return int(self.call(_BUS, _BUS_PATH, _BUS, *asked)[0])

    async def _join(self, address: str) -> MessageBus:
        return await MessageBus(address).connect()

    async def _leave(self, connection: MessageBus) -> None:
        connection.disconnect()
        await connection.wait_for_disconnect()

    def _wait(self, asked: Coroutine[Any, Any, Any]) -> Any:
        limited = asyncio.wait_for(asked, WITHIN_S)
        return asyncio.run_coroutine_threadsafe(limited, self._loop).result(WITHIN_S + 1)

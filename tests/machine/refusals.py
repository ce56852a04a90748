"""Lets the mock of systemd-logind refuse locks."""

from __future__ import annotations

import asyncio

from dbus_fast import Message

from tests.machine.conftest import LOGIN, WITHIN_S, PrivateBus

#: What logind does for a program that belongs to no session at this computer.
_REFUSES = """
if args[3] in {modes!r}:
    name = "org.freedesktop.DBus.Error.AccessDenied"
    raise dbus.exceptions.DBusException("Permission denied", name=name)
globals().setdefault("inhibitors", []).append((*args, 1000, 123456))
ret = dbus.types.UnixFd(1)
"""


async def refuse(bus: PrivateBus, *modes: str) -> None:
    """Let logind refuse locks of these modes."""
    call = Message(
        destination=LOGIN, path="/org/freedesktop/login1",
        interface="org.freedesktop.DBus.Mock", member="AddMethod", signature="sssss",
        body=["org.freedesktop.login1.Manager", "Inhibit", "ssss", "h",
              _REFUSES.format(modes=modes)],
    )  # fmt: skip
    async with bus.connected() as connection:
        answer = await asyncio.wait_for(connection.call(call), WITHIN_S)
        assert answer.error_name is None, answer.body

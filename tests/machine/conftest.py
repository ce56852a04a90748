"""A system bus of our own, with a mock of systemd-logind on it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

LOGIN = "org.freedesktop.login1"
WITHIN_S = 20
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/>{rules}</policy></busconfig>
"""


def _what_is_missing() -> str | None:
    if shutil.which("dbus-daemon") is None:
        return "there is no dbus-daemon here"
    try:
        found = subprocess.run(["/usr/bin/python3", "-c", "import dbusmock"], capture_output=True)
    except FileNotFoundError:
        return "there is no /usr/bin/python3 here"
    return None if found.returncode == 0 else "/usr/bin/python3 has no dbusmock"


class PrivateBus:
    """A dbus-daemon that can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "bus"
        self._config = folder / "bus.conf"
        self.configure()
        self.address = f"unix:path={self._socket}"
        self._processes: list[asyncio.subprocess.Process] = []

    def configure(self, rules: str = "") -> None:
        """Further rules of its policy, from its next start on."""
        self._config.write_text(_CONFIG.format(socket=self._socket, rules=rules))

    async def start(self) -> None:
        command = ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--nopidfile"]
        daemon = await asyncio.create_subprocess_exec(
            *[*command, "--print-address=1"],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._processes.append(daemon)
        assert daemon.stdout is not None
        assert await asyncio.wait_for(daemon.stdout.readline(), WITHIN_S), "it does not listen"

    async def start_logind(self) -> None:
        """Start the mock, and wait until it has its name."""
        async with self.connected() as bus:
            owned = asyncio.Event()
            bus.add_message_handler(
                lambda message: owned.set() if message.member == "NameOwnerChanged" else None
            )
            rule = f"type='signal',member='NameOwnerChanged',arg0='{LOGIN}'"
            await self._ask(bus, "org.freedesktop.DBus", "AddMatch", "s", [rule])
            mock = await asyncio.create_subprocess_exec(
                *["/usr/bin/python3", "-m", "dbusmock", "--system", "-t", "logind"],
                env={"PATH": "/usr/bin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": self.address},
                stdout=asyncio.subprocess.DEVNULL,
            )
            self._processes.append(mock)
            await asyncio.wait_for(owned.wait(), WITHIN_S)

    async def announce(self, *, going_to_sleep: bool) -> None:
        """What logind says before and after a sleep."""
        async with self.connected() as bus:
            arguments = [Variant("b", going_to_sleep)]
            body = ["org.freedesktop.login1.Manager", "PrepareForSleep", "b", arguments]
            await self._ask(bus, LOGIN, "EmitSignal", "sssav", body)

    async def inhibitors(self) -> list[list[object]]:
        """What logind is kept from, by whom, why and how."""
        async with self.connected() as bus:
            call = Message(
                destination=LOGIN, path="/org/freedesktop/login1",
                interface="org.freedesktop.login1.Manager", member="ListInhibitors",
            )  # fmt: skip
            answer = await asyncio.wait_for(bus.call(call), WITHIN_S)
            assert answer.error_name is None, answer.body
            return [list(one[:4]) for one in answer.body[0]]

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[MessageBus]:
        bus = await MessageBus(self.address, negotiate_unix_fd=True).connect()
        try:
            yield bus
        finally:
            bus.disconnect()
            await bus.wait_for_disconnect()

    async def stop(self) -> None:
        """End the mock, then the daemon."""
        while self._processes:
            process = self._processes.pop()
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await asyncio.wait_for(process.communicate(), WITHIN_S)
        self._socket.unlink(missing_ok=True)

    async def _ask(
        self, bus: MessageBus, name: str, member: str, signature: str, body: list[object]
    ) -> None:
        mocked = name == LOGIN
        call = Message(
            destination=name,
            path="/org/freedesktop/login1" if mocked else "/org/freedesktop/DBus",
            interface="org.freedesktop.DBus.Mock" if mocked else name,
            member=member,
            signature=signature,
            body=body,
        )
        answer = await asyncio.wait_for(bus.call(call), WITHIN_S)
        assert answer.error_name is None, answer.body


@pytest.fixture
async def private_bus() -> AsyncIterator[PrivateBus]:
    missing = _what_is_missing()
    if missing is not None:
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        bus = PrivateBus(Path(folder))
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dbus_fast import Variant

from bgtasks_gui.machine import logind
from bgtasks_gui.machine.modes import buses, finding
from tests.machine.modes.conftest import Desk, Service

NAME, PATH = "org.example.Lamp", "/lamp"


def lamp() -> Service:
    return Service(
        NAME,
        PATH,
        {f"{NAME}.Lit": Variant("b", True)},
        {f"{NAME}.All": Variant("a{sv}", {"a": Variant("av", [Variant("u", 3)])})},
    )


async def test_asks_a_service(desk: Desk) -> None:
    async with desk.serving(lamp()), buses.connected("system", desk.address) as bus:
        assert await bus.property(NAME, PATH, NAME, "Lit") is True
        assert await bus.call(NAME, PATH, f"{NAME}.All") == {"a": [3]}
        assert await bus.names("org.example.") == [NAME]
        assert await bus.pid(NAME) == os.getpid()
        assert await bus.is_running(NAME, "The lamp")


async def test_a_refusal_is_told_from_silence(desk: Desk) -> None:
    async with desk.serving(lamp()), buses.connected("system", desk.address) as bus:
        with pytest.raises(buses.Refused, match=f"{NAME} refuses Get .*UnknownMethod"):
            await bus.property(NAME, PATH, NAME, "Dimmed")


async def test_nobody_is_started_by_being_asked(desk: Desk) -> None:
    await desk.install(NAME)
    async with buses.connected("system", desk.address) as bus:
        assert not await bus.is_running(NAME, "The lamp")
        with pytest.raises(buses.Refused, match="refuses Get"):
            await bus.property(NAME, PATH, NAME, "Lit")
        with pytest.raises(finding.Unavailable, match=r"^The radio is not installed$"):
            await bus.is_running("org.example.Radio", "The radio")
        assert await bus.pid(NAME) is None
    assert not desk.was_started


async def test_a_bus_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(finding.Unavailable, match=r"^there is no session bus$"):
        async with buses.connected("session", f"unix:path={tmp_path}/none"):
            pass
    with pytest.raises(finding.Unavailable, match=r"^the system bus cannot be reached"):
        async with buses.connected("system", "carrier-pigeon:path=/"):
            pass


async def test_a_bus_that_never_answers(tmp_path: Path) -> None:
    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_unix_server(keep_silent, str(tmp_path / "bus"))
    place = f"unix:path={tmp_path / 'bus'}"
    with pytest.raises(finding.Unavailable, match=r"^the system bus does not answer$"):
        async with buses.connected("system", place, timeout_s=0.05):
            pass
    silent.close()


async def test_where_the_buses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/told")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/elsewhere")
    assert buses.address("session") == "unix:path=/told"
    assert buses.address("system") == "unix:path=/elsewhere"
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    assert buses.address("session") == "unix:path=/run/user/1/bus"
    assert buses.address("system") == logind.ADDRESS
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert buses.address("session") is None
    with pytest.raises(finding.Unavailable, match="there is no session bus"):
        async with buses.connected("session"):
            pass


def test_d_bus_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, bgtasks_gui.machine.modes; assert 'dbus_fast' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

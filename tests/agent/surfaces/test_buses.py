from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bgtasks_gui.agent.surfaces import buses
from bgtasks_gui.core.notices import surface
from tests.agent.surfaces.services import IMPATIENT_S, WITHIN_S, FakeService
from tests.machine.conftest import PrivateBus

ECHO = buses.Service("org.example.Echo", "/org/example/Echo", "org.example.Echo1")
OTHER = "org.example.Other"


class Echo(FakeService):
    name, path, interface = ECHO.name, ECHO.path, ECHO.interface

    def answer(self, member: str, body: list[Any]) -> tuple[str, list[Any]] | str:
        return ("s", body) if member == "Echo" else "org.example.Error.Never"


class Heard:
    """What was told, in order, and a way to wait for more."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self._more = asyncio.Event()

    def __call__(self, *what: object) -> None:
        self.told.append(what)
        self._more.set()

    async def until(self, count: int) -> list[object]:
        async with asyncio.timeout(WITHIN_S):
            while len(self.told) < count:
                self._more.clear()
                await self._more.wait()
        return self.told


@pytest.fixture
async def bus(session_bus: PrivateBus) -> AsyncIterator[buses.SessionBus]:
    bus = buses.SessionBus(session_bus.address, timeout_s=WITHIN_S)
    yield bus
    await bus.close()


@pytest.fixture
async def echo(session_bus: PrivateBus) -> AsyncIterator[Echo]:
    echo = Echo(session_bus.address)
    await echo.start()
    yield echo
    await echo.stop()


async def test_a_service_answers(bus: buses.SessionBus, echo: Echo) -> None:
    await bus.open()
    await bus.open()
    assert await bus.call(ECHO, "Echo", "s", "hello") == ["hello"]
    assert echo.calls == [("Echo", "s", ["hello"])]


async def test_an_error_says_its_name(bus: buses.SessionBus, echo: Echo) -> None:
    await bus.open()
    said = r"^org\.example\.Echo refuses Never \(org\.example\.Error\.Never\)$"
    with pytest.raises(buses.Refused, match=said) as caught:
        await bus.call(ECHO, "Never")
    assert caught.value.code == "org.example.Error.Never"
    await echo.stop()
    with pytest.raises(buses.Refused, match="ServiceUnknown"):
        await bus.call(ECHO, "Echo", "s", "hello")


async def test_one_that_hangs_is_waited_for_a_little(session_bus: PrivateBus, echo: Echo) -> None:
    bus = buses.SessionBus(session_bus.address, timeout_s=IMPATIENT_S)
    await bus.open()
    echo.hangs = True
    late, unheard = Heard(), "nobody waits for it"
    with pytest.raises(surface.Unavailable, match=r"^org\.example\.Echo does not answer$"):
        await bus.call(ECHO, "Echo", "s", "slow", on_late=late)
    with pytest.raises(surface.Unavailable):
        await bus.call(ECHO, "Echo", "s", unheard)
    with pytest.raises(surface.Unavailable):
        await bus.call(ECHO, "Never", on_late=late)
    echo.answer_at_last()
    assert await late.until(1) == [(["slow"],)]
    assert await bus.call(ECHO, "Echo", "s", "again") == ["again"]
    assert len(late.told) == 1
    await bus.close()


async def test_who_gives_up_waiting_is_told_later(bus: buses.SessionBus, echo: Echo) -> None:
    await bus.open()
    echo.hangs = True
    late = Heard()
    asking = asyncio.create_task(bus.call(ECHO, "Echo", "s", "slow", on_late=late))
    await echo.called("Echo")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    echo.answer_at_last()
    assert await late.until(1) == [(["slow"],)]


async def test_it_is_told_who_owns_a_name(bus: buses.SessionBus, echo: Echo) -> None:
    owners = Heard()
    await bus.open()
    owner = await bus.follow(ECHO.name, owners)
    assert owner.startswith(":")
    assert await bus.follow(OTHER, Heard()) == ""
    await echo.stop()
    assert await owners.until(1) == [("",)]
    await echo.start()
    came = (await owners.until(2))[1]
    assert came != (owner,)


async def test_an_owner_is_told_apart_from_any_other(bus: buses.SessionBus, echo: Echo) -> None:
    await bus.open()
    await bus.follow(ECHO.name, lambda owner: None)
    first = await bus.origin(ECHO.name)
    assert await bus.origin(ECHO.name) == first
    heard = Heard()
    await bus.follow(ECHO.name, heard)
    await echo.stop()
    await echo.start()
    await heard.until(2)
    second = await bus.origin(ECHO.name)
    assert second.split()[0] == first.split()[0]
    assert second != first


async def test_signals_come_from_the_owner_alone(
    bus: buses.SessionBus, echo: Echo, session_bus: PrivateBus
) -> None:
    signals = Heard()
    await bus.open()
    await bus.follow(ECHO.name, Heard())
    await bus.listen(ECHO, signals)
    stranger = Echo(session_bus.address)
    stranger.name = OTHER
    await stranger.start()
    await stranger.emit("Sang", "s", "false")
    await echo.emit("Sang", "su", "true", 3)
    await stranger.stop()
    assert await signals.until(1) == [("Sang", ["true", 3])]


async def test_a_signal_goes_to_everybody(bus: buses.SessionBus, session_bus: PrivateBus) -> None:
    heard = Heard()
    await bus.open()
    async with session_bus.connected() as other:
        other.add_message_handler(lambda message: heard(message.member, message.body))
        listener = buses.SessionBus(session_bus.address, timeout_s=WITHIN_S)
        await listener.open()
        await bus.emit("/org/example", "org.example.Song", "Sang", "s", "la")
        await listener.close()
    with pytest.raises(surface.Unavailable, match="not connected"):
        await listener.emit("/org/example", "org.example.Song", "Sang", "s", "la")


async def test_a_bus_that_ends_is_told_and_can_come_back(
    bus: buses.SessionBus, session_bus: PrivateBus
) -> None:
    lost, owners = Heard(), Heard()
    bus.on_lost = lost
    await bus.open()
    await bus.follow(ECHO.name, owners)
    await session_bus.stop()
    await lost.until(1)
    with pytest.raises(surface.Unavailable, match="the session bus is not connected"):
        await bus.call(ECHO, "Echo", "s", "hello")
    with pytest.raises(surface.Unavailable, match="there is no session bus"):
        await bus.open()
    await session_bus.start()
    await bus.open()
    assert await bus.follow(ECHO.name, owners) == ""
    assert len(lost.told) == 1


async def test_a_bus_that_ends_ends_the_calls_on_it(
    bus: buses.SessionBus, session_bus: PrivateBus, echo: Echo
) -> None:
    await bus.open()
    echo.hangs = True
    asking = asyncio.create_task(bus.call(ECHO, "Echo", "s", "slow"))
    await echo.called("Echo")
    await session_bus.stop()
    with pytest.raises(surface.Unavailable, match="the session bus went away"):
        await asking


async def test_closing_ends_the_calls_on_it(bus: buses.SessionBus, echo: Echo) -> None:
    await bus.open()
    echo.hangs = True
    asking = asyncio.create_task(bus.call(ECHO, "Echo", "s", "slow"))
    await echo.called("Echo")
    await bus.close()
    with pytest.raises(surface.Unavailable, match="the session bus went away"):
        await asking


async def test_after_closing_nothing_is_told(session_bus: PrivateBus, echo: Echo) -> None:
    bus = buses.SessionBus(session_bus.address)
    bus.on_lost = lost = Heard()
    await bus.close()
    await bus.open()
    await bus.close()
    await bus.close()
    assert lost.told == []
    with pytest.raises(surface.Unavailable, match="not connected"):
        await bus.call(ECHO, "Echo", "s", "hello")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("unix:path={}/none", "there is no session bus"),
        ("disabled:", "the session bus cannot be reached"),
        ("unix:path={}/file", "the session bus cannot be reached"),
    ],
)
async def test_without_a_bus_that_is_said(tmp_path: Path, address: str, said: str) -> None:
    (tmp_path / "file").touch()
    bus = buses.SessionBus(address.format(tmp_path))
    with pytest.raises(surface.Unavailable, match=said):
        await bus.open()


async def test_a_bus_that_hangs_is_waited_for_a_little(tmp_path: Path) -> None:
    over = asyncio.Event()

    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_unix_server(be_silent, tmp_path / "bus")
    bus = buses.SessionBus(f"unix:path={tmp_path}/bus", timeout_s=IMPATIENT_S)
    with pytest.raises(surface.Unavailable, match="the session bus does not answer"):
        await bus.open()
    over.set()
    server.close()
    await server.wait_closed()


def test_the_environment_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/a/bus")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert buses.find_address() == "unix:path=/a/bus"
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert buses.find_address() == "unix:path=/run/user/7/bus"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert buses.find_address() is None


async def test_where_nothing_says_so_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with pytest.raises(surface.Unavailable, match="there is no session bus"):
        await buses.SessionBus().open()


async def test_without_the_library_that_is_said(
    bus: buses.SessionBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dbus_fast.aio", None)
    with pytest.raises(surface.Unavailable, match="the session bus is not spoken here"):
        await bus.open()


def test_a_text_is_made_fit_for_the_bus() -> None:
    assert buses.plain("50 % of é\0\udc80") == "50 % of é?"


def test_nothing_of_it_is_loaded_before_a_bus_is_there() -> None:
    code = "import sys, bgtasks_gui.agent.surfaces.buses; sys.exit('dbus_fast' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WITHIN_S)

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.machine import logind
from tests.machine.conftest import WITHIN_S, PrivateBus

ABSENT = "Sleep is noticed by the clock only: there is no system bus."


class Pauses:
    """Waits that a test lets go, one at a time."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._begun = asyncio.Event()
        self._over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._begun.set()
        await self._over.wait()
        self._over.clear()

    async def begun(self) -> None:
        await asyncio.wait_for(self._begun.wait(), WITHIN_S)

    def let_go(self) -> None:
        self._begun.clear()
        self._over.set()


class Listener:
    """Iterates a watch in a task of its own."""

    def __init__(self, watch: logind.SleepWatch) -> None:
        self.heard: asyncio.Queue[bool] = asyncio.Queue()
        self._task = asyncio.create_task(self._listen(watch))

    async def _listen(self, watch: logind.SleepWatch) -> None:
        async for event in watch.events():
            self.heard.put_nowait(event.going_to_sleep)

    async def next(self) -> bool:
        return await asyncio.wait_for(self.heard.get(), WITHIN_S)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def listeners() -> AsyncIterator[list[Listener]]:
    started: list[Listener] = []
    yield started
    for listener in started:
        await listener.close()


async def announce_until_heard(bus: PrivateBus, listener: Listener) -> bool:
    """The watch connects by itself; what is announced before is not for it to hear."""
    async with asyncio.timeout(WITHIN_S):
        while listener.heard.empty():
            await bus.announce(going_to_sleep=True)
    first = await listener.next()
    await asyncio.sleep(0)
    while not listener.heard.empty():
        listener.heard.get_nowait()
    return first


async def test_hears_of_sleep_and_of_waking(
    private_bus: PrivateBus, listeners: list[Listener]
) -> None:
    await private_bus.start_logind()
    watch = logind.SleepWatch(private_bus.address)
    assert watch.status == "Sleep is not watched yet."
    listeners.append(Listener(watch))
    assert await announce_until_heard(private_bus, listeners[0]) is True
    assert watch.status == "Sleep is announced by systemd-logind."
    await private_bus.announce(going_to_sleep=False)
    assert await listeners[0].next() is False


async def test_survives_the_bus(private_bus: PrivateBus, listeners: list[Listener]) -> None:
    await private_bus.start_logind()
    pauses = Pauses()
    watch = logind.SleepWatch(private_bus.address, pause=pauses)
    listeners.append(Listener(watch))
    await announce_until_heard(private_bus, listeners[0])
    await private_bus.stop()
    await pauses.begun()
    assert watch.status == "Sleep is noticed by the clock only: the system bus went away."
    pauses.let_go()
    await pauses.begun()
    assert watch.status == ABSENT
    assert pauses.asked == [1.0, 2.0]
    await private_bus.start()
    await private_bus.start_logind()
    pauses.let_go()
    assert await announce_until_heard(private_bus, listeners[0]) is True
    assert watch.status == "Sleep is announced by systemd-logind."
    await private_bus.stop()
    await pauses.begun()
    assert pauses.asked == [1.0, 2.0, 1.0]


async def test_a_bus_without_logind_is_listened_to(
    private_bus: PrivateBus, listeners: list[Listener]
) -> None:
    watch = logind.SleepWatch(private_bus.address)
    listeners.append(Listener(watch))
    async with asyncio.timeout(WITHIN_S):
        while "logind" not in watch.status:
            async with private_bus.connected():  # gives it the time of a connection
                pass
    assert watch.status == "Sleep is noticed by the clock only: systemd-logind does not run."
    await private_bus.start_logind()
    await private_bus.announce(going_to_sleep=True)
    assert await listeners[0].next() is True


async def test_without_a_bus_it_is_quiet_and_asks_less_and_less(
    tmp_path: Path, listeners: list[Listener]
) -> None:
    pauses = Pauses()
    watch = logind.SleepWatch(f"unix:path={tmp_path / 'none'}", pause=pauses)
    listeners.append(Listener(watch))
    for _ in range(11):
        await pauses.begun()
        pauses.let_go()
    await pauses.begun()
    assert watch.status == ABSENT
    assert pauses.asked == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert listeners[0].heard.empty()


async def test_a_bus_that_never_answers_is_no_bus(
    tmp_path: Path, listeners: list[Listener]
) -> None:
    connected = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    silent = await asyncio.start_unix_server(keep_silent, str(tmp_path / "bus"))
    pauses = Pauses()
    watch = logind.SleepWatch(f"unix:path={tmp_path / 'bus'}", timeout_s=0.05, pause=pauses)
    listeners.append(Listener(watch))
    await pauses.begun()
    assert connected.is_set()
    assert watch.status == "Sleep is noticed by the clock only: the system bus does not answer."
    silent.close()


async def test_a_bus_that_refuses_is_no_bus(
    private_bus: PrivateBus, listeners: list[Listener]
) -> None:
    await private_bus.stop()
    private_bus.configure('<deny send_interface="org.freedesktop.DBus" send_member="AddMatch"/>')
    await private_bus.start()
    pauses = Pauses()
    watch = logind.SleepWatch(private_bus.address, pause=pauses)
    listeners.append(Listener(watch))
    await pauses.begun()
    assert "refuses AddMatch (org.freedesktop.DBus.Error.AccessDenied)" in watch.status


async def test_a_door_that_closes_at_once_is_no_bus(
    tmp_path: Path, listeners: list[Listener]
) -> None:
    closing = await asyncio.start_unix_server(lambda _, writer: writer.close(), tmp_path / "bus")
    pauses = Pauses()
    watch = logind.SleepWatch(f"unix:path={tmp_path / 'bus'}", pause=pauses)
    listeners.append(Listener(watch))
    await pauses.begun()
    assert watch.status.startswith("Sleep is noticed by the clock only: the system bus cannot be")
    closing.close()


async def test_an_address_that_is_none(listeners: list[Listener]) -> None:
    pauses = Pauses()
    watch = logind.SleepWatch("carrier-pigeon:path=/", pause=pauses)
    listeners.append(Listener(watch))
    await pauses.begun()
    assert watch.status.startswith("Sleep is noticed by the clock only: the system bus cannot be")


def test_the_address_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/elsewhere")
    assert logind.SleepWatch()._address == "unix:path=/elsewhere"
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS")
    assert logind.SleepWatch()._address == logind.ADDRESS


def test_d_bus_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, bgtasks_gui.machine.logind; assert 'dbus_fast' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

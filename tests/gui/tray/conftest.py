"""What tests of the tray share: both loops at once, and a session bus with a tray on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QSystemTrayIcon

from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.tray import hosts
from tests.client.support.little_agent import LittleAgent
from tests.gui.tray.support.watcher import Watcher
from tests.machine.conftest import PrivateBus

PATIENCE_S = 30.0
_NAME = "tests of the tray"


@pytest.fixture
def until(qapp: QCoreApplication) -> Callable[[Callable[[], object]], object]:
    """Wait for something while both loops go on: Qt's and the one of the test."""

    async def wait(has_come: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not has_come():
                qapp.processEvents()
                await asyncio.sleep(0.001)

    return wait


@pytest.fixture
def tray_of_qt(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether Qt finds a tray: the last one counts. There is no session bus."""
    answers = [False]
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: answers[-1])
    monkeypatch.setattr(hosts, "watch", lambda _parent: None)
    return answers


@pytest.fixture
def performer(qapp: QCoreApplication) -> Performer:
    """One whose agent knows no runs, for what is only shown."""
    return Performer(Client(asgi.AsgiTransport(LittleAgent().app)), Asked())


@pytest.fixture
async def private_bus(tmp_path: Path) -> AsyncIterator[PrivateBus]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("there is no dbus-daemon here")
    bus = PrivateBus(tmp_path)
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture
def qt_bus(private_bus: PrivateBus) -> Iterator[QDBusConnection]:
    """The same bus as Qt sees it."""
    yield QDBusConnection.connectToBus(private_bus.address, _NAME)
    QDBusConnection.disconnectFromBus(_NAME)


@pytest.fixture
def session_bus(qt_bus: QDBusConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """This bus is the one of the session; Qt finds no tray of another kind."""
    monkeypatch.setattr(hosts, "watch", lambda parent: hosts.Hosts(qt_bus, parent))
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)


@pytest.fixture
async def watcher(private_bus: PrivateBus) -> AsyncIterator[Watcher]:
    """What a panel with a tray brings to the bus, once it is started."""
    async with private_bus.connected() as bus:
        yield Watcher(bus)


@pytest.fixture(autouse=True)
def _nothing_is_left(qapp: QCoreApplication) -> Iterator[None]:
    """What was to be deleted later is deleted before the next test."""
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

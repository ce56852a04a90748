from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection

from bgtasks_gui.gui.tray import hosts
from bgtasks_gui.gui.tray.hosts import Hosts
from tests.gui.tray.support.watcher import Watcher
from tests.machine.conftest import PrivateBus

Until = Callable[[Callable[[], object]], Awaitable[None]]
Seen = tuple[bool, bool]


@pytest.fixture
def found(qt_bus: QDBusConnection) -> Iterator[Hosts]:
    one = Hosts(qt_bus)
    yield one
    one.close()


@pytest.fixture
def told(found: Hosts) -> list[Seen]:
    """Watcher and host after each change."""
    seen: list[Seen] = []
    found.changed.connect(lambda: seen.append((found.has_watcher, found.has_host)))
    return seen


async def test_a_tray_that_is_there_is_found(
    watcher: Watcher, qt_bus: QDBusConnection, until: Until
) -> None:
    await watcher.start()
    found = Hosts(qt_bus)
    assert not found.is_known
    await until(lambda: found.is_known)
    assert (found.has_watcher, found.has_host) == (True, True)
    found.close()


async def test_that_there_is_none_is_known_too(
    found: Hosts, told: list[Seen], until: Until
) -> None:
    await until(lambda: found.is_known)
    assert told == [(False, False)]


async def test_a_tray_that_comes_late_and_goes_is_followed(
    watcher: Watcher, found: Hosts, told: list[Seen], until: Until
) -> None:
    await until(lambda: found.is_known)
    for _ in range(2):
        await watcher.start()
        await until(lambda: found.has_host)
        await watcher.stop()
        await until(lambda: not found.has_watcher)
    assert told == [(False, False), (True, True), (False, False), (True, True), (False, False)]


async def test_a_watcher_without_anybody_who_shows_icons_is_no_tray(
    watcher: Watcher, found: Hosts, told: list[Seen], until: Until
) -> None:
    watcher.has_host = False
    await watcher.start()
    await until(lambda: found.has_watcher)
    assert not found.has_host
    await watcher.show(True)
    await until(lambda: found.has_host)
    await watcher.show(False)
    await until(lambda: not found.has_host)
    assert told[-3:] == [(True, False), (True, True), (True, False)]


async def test_an_answer_that_comes_after_the_tray_has_gone_is_void(
    watcher: Watcher, found: Hosts, told: list[Seen], until: Until
) -> None:
    await until(lambda: found.is_known)
    watcher.is_slow = True
    await watcher.start()
    await until(lambda: watcher.asked)
    await watcher.stop()
    await watcher.answer()
    watcher.is_slow = watcher.has_host = False
    await watcher.start()
    await until(lambda: found.has_watcher)
    # Nothing was told of the host that there had been.
    assert told == [(False, False), (True, False)]


async def test_after_its_end_it_asks_nothing_more(
    watcher: Watcher, found: Hosts, told: list[Seen], until: Until, private_bus: PrivateBus
) -> None:
    await until(lambda: found.is_known)
    await watcher.start()
    await until(lambda: found.has_host)
    asked = watcher.asked
    found.close()
    await watcher.stop()
    await watcher.start()
    # A second one hears of the same, so the first would have, too.
    bus = QDBusConnection.connectToBus(private_bus.address, "another")
    other = Hosts(bus)
    await until(lambda: other.has_host)
    assert (watcher.asked, len(told)) == (asked + 1, 2)
    other.close()
    QDBusConnection.disconnectFromBus("another")


@pytest.mark.usefixtures("qapp")
def test_without_a_session_bus_there_is_nothing_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        QDBusConnection, "sessionBus", lambda: QDBusConnection.connectToBus("disabled:", "none")
    )
    parent = QObject()
    assert hosts.watch(parent) is None

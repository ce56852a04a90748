from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.tray import hosts, presence
from bgtasks_gui.gui.tray.hosts import Hosts
from bgtasks_gui.gui.tray.presence import Kind, Presence
from tests.gui.tray.support.watcher import Watcher

Until = Callable[[Callable[[], object]], Awaitable[None]]
LOOKS = 30


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_FOR_S", LOOKS * 0.001)
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.001)


@pytest.fixture
def found(qapp: object, _hurried: None) -> Iterator[Presence]:
    one = Presence()
    yield one
    one.stop()


@pytest.fixture
def told(found: Presence) -> list[tuple[bool, Kind]]:
    seen: list[tuple[bool, Kind]] = []
    found.changed.connect(lambda is_there: seen.append((is_there, found.kind)))
    return seen


def is_looking(found: Presence) -> bool:
    timer = found.findChild(QTimer)
    assert timer is not None
    return timer.isActive()


# Without a bus


def test_nothing_is_known_before_the_start_and_after_the_end(
    found: Presence, told: list[tuple[bool, Kind]], tray_of_qt: list[bool]
) -> None:
    tray_of_qt.append(True)
    assert not found.look()
    assert not is_looking(found)
    found.start()
    found.stop()
    assert not found.look()
    assert not is_looking(found)
    assert told == [(True, Kind.OTHER)]


def test_a_tray_that_is_there_is_told_at_once(
    found: Presence, told: list[tuple[bool, Kind]], tray_of_qt: list[bool]
) -> None:
    tray_of_qt.append(True)
    found.start()
    assert told == [(True, Kind.OTHER)]


def test_it_is_looked_for_during_a_minute_and_then_no_timer_is_left(
    found: Presence, told: list[tuple[bool, Kind]], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    looks: list[None] = []
    monkeypatch.setattr(hosts, "watch", lambda _parent: None)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: bool(looks.append(None)))
    found.start()
    qtbot.waitUntil(lambda: not is_looking(found))
    # The first is the start itself.
    assert (len(looks), told) == (LOOKS + 1, [])


def test_the_minute_is_one() -> None:
    assert (presence.LOOK_FOR_S, presence.LOOK_EVERY_S) == (60, 2)


def test_one_that_comes_late_and_goes_is_told(
    found: Presence, told: list[tuple[bool, Kind]], tray_of_qt: list[bool], qtbot: QtBot
) -> None:
    found.start()
    tray_of_qt.append(True)
    qtbot.waitUntil(lambda: told == [(True, Kind.OTHER)])
    tray_of_qt.append(False)
    qtbot.waitUntil(lambda: told == [(True, Kind.OTHER), (False, Kind.NONE)])


def test_whoever_asks_is_told_what_is_true_now(
    found: Presence, told: list[tuple[bool, Kind]], tray_of_qt: list[bool], qtbot: QtBot
) -> None:
    found.start()
    qtbot.waitUntil(lambda: not is_looking(found))
    tray_of_qt.append(True)
    assert found.look()
    assert told == [(True, Kind.OTHER)]


# On the session bus


@pytest.mark.usefixtures("session_bus")
async def test_a_tray_on_the_bus_is_followed_without_a_timer(
    found: Presence, told: list[tuple[bool, Kind]], watcher: Watcher, until: Until
) -> None:
    await watcher.start()
    found.start()
    await until(lambda: told)
    assert not is_looking(found)
    await watcher.stop()
    await until(lambda: len(told) == 2)
    await watcher.start()
    await until(lambda: len(told) == 3)
    assert told == [(True, Kind.BUS), (False, Kind.NONE), (True, Kind.BUS)]


@pytest.mark.usefixtures("session_bus")
async def test_a_panel_that_leaves_is_not_taken_for_a_tray_of_another_kind(
    found: Presence,
    told: list[tuple[bool, Kind]],
    watcher: Watcher,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await watcher.start()
    found.start()
    await until(lambda: told)
    # Its window is there for a moment longer than its name on the bus.
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    await watcher.stop()
    await until(lambda: len(told) == 2)
    assert told[1] == (False, Kind.NONE)
    assert not found.look()
    # If it still is there later, it is a tray.
    await until(lambda: told[2:] == [(True, Kind.OTHER)])


@pytest.mark.usefixtures("session_bus")
async def test_no_other_tray_is_told_before_the_bus_has_answered(
    found: Presence,
    told: list[tuple[bool, Kind]],
    watcher: Watcher,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    await watcher.start()
    found.start()
    assert told == []
    await until(lambda: told)
    assert told == [(True, Kind.BUS)]


@pytest.mark.usefixtures("session_bus")
async def test_a_tray_of_another_kind_becomes_one_on_the_bus(
    found: Presence,
    told: list[tuple[bool, Kind]],
    watcher: Watcher,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    found.start()
    await until(lambda: told == [(True, Kind.OTHER)])
    await watcher.start()
    await until(lambda: told == [(True, Kind.OTHER), (True, Kind.BUS)])


@pytest.mark.usefixtures("session_bus")
async def test_a_watcher_that_nobody_shows_the_icons_of_is_no_tray(
    found: Presence, watcher: Watcher, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Qt would put the icon there and believe that it is seen.
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    watcher.has_host = False
    await watcher.start()
    found.start()
    await until(lambda: watcher.asked)
    await until(lambda: found.findChild(Hosts).is_known)
    assert not found.look()
    await watcher.show(True)
    await until(found.look)

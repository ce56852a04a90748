from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from msgspec.structs import replace

from bgtasks_gui.agent.surfaces import launcher
from bgtasks_gui.core.notices import notice, surface
from tests.machine.conftest import PrivateBus

WITHIN_S = 20
UNITY = "com.canonical.Unity"
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIVE = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Photos", body="50 %", fraction=0.5
)
OTHER = replace(LIVE, key="live:r2", fraction=0.25)
ENDLESS = replace(LIVE, key="live:r3", fraction=None)
NEEDS_YOU = replace(LIVE, key="needs_you:r4", kind=notice.Kind.NEEDS_YOU, fraction=None)
FAILED = replace(LIVE, key="failed:r5", kind=notice.Kind.FAILED)


def icon(
    count: int, progress: float | None = None, *, urgent: bool = False
) -> list[str | dict[str, Variant]]:
    """What a dock hears."""
    return [
        "application://bgtasks.desktop",
        {
            "count": Variant("x", count),
            "count-visible": Variant("b", count > 0),
            "progress": Variant("d", progress or 0.0),
            "progress-visible": Variant("b", progress is not None),
            "urgent": Variant("b", urgent),
        },
    ]


class Dock:
    """Hears the signals of programs, as a dock does, and can ask for what it missed."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        bus.add_message_handler(self._hear)

    async def listen(self) -> None:
        rule = f"type='signal',interface='{launcher.INTERFACE}',member='Update'"
        daemon = "org.freedesktop.DBus"
        await self.call(daemon, "/org/freedesktop/DBus", daemon, "AddMatch", "s", [rule])

    async def call(
        self, name: str, path: str, interface: str | None, member: str, *more: Any
    ) -> Message:
        call = Message(name, path, interface, member, MessageType.METHOD_CALL)
        if more:
            call.signature, call.body = more
        return await asyncio.wait_for(self.bus.call(call), WITHIN_S)

    async def hear(self) -> Message:
        return await asyncio.wait_for(self._heard.get(), WITHIN_S)

    def heard_all(self) -> bool:
        return self._heard.empty()

    def _hear(self, message: Message) -> None:
        if message.interface == launcher.INTERFACE:
            self._heard.put_nowait(message)


@pytest.fixture
async def dock(session_bus: PrivateBus) -> AsyncIterator[Dock]:
    async with session_bus.connected() as bus:
        made = Dock(bus)
        await made.listen()
        yield made


@pytest.fixture
async def entry(session_bus: PrivateBus) -> AsyncIterator[launcher.LauncherEntry]:
    made = launcher.LauncherEntry(session_bus.address)
    assert (await made.probe()).is_available
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], launcher.Entry()),
        ([LIVE], launcher.Entry(count=1, percent=50)),
        ([LIVE, OTHER, ENDLESS], launcher.Entry(count=3, percent=38)),
        ([replace(LIVE, fraction=1.5)], launcher.Entry(count=1, percent=100)),
        ([ENDLESS], launcher.Entry(count=1)),
        ([NEEDS_YOU], launcher.Entry(is_urgent=True)),
        ([FAILED], launcher.Entry()),
    ],
)
def test_it_is_the_mean_of_what_goes_on(
    told: list[notice.Notice], expected: launcher.Entry
) -> None:
    assert launcher.entry_of(told) == expected


async def test_docks_hear_of_each_change_once(entry: launcher.LauncherEntry, dock: Dock) -> None:
    await entry.show(LIVE)
    heard = await dock.hear()
    assert (heard.path, heard.member) == (
        "/com/canonical/unity/launcherentry/bgtasks",
        "Update",
    )
    assert (heard.signature, heard.body) == ("sa{sv}", icon(1, 0.5))
    await entry.show(replace(LIVE, fraction=0.501))
    await entry.show(FAILED)
    await entry.show(OTHER)
    assert (await dock.hear()).body == icon(2, 0.38)
    await entry.show(NEEDS_YOU)
    assert (await dock.hear()).body == icon(2, 0.38, urgent=True)
    await entry.withdraw("needs_you:r4")
    await entry.withdraw("needs_you:r4")
    assert (await dock.hear()).body == icon(2, 0.38)
    await entry.withdraw("live:r1")
    await entry.withdraw("live:r2")
    assert (await dock.hear()).body == icon(1, 0.25)
    assert (await dock.hear()).body == icon(0)
    assert dock.heard_all()


async def test_a_dock_that_starts_later_can_ask(entry: launcher.LauncherEntry, dock: Dock) -> None:
    await entry.show(LIVE)
    sender = (await dock.hear()).sender
    assert sender is not None
    for interface in (launcher.INTERFACE, None):
        answer = await dock.call(sender, launcher.PATH, interface, "Query")
        assert (answer.signature, answer.body) == ("sa{sv}", icon(1, 0.5))
    for path, interface in (("/elsewhere", launcher.INTERFACE), (launcher.PATH, "a.b")):
        answer = await dock.call(sender, path, interface, "Query")
        assert answer.message_type is MessageType.ERROR


async def test_a_dock_that_announces_itself_is_told(
    entry: launcher.LauncherEntry, dock: Dock
) -> None:
    probes: asyncio.Queue[None] = asyncio.Queue()
    entry.on_changed = lambda: probes.put_nowait(None)
    assert (await entry.probe()).sentence.startswith("no dock has announced itself")
    await dock.bus.request_name(UNITY)
    await asyncio.wait_for(probes.get(), WITHIN_S)
    assert (await entry.probe()).sentence == "a dock shows a count and progress"
    assert dock.heard_all()
    await entry.show(LIVE)
    await dock.hear()
    await dock.bus.release_name(UNITY)
    await asyncio.wait_for(probes.get(), WITHIN_S)
    await dock.bus.request_name(UNITY)
    await asyncio.wait_for(probes.get(), WITHIN_S)
    assert (await dock.hear()).body == icon(1, 0.5)


async def test_closing_clears_the_icon(entry: launcher.LauncherEntry, dock: Dock) -> None:
    await entry.show(LIVE)
    await entry.close()
    assert (await dock.hear()).body == icon(1, 0.5)
    assert (await dock.hear()).body == icon(0)


async def test_a_bus_that_goes_and_comes_back(session_bus: PrivateBus) -> None:
    entry = launcher.LauncherEntry(session_bus.address)
    await entry.probe()
    await entry.show(LIVE)
    lost = asyncio.Event()
    entry.on_changed = lost.set
    await session_bus.stop()
    await asyncio.wait_for(lost.wait(), WITHIN_S)
    with pytest.raises(surface.Unavailable):
        await entry.show(LIVE)
    assert (await entry.probe()) == surface.Probe(
        is_available=False, sentence="there is no session bus"
    )
    await session_bus.start()
    assert (await entry.probe()).is_available
    async with session_bus.connected() as bus:
        dock = Dock(bus)
        await dock.listen()
        await entry.show(LIVE)
        assert (await dock.hear()).body == icon(1, 0.5)
    await entry.close()


async def test_without_a_session_bus_it_says_so(tmp_path: Path) -> None:
    entry = launcher.LauncherEntry(f"unix:path={tmp_path}/bus")
    assert (await entry.probe()).sentence == "there is no session bus"
    await entry.close()

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent.running.transfers.roaming import Roaming
from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.machine import network

HOME = frozenset({("wlan0", "192.0.2.7")})
NONE: network.Networks = frozenset()
_C = reasons.Code
CUT = transfers.Failed(code=_C.CONNECTION, detail="there is no way out", is_passing=True)
REFUSED = transfers.Failed(code=_C.SERVER_ANSWER, detail="404 Not Found")
FAR = "https://example.org/a"


class Air:
    """Networks that come and go as a test says."""

    def __init__(self) -> None:
        self.seen: asyncio.Queue[network.Networks] = asyncio.Queue()
        self.changed = asyncio.Event()
        self.count = 0
        self.roaming = Roaming(self._on_change, self._changes)

    def _on_change(self) -> None:
        self.count += 1
        self.changed.set()

    async def _changes(self) -> AsyncIterator[network.Networks]:
        while True:
            yield await self.seen.get()

    async def becomes(self, networks: network.Networks) -> None:
        self.seen.put_nowait(networks)
        await asyncio.wait_for(self.changed.wait(), 10)
        self.changed.clear()


async def test_only_changes_are_told() -> None:
    air = Air()
    air.roaming.follow(True)
    air.roaming.follow(True)
    air.seen.put_nowait(HOME)
    await air.becomes(NONE)
    assert (air.count, air.roaming.is_connected) == (1, False)
    await air.becomes(HOME)
    assert (air.count, air.roaming.is_connected) == (2, True)
    air.roaming.follow(False)
    assert air.roaming.is_connected is None


@pytest.mark.parametrize(
    ("url", "outcome", "is_excused"),
    [
        (FAR, CUT, True),
        (FAR, REFUSED, False),
        (FAR, transfers.Stopped(), False),
        ("http://localhost:80/a", CUT, False),
        ("http://127.0.0.1/a", CUT, False),
        ("http://[::1]/a", CUT, False),
    ],
)
async def test_without_a_network_nothing_is_held_against_it(
    url: str, outcome: transfers.Outcome, is_excused: bool
) -> None:
    air = Air()
    assert not air.roaming.excuses(url, outcome)
    air.roaming.follow(True)
    air.seen.put_nowait(HOME)
    await air.becomes(NONE)
    assert air.roaming.excuses(url, outcome) is is_excused
    await air.becomes(HOME)
    assert not air.roaming.excuses(url, outcome)
    air.roaming.follow(False)


async def test_only_what_moves_keeps_the_computer_awake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    air = Air()
    wanted: list[bool] = []
    monkeypatch.setattr(air.roaming.awake, "want", wanted.append)
    air.roaming.follow(True, moves=True)
    air.roaming.follow(True)
    air.roaming.follow(False)
    assert wanted == [True, False, False]

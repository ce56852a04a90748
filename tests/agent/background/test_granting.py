"""What each owner may do, kept over restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import granting
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import access, codes
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.store import SqliteStore
from tests.fakes.manual_clock import ManualClock

PLAYER = access.Access(owner="player", modes=(Mode.AUDIO_PLAYBACK,))


class Granted:
    """Access over a real store, and whose changed."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.book = ledger.Ledger(store, bus.Bus(), ManualClock())
        self.grants = granting.Granting(self.book)
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.is_closed = False
        self.grants.on_changed.append(self._changed)
        self.grants.on_removed.append(self._removed)

    async def _changed(self, owner: str) -> None:
        self.changed.append(owner)

    async def _removed(self, owner: str) -> None:
        self.removed.append(owner)

    async def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self.book.drain()
            await self.store.close()


@pytest.fixture
async def granted(tmp_path: Path) -> AsyncIterator[Granted]:
    store = SqliteStore(tmp_path / "tasks.sqlite")
    await store.open()
    one = Granted(store)
    yield one
    await one.close()


async def test_nobody_may_anything_at_first(granted: Granted) -> None:
    await granted.grants.restore(granted.store)
    assert granted.grants.all() == ()
    assert granted.grants.find("player") is None


async def test_what_is_granted_outlives_the_agent(granted: Granted) -> None:
    barred = access.Access(owner="ads", keep_running=False)
    await granted.grants.grant(PLAYER)
    await granted.grants.grant(barred)
    assert granted.changed == ["player", "ads"]
    later = granting.Granting(granted.book)
    await later.restore(granted.store)
    assert later.all() == (barred, PLAYER)
    assert later.find("player") == PLAYER


async def test_a_later_grant_takes_the_place_of_the_one_before(granted: Granted) -> None:
    await granted.grants.grant(PLAYER)
    wider = access.Access(owner="player", modes=(Mode.VOIP,))
    await granted.grants.grant(wider)
    assert granted.grants.all() == (wider,)


async def test_an_owner_can_be_forgotten(granted: Granted) -> None:
    await granted.grants.grant(PLAYER)
    assert await granted.grants.remove("player") == PLAYER
    assert granted.grants.all() == ()
    assert granted.removed == ["player"]
    with pytest.raises(errors.NotFound, match="'player'"):
        await granted.grants.remove("player")


async def test_everybody_who_listens_is_told(granted: Granted) -> None:
    heard: list[str] = []

    async def hear(owner: str) -> None:
        heard.append(owner)

    granted.grants.on_changed.append(hear)
    granted.grants.on_removed.append(hear)
    await granted.grants.grant(access.Access(owner="indexer", is_system=True))
    await granted.grants.remove("indexer")
    assert (heard, granted.changed, granted.removed) == (["indexer"] * 2, ["indexer"], ["indexer"])


async def test_an_owner_has_a_name(granted: Granted) -> None:
    with pytest.raises(codes.BadParameter):
        await granted.grants.grant(access.Access(owner=" "))


async def test_what_cannot_be_stored_is_not_granted(granted: Granted) -> None:
    await granted.grants.grant(PLAYER)
    await granted.close()
    with pytest.raises(errors.StorageUnavailable):
        await granted.grants.remove("player")
    assert granted.grants.find("player") == PLAYER
    assert granted.removed == []


async def test_what_cannot_be_read_grants_nothing(
    granted: Granted, caplog: pytest.LogCaptureFixture
) -> None:
    await granted.book.keep_fact(granting.FACT, '{"no": "list"}')
    await granted.grants.restore(granted.store)
    assert granted.grants.all() == ()
    assert "cannot be read" in caplog.text

from __future__ import annotations

import logging

import pytest

from bgtasks_gui.agent.telling.memory import Memory
from bgtasks_gui.core import errors, ports
from tests.fakes.memory_store import MemoryStore


class FullStore(MemoryStore):
    """Nothing can be read or written."""

    async def fact(self, name: str) -> str | None:
        raise errors.StorageUnavailable("The disk is full.")

    async def write(self, change: ports.Change) -> None:
        raise errors.StorageUnavailable("The disk is full.")


async def test_each_surface_remembers_its_own() -> None:
    store = MemoryStore()
    assert await Memory(store, "one").recall() is None
    await Memory(store, "one").keep("first")
    await Memory(store, "one").keep("second")
    await Memory(store, "two").keep("other")
    assert await Memory(store, "one").recall() == "second"


async def test_what_cannot_be_kept_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    memory = Memory(FullStore(), "one")
    with caplog.at_level(logging.WARNING):
        await memory.keep("first")
        assert await memory.recall() is None
    assert [record.getMessage() for record in caplog.records] == [
        "surface:one: The disk is full."
    ] * 2

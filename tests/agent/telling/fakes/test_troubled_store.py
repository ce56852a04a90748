"""The store in trouble is one all the same."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from bgtasks_gui.core import errors, ports
from tests.agent.telling.fakes.scenes import take_turns
from tests.agent.telling.fakes.troubled_store import TroubledStore
from tests.fakes.samples import a_task

ONE = ports.Change(notices=(ports.Told(id="1", outcome="added", record=msgspec.Raw(b"1")),))


async def test_it_refuses_notices_and_nothing_else() -> None:
    store = TroubledStore()
    store.refusal = errors.StorageUnavailable()
    with pytest.raises(errors.StorageUnavailable):
        await store.write(ONE)
    await store.write(ports.Change(tasks=(a_task(),)))
    assert await store.task(a_task().id) == a_task()
    assert (await store.notices(ports.ToldQuery()), store.writes) == ([], [1])


async def test_it_writes_late() -> None:
    store = TroubledStore()
    store.hang()
    writing = asyncio.create_task(store.write(ONE))
    await take_turns()
    assert await store.notices(ports.ToldQuery()) == []
    store.answer()
    await writing
    assert await store.notices(ports.ToldQuery()) == [msgspec.Raw(b"1")]


async def test_it_cannot_be_read() -> None:
    store = TroubledStore()
    store.unreadable = OSError("no such disk")
    with pytest.raises(OSError, match="no such disk"):
        await store.task("1")
    with pytest.raises(OSError, match="no such disk"):
        await store.notices(ports.ToldQuery())

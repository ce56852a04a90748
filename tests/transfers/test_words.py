"""Whatever moves a file may rely on all that its outlet promises: with the engine, and in tests."""

from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.core.transfers import Record
from bgtasks_gui.transfers import words
from tests.transfers.downloads.support import outlets
from tests.transfers.scripts import RECORD
from tests.transfers.test_moving import Bench

PROMISED = sorted(name for name in vars(words.Outlet) if not name.startswith("_"))


@pytest.mark.parametrize("kind", ["moving", "in tests"])
async def test_all_that_is_promised_is_there(kind: str) -> None:
    outlet: words.Outlet = Bench().moving if kind == "moving" else outlets.Outlet(RECORD)
    assert {"keep", "moved", "pay", "record", "run_id", "say"} <= set(PROMISED)
    assert [name for name in PROMISED if not hasattr(outlet, name)] == []
    kept = Record(url="https://example.org/other")
    outlet.keep(kept)
    assert outlet.record.url == kept.url
    async with asyncio.timeout(5.0):
        await outlet.pay(1)
    assert outlet.grain > 0

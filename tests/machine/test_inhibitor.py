from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bgtasks_gui.machine import inhibitor
from tests.machine.conftest import WITHIN_S, PrivateBus

WHY = "Downloads and uploads are under way"


async def until(holds: object) -> None:
    """Return once it holds; nobody tells of a lock that is given back."""
    assert callable(holds)
    async with asyncio.timeout(WITHIN_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_lock_is_asked_for_and_given_back(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    async with inhibitor.hold(WHY, private_bus.address):
        assert await private_bus.inhibitors() == [["idle", "Background Tasks", WHY, "block"]]
    async with asyncio.timeout(WITHIN_S):
        while await private_bus.inhibitors():
            pass


async def test_without_logind_that_is_said(private_bus: PrivateBus) -> None:
    with pytest.raises(inhibitor.Unavailable, match="systemd-logind does not run"):
        async with inhibitor.hold(WHY, private_bus.address):
            pass


async def test_without_anybody_to_ask_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(inhibitor.Unavailable, match="there is no system bus"):
        async with inhibitor.hold(WHY, f"unix:path={tmp_path}/bus"):
            pass


async def test_it_is_held_as_long_as_it_is_wanted(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    awake = inhibitor.Wakefulness(WHY, private_bus.address)
    assert awake.is_held is False
    awake.want(True)
    awake.want(True)
    await until(lambda: awake.is_held)
    awake.want(False)
    awake.want(False)
    await until(lambda: awake.is_held is False)
    awake.want(True)
    await until(lambda: awake.is_held)
    await awake.close()
    assert awake.is_held is False


async def test_where_it_cannot_be_done_nothing_else_suffers(tmp_path: Path) -> None:
    awake = inhibitor.Wakefulness(WHY, f"unix:path={tmp_path}/bus")
    awake.want(True)
    await until(lambda: awake.is_held is None)
    await awake.close()

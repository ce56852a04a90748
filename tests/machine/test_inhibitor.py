from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bgtasks_gui.machine import inhibitor
from tests.machine.conftest import WITHIN_S, PrivateBus
from tests.machine.refusals import refuse

WHY = "Downloads and uploads are under way"


async def until(holds: object) -> None:
    """Return once it holds; nobody tells of a lock that is given back."""
    assert callable(holds)
    async with asyncio.timeout(WITHIN_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_lock_is_asked_for_and_given_back(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    async with inhibitor.hold("idle", WHY, address=private_bus.address):
        assert await private_bus.inhibitors() == [["idle", "Background Tasks", WHY, "block"]]
    async with asyncio.timeout(WITHIN_S):
        while await private_bus.inhibitors():
            pass


async def test_sleep_and_shutdown_are_blocked(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    async with inhibitor.hold("sleep:shutdown", WHY, address=private_bus.address) as had:
        assert had == "block"
        [lock] = await private_bus.inhibitors()
        assert lock == ["sleep:shutdown", "Background Tasks", WHY, "block"]


async def test_where_blocking_is_refused_it_is_delayed(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    await refuse(private_bus, "block")
    async with inhibitor.hold("sleep:shutdown", WHY, address=private_bus.address) as had:
        assert had == "delay"
        [lock] = await private_bus.inhibitors()
        assert lock == ["sleep:shutdown", "Background Tasks", WHY, "delay"]
    awake = inhibitor.Wakefulness(WHY, private_bus.address, what="sleep:shutdown")
    awake.want(True)
    await until(lambda: awake.is_held)
    assert awake.trouble == "systemd-logind lets this program delay it for seconds only"
    await awake.close()
    assert awake.trouble == ""


async def test_idleness_cannot_be_delayed(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    await refuse(private_bus, "block")
    with pytest.raises(inhibitor.Unavailable, match="AccessDenied"):
        async with inhibitor.hold("idle", WHY, address=private_bus.address):
            pass
    assert await private_bus.inhibitors() == []


async def test_where_a_delay_is_refused_nothing_is_held(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    await refuse(private_bus, "block", "delay")
    for mode in ("block", "delay"):
        with pytest.raises(inhibitor.Unavailable, match="AccessDenied"):
            async with inhibitor.hold("sleep:shutdown", WHY, mode, private_bus.address):
                pass


async def test_without_logind_that_is_said(private_bus: PrivateBus) -> None:
    with pytest.raises(inhibitor.Unavailable, match="systemd-logind does not run"):
        async with inhibitor.hold("idle", WHY, address=private_bus.address):
            pass


async def test_without_anybody_to_ask_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(inhibitor.Unavailable, match="there is no system bus"):
        async with inhibitor.hold("idle", WHY, address=f"unix:path={tmp_path}/bus"):
            pass


async def test_a_bus_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    (tmp_path / "bus").touch()
    with pytest.raises(inhibitor.Unavailable, match="the system bus cannot be reached"):
        async with inhibitor.hold("idle", WHY, address=f"unix:path={tmp_path}/bus"):
            pass


async def test_it_is_held_as_long_as_it_is_wanted(private_bus: PrivateBus) -> None:
    await private_bus.start_logind()
    stood: list[bool | None] = []
    awake = inhibitor.Wakefulness(
        WHY, private_bus.address, on_changed=lambda one: stood.append(one.is_held)
    )
    assert (awake.what, awake.why, awake.is_wanted, awake.is_held) == ("idle", WHY, False, False)
    await awake.close()
    awake.want(True)
    awake.want(True)
    assert awake.is_wanted
    await until(lambda: awake.is_held)
    assert awake.since is not None
    awake.want(False)
    awake.want(False)
    await until(lambda: awake.is_held is False)
    assert awake.since is None
    awake.want(True)
    await until(lambda: awake.is_held)
    await awake.close()
    assert stood == [True, False, True, False]


async def test_where_it_cannot_be_done_nothing_else_suffers(tmp_path: Path) -> None:
    awake = inhibitor.Wakefulness(WHY, f"unix:path={tmp_path}/bus")
    awake.want(True)
    await until(lambda: awake.is_held is None)
    assert awake.trouble == "there is no system bus"
    await awake.close()

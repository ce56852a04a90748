from __future__ import annotations

from pathlib import Path

import pytest
from dbus_fast import Variant

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.multi_device import MultiDeviceCheck
from tests.machine.modes.conftest import Desk, Service

ANY: frozenset[int] = frozenset()
CONNECT = "org.kde.kdeconnect"


def connect(*devices: str) -> Service:
    answer = {f"{CONNECT}.daemon.devices": Variant("as", list(devices))}
    return Service(CONNECT, "/modules/kdeconnect", methods=answer)


@pytest.mark.parametrize(
    ("devices", "sentence"),
    [
        (["a1"], "1 paired device is in reach."),
        (["a1", "b2"], "2 paired devices are in reach."),
    ],
)
async def test_devices_in_reach(desk: Desk, devices: list[str], sentence: str) -> None:
    service = connect(*devices)
    async with desk.serving(service):
        found = await MultiDeviceCheck(desk.address).look(ANY)
    assert (found.used, found.sentence) == (True, sentence)
    # Only those in reach, only paired ones.
    assert service.asked == [[True, True]]


async def test_no_device_in_reach(desk: Desk) -> None:
    async with desk.serving(connect()):
        found = await MultiDeviceCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_MULTI_DEVICE)
    assert found.sentence == "No paired device is in reach."


async def test_kde_connect_that_does_not_run_reaches_nobody(desk: Desk) -> None:
    await desk.install(CONNECT)
    found = await MultiDeviceCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_MULTI_DEVICE)
    assert not desk.was_started


async def test_where_it_cannot_be_checked(desk: Desk, tmp_path: Path) -> None:
    found = await MultiDeviceCheck(desk.address).look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: KDE Connect is not installed."
    found = await MultiDeviceCheck(f"unix:path={tmp_path}/none").look(ANY)
    assert found.sentence == "It cannot be checked here: there is no session bus."

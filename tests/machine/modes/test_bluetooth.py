from __future__ import annotations

from pathlib import Path

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.bluetooth import BluetoothCheck
from tests.machine.modes.conftest import PHONE, Desk

ANY: frozenset[int] = frozenset()


async def test_bluez_says_what_is_connected(desk: Desk) -> None:
    await desk.start_bluez()
    check = BluetoothCheck(desk.address)
    found = await check.look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_BLUETOOTH)
    assert found.sentence == "No Bluetooth device is connected."
    await desk.bluez("ConnectDevice", "ss", "hci0", PHONE)
    found = await check.look(ANY)
    assert (found.used, found.sentence) == (True, "Connected by Bluetooth: Phone.")
    await desk.bluez("DisconnectDevice", "ss", "hci0", PHONE)
    assert (await check.look(ANY)).used is False


async def test_bluez_that_does_not_run_has_no_device(desk: Desk) -> None:
    await desk.install("org.bluez")
    found = await BluetoothCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_BLUETOOTH)
    assert not desk.was_started


async def test_where_it_cannot_be_checked(desk: Desk, tmp_path: Path) -> None:
    found = await BluetoothCheck(desk.address).look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: BlueZ is not installed."
    found = await BluetoothCheck(f"unix:path={tmp_path}/none").look(ANY)
    assert found.sentence == "It cannot be checked here: there is no system bus."

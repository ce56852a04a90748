"""Bluetooth is used: BlueZ has a device that is connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import buses, finding

_BLUEZ: Final = "org.bluez"
_OBJECTS: Final = "org.freedesktop.DBus.ObjectManager.GetManagedObjects"
_DEVICE: Final = "org.bluez.Device1"


class BluetoothCheck:
    """Some device has to be connected (reason 9); BlueZ does not tell for whom."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.BLUETOOTH_INTERACTION})

    def __init__(self, system: str | None = None) -> None:
        self._system = system

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            async with buses.connected("system", self._system) as bus:
                there = await bus.is_running(_BLUEZ, "BlueZ")
                objects = await bus.call(_BLUEZ, "/", _OBJECTS) if there else {}
        except finding.Unavailable as error:
            return finding.unknown(error)
        names = sorted(_connected(objects))
        if names:
            return finding.used(f"Connected by Bluetooth: {', '.join(names)}.")
        return finding.unused(
            reasons.Code.MODE_NOT_USED_BLUETOOTH, "No Bluetooth device is connected."
        )


def _connected(objects: object) -> Iterator[str]:
    """The names of the devices that are."""
    for interfaces in objects.values() if isinstance(objects, dict) else ():
        device = interfaces.get(_DEVICE, {})
        if device.get("Connected") is True:
            yield device.get("Alias") or device.get("Address") or "A device"

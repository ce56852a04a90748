"""Work with other devices: KDE Connect reaches one that it is paired with."""

from __future__ import annotations

from typing import ClassVar, Final

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import buses, finding

_CONNECT: Final = "org.kde.kdeconnect"
_PATH: Final = "/modules/kdeconnect"
_DEVICES: Final = "org.kde.kdeconnect.daemon.devices"


class MultiDeviceCheck:
    """Some paired device has to be in reach (reason 10)."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.MULTI_DEVICE_CONNECTION})

    def __init__(self, session: str | None = None) -> None:
        self._session = session

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            async with buses.connected("session", self._session) as bus:
                there = await bus.is_running(_CONNECT, "KDE Connect")
                # Only those in reach, only paired ones.
                asked = ("bb", True, True)
                devices = await bus.call(_CONNECT, _PATH, _DEVICES, *asked) if there else []
        except finding.Unavailable as error:
            return finding.unknown(error)
        count = len(devices) if isinstance(devices, list) else 0
        if count:
            plural = "device is" if count == 1 else "devices are"
            return finding.used(f"{count} paired {plural} in reach.")
        return finding.unused(
            reasons.Code.MODE_NOT_USED_MULTI_DEVICE, "No paired device is in reach."
        )

"""The location is followed: GeoClue says whether any program does."""

from __future__ import annotations

from typing import ClassVar, Final

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import buses, finding

_GEOCLUE: Final = "org.freedesktop.GeoClue2"
_PATH: Final = "/org/freedesktop/GeoClue2/Manager"
_MANAGER: Final = "org.freedesktop.GeoClue2.Manager"


class LocationCheck:
    """Somebody has to ask for the location (reason 8); GeoClue does not tell who."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.LOCATION})

    def __init__(self, system: str | None = None) -> None:
        self._system = system

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            async with buses.connected("system", self._system) as bus:
                # It ends by itself soon after the last program that asked has gone.
                is_used = await bus.is_running(_GEOCLUE, "GeoClue") and await bus.property(
                    _GEOCLUE, _PATH, _MANAGER, "InUse"
                )
        except finding.Unavailable as error:
            return finding.unknown(error)
        if is_used:
            return finding.used("The location is being followed.")
        return finding.unused(
            reasons.Code.MODE_NOT_USED_LOCATION, "No program asks for the location."
        )

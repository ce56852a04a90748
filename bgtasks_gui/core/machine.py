"""What is known of the computer: one value, the facts that conditions are about."""

from __future__ import annotations

import msgspec


class MachineState(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of the machine at one moment; None is "not known here", which is never a yes."""

    internet: bool | None = None
    metered: bool | None = None
    on_ac_power: bool | None = None
    #: Percent, 0 to 100; None where there is no battery or it cannot be read.
    battery: float | None = None
    has_battery: bool | None = None
    user_present: bool | None = None
    session_connected: bool | None = None
    screen_on: bool | None = None
    energy_saver: bool | None = None
    quiet_hours: bool | None = None
    #: Bytes free by folder, for the folders that conditions name.
    disk_free: dict[str, int] = {}

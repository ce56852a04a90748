"""What every computer can be asked, without a desktop: power, network, room on its disks."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from bgtasks_gui.core import machine

#: How often facts are read while somebody waits for a change of them.
POLL_S: Final = 30.0

_ROUTES: Final = Path("/proc/net/route")
_ROUTES_6: Final = Path("/proc/net/ipv6_route")
_POWER_SUPPLIES: Final = Path("/sys/class/power_supply")
#: Flags of a route: it is usable, it refuses what it matches.
_UP, _REJECT = 0x0001, 0x0200


class Power(NamedTuple):
    """None is not known."""

    on_ac_power: bool | None
    battery: float | None
    has_battery: bool | None


class PortableMachine:
    """`ports.Machine` from what psutil and the kernel say; the rest is "not known here".

    Whether a network is metered, whether somebody is there and whether the screen is on are known
    to a desktop only.
    """

    def __init__(self, pause: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._pause = pause
        self._folders: tuple[str, ...] = ()

    def read(self, folders: Sequence[str] = ()) -> machine.MachineState:
        """The facts now. Asks the disks of the folders, so it may wait for one that sleeps."""
        self._folders = tuple(folders)
        power = read_power()
        return machine.MachineState(
            internet=read_internet(),
            on_ac_power=power.on_ac_power,
            battery=power.battery,
            has_battery=power.has_battery,
            disk_free=read_disk_free(folders),
        )

    async def changes(self) -> AsyncIterator[None]:
        """Looks every 30 s, only while it is iterated, at what `read` was asked for last."""
        before = self.read(self._folders)
        while True:
            await self._pause(POLL_S)
            now = self.read(self._folders)
            if now != before:
                before = now
                yield


def read_power() -> Power:
    if not hasattr(psutil, "sensors_battery"):
        return Power(None, None, None)
    battery = psutil.sensors_battery()
    if battery is not None:
        return Power(battery.power_plugged, float(battery.percent), True)
    if sys.platform == "linux" and not _POWER_SUPPLIES.is_dir():
        return Power(None, None, None)
    # Without a battery it can only run on mains.
    return Power(True, None, False)


def read_internet() -> bool | None:
    """Whether a default route leads over an interface that is up; nobody out there is asked."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    if sys.platform != "linux":
        return any(not name.startswith("lo") for name in up)
    try:
        routes = default_interfaces(_ROUTES.read_text())
    except OSError:
        return None
    try:
        routes |= default_interfaces_6(_ROUTES_6.read_text())
    except FileNotFoundError:
        pass  # a kernel without IPv6
    except OSError:
        return None
    return not routes.isdisjoint(up)


def default_interfaces(table: str) -> set[str]:
    """The interfaces of the default routes in /proc/net/route."""
    found = set()
    for line in table.splitlines()[1:]:
        name, destination, _, flags, _, _, _, mask, *_ = line.split()
        if int(destination, 16) == int(mask, 16) == 0 and _is_usable(flags):
            found.add(name)
    return found


def default_interfaces_6(table: str) -> set[str]:
    """The interfaces of the default routes in /proc/net/ipv6_route."""
    found = set()
    for line in table.splitlines():
        destination, length, *_, flags, name = line.split()
        if int(destination, 16) == int(length, 16) == 0 and _is_usable(flags):
            found.add(name)
    return found


def read_disk_free(folders: Sequence[str]) -> dict[str, int]:
    """Bytes a person may still write, by folder; folders that cannot be asked are left out."""
    free = {}
    for folder in folders:
        try:
            free[folder] = psutil.disk_usage(_nearest_existing(folder)).free
        except OSError:
            continue
    return free


def _is_usable(flags: str) -> bool:
    return int(flags, 16) & (_UP | _REJECT) == _UP


def _nearest_existing(folder: str) -> str:
    """The folder, or the one it would be made in: a target may be made by the run itself."""
    path = os.path.abspath(os.path.expanduser(folder))
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path

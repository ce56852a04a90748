from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bgtasks_gui.machine import portable

ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
wlan0	00000000	010200C0	0002	0	0	0	00000000	0	0	0
tun0	00000000	010200C0	0003	0	0	0	00000080	0	0	0
ppp0	00000000	00000000	0201	0	0	0	00000000	0	0	0
eth1	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
"""
NONE = "00000000000000000000000000000000"
ROUTES_6 = f"""{NONE} 00 {NONE} 00 {NONE} 00000400 00000002 00000000 00000003     eth2
fe800000000000000000000000000000 40 {NONE} 00 {NONE} 00000100 00000002 00000000 00000001     eth3
{NONE} 00 {NONE} 00 {NONE} ffffffff 00000001 00000000 00200200       lo
"""


def test_usable_default_routes_are_found() -> None:
    assert portable.default_interfaces(ROUTES) == {"eth0"}
    assert portable.default_interfaces(ROUTES.splitlines()[0]) == set()


def test_usable_default_routes_of_ipv6_are_found() -> None:
    assert portable.default_interfaces_6(ROUTES_6) == {"eth2"}
    assert portable.default_interfaces_6("") == set()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the tables of the Linux kernel")
def test_internet_of_this_computer_fits_its_kernel() -> None:
    """A datagram socket is only given an address where a route leads; nothing is sent."""

    def leads(family: int, address: str) -> bool:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((address, 9))
            except OSError:
                return False
        return True

    expected = leads(socket.AF_INET, "192.0.2.1") or leads(socket.AF_INET6, "2001:db8::1")
    assert portable.read_internet() is expected


@pytest.mark.skipif(sys.platform != "linux", reason="reads the tables of the Linux kernel")
@pytest.mark.parametrize(
    ("routes", "routes_6", "is_up", "expected"),
    [
        (ROUTES, ROUTES_6, {"eth0"}, True),
        (ROUTES, ROUTES_6, {"eth2"}, True),
        (ROUTES, ROUTES_6, {"eth1", "lo"}, False),
        (ROUTES, None, {"eth0"}, True),
        (ROUTES, None, {"eth2"}, False),
        (None, ROUTES_6, {"eth2"}, None),
    ],
)
def test_internet_is_a_default_route_over_an_interface_that_is_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    routes: str | None,
    routes_6: str | None,
    is_up: set[str],
    expected: bool | None,
) -> None:
    for name, table in (("_ROUTES", routes), ("_ROUTES_6", routes_6)):
        monkeypatch.setattr(portable, name, tmp_path / name)
        if table is not None:
            (tmp_path / name).write_text(table)
    stats = {name: SimpleNamespace(isup=name in is_up) for name in ("lo", "eth0", "eth1", "eth2")}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
    assert portable.read_internet() is expected


def test_internet_is_unknown_where_the_table_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "routes").write_text(ROUTES)
    monkeypatch.setattr(portable, "_ROUTES", tmp_path / "routes")
    monkeypatch.setattr(portable, "_ROUTES_6", tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    assert portable.read_internet() is None


def test_internet_elsewhere_is_an_interface_that_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    stats = {"lo0": SimpleNamespace(isup=True), "en0": SimpleNamespace(isup=False)}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert portable.read_internet() is False
    stats["en0"].isup = True
    assert portable.read_internet() is True


@pytest.mark.parametrize(("percent", "plugged"), [(37, False), (100, True), (55.5, None)], ids=str)
def test_power_with_a_battery(
    monkeypatch: pytest.MonkeyPatch, percent: float, plugged: bool | None
) -> None:
    battery = SimpleNamespace(percent=percent, power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert portable.read_power() == (plugged, percent, True)


def test_power_without_a_battery_is_mains(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    monkeypatch.setattr(portable, "_POWER_SUPPLIES", tmp_path)
    assert portable.read_power() == (True, None, False)


def test_power_is_unknown_where_nothing_tells_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    monkeypatch.setattr(portable, "_POWER_SUPPLIES", tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "linux")
    assert portable.read_power() == (None, None, None)
    monkeypatch.delattr(psutil, "sensors_battery")
    assert portable.read_power() == (None, None, None)


def test_disk_free_is_what_the_kernel_says(tmp_path: Path) -> None:
    free = portable.read_disk_free([str(tmp_path)])[str(tmp_path)]
    stats = os.statvfs(tmp_path)
    assert abs(free - stats.f_bavail * stats.f_frsize) < 1024**3


def test_disk_free_of_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    later = str(tmp_path / "made" / "later")
    assert set(portable.read_disk_free([later, "~"])) == {later, "~"}


def test_disk_free_leaves_out_what_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(psutil, "disk_usage", refuse)
    assert portable.read_disk_free(["/"]) == {}


def test_what_only_a_desktop_knows_stays_unknown(tmp_path: Path) -> None:
    state = portable.PortableMachine().read([str(tmp_path)])
    assert set(state.disk_free) == {str(tmp_path)}
    assert state.metered is None
    assert (state.user_present, state.session_connected, state.screen_on) == (None, None, None)
    assert (state.energy_saver, state.quiet_hours) == (None, None)


def steps(*levels: float) -> Callable[[float], Awaitable[None]]:
    """Pauses that change the battery, and end the watching after the last one."""
    left = list(levels)

    async def pause(seconds: float) -> None:
        assert seconds == portable.POLL_S
        if not left:
            raise asyncio.CancelledError
        psutil.level = left.pop(0)

    return pause


async def follow(
    computer: portable.PortableMachine, look: Callable[[], float | None]
) -> list[float | None]:
    """What is seen at each change, until the pauses end."""
    seen = []
    with contextlib.suppress(asyncio.CancelledError):
        async for _ in computer.changes():
            seen.append(look())
    return seen


async def test_changes_are_told_only_where_something_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def battery() -> SimpleNamespace:
        return SimpleNamespace(percent=psutil.level, power_plugged=False)

    monkeypatch.setattr(psutil, "level", 50, raising=False)
    monkeypatch.setattr(psutil, "sensors_battery", battery, raising=False)
    computer = portable.PortableMachine(steps(50, 49, 49, 50))
    assert await follow(computer, lambda: computer.read().battery) == [49, 50]


async def test_changes_look_at_the_folders_that_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def usage(path: str) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=len(asked))

    monkeypatch.setattr(psutil, "disk_usage", usage)
    monkeypatch.setattr(psutil, "level", 50, raising=False)
    computer = portable.PortableMachine(steps(50))
    computer.read([str(tmp_path)])
    assert await follow(computer, lambda: len(asked)) == [3]
    assert asked == [str(tmp_path)] * 3

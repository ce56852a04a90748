from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import namedtuple

import psutil
import pytest

from bgtasks_gui.machine import network

Address = namedtuple("Address", "family address")
State = namedtuple("State", "isup")


@pytest.fixture
def interfaces(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[bool, list[str]]]:
    """By name: whether it is up, and its addresses."""
    found: dict[str, tuple[bool, list[str]]] = {"lo": (True, ["127.0.0.1", "::1"])}

    def addresses() -> dict[str, list[Address]]:
        return {
            name: [
                Address(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in each
            ] + [Address(psutil.AF_LINK, "00:00:5e:00:53:01")]
            for name, (_, each) in found.items()
        }  # fmt: skip

    monkeypatch.setattr(psutil, "net_if_addrs", addresses)
    monkeypatch.setattr(
        psutil, "net_if_stats", lambda: {name: State(is_up) for name, (is_up, _) in found.items()}
    )
    return found


def test_what_only_this_computer_reaches_is_no_network(
    interfaces: dict[str, tuple[bool, list[str]]],
) -> None:
    assert network.read() == frozenset()
    interfaces["wlan0"] = (True, ["192.0.2.7", "fe80::1", "2001:db8::7"])
    interfaces["eth0"] = (False, ["198.51.100.7"])
    assert network.read() == {("wlan0", "192.0.2.7"), ("wlan0", "2001:db8::7")}


async def test_changes_are_told(
    interfaces: dict[str, tuple[bool, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "LOOK_S", 0.001)
    async with asyncio.timeout(10), contextlib.aclosing(network.changes()) as told:
        assert await anext(told) == frozenset()
        interfaces["wlan0"] = (True, ["192.0.2.7"])
        assert await anext(told) == {("wlan0", "192.0.2.7")}
        interfaces["wlan0"] = (False, ["192.0.2.7"])
        assert await anext(told) == frozenset()


def test_the_computer_itself_can_be_read() -> None:
    assert isinstance(network.read(), frozenset)

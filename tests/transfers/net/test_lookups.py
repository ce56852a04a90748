"""Addresses of hosts."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from bgtasks_gui.transfers.net import lookups


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
async def test_an_address_is_its_own_and_needs_no_thread(host: str, family: int) -> None:
    before = threading.active_count()
    ((found, _, _, _, place),) = await lookups.find(host, 80)
    assert threading.active_count() == before
    assert (found, place[:2]) == (family, (host, 80))


async def test_a_name_is_looked_up() -> None:
    places = [info[4][:2] for info in await lookups.find("localhost", 8080)]
    assert ("127.0.0.1", 8080) in places


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64, "a..b", "exa\udcffmple"])
async def test_a_name_that_nobody_has_is_an_error(host: str) -> None:
    with pytest.raises(socket.gaierror):
        await lookups.find(host, 80)


async def test_a_name_server_that_is_silent_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, answered, over = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def look(host: str, *given: object, flags: int = 0, **named: object) -> list[object]:
        if flags == socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        loop.call_soon_threadsafe(asked.set)
        answered.wait(20.0)
        over.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look)
    task = asyncio.create_task(lookups.find("slow.example", 80))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # Its answer comes when nobody waits any more, and is nobody's harm.
    answered.set()
    assert await asyncio.to_thread(over.wait, 20.0)

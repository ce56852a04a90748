"""The thread that moves files: orders in their order, and a burst of them in one go."""

from __future__ import annotations

import asyncio
import gc
import resource
import threading

import pytest

from bgtasks_gui.transfers.attempts import Attempts
from bgtasks_gui.transfers.limits.clocks import LoopClock
from bgtasks_gui.transfers.reports import Delivery
from bgtasks_gui.transfers.threads import MIDDLE_LOOKS, OPEN_FILES, EngineThread
from tests.transfers.scripts import Listener


def make() -> EngineThread:
    delivery = Delivery(asyncio.get_running_loop(), Listener(), lambda: None)
    return EngineThread(delivery, LoopClock)


async def test_orders_in_their_order_and_on_the_thread() -> None:
    thread, done = make(), list[tuple[int, str]]()

    def order(number: int) -> None:
        thread.give(lambda _: done.append((number, threading.current_thread().name)))

    for number in range(1000):
        order(number)
    thread.end()
    thread.join()
    assert done == [(number, "transfers") for number in range(1000)]


async def test_a_burst_of_orders_is_one_wake_up() -> None:
    thread, turns = make(), list[int]()
    begun, go = threading.Event(), threading.Event()

    def stand_still(_: Attempts) -> None:
        begun.set()
        go.wait(20.0)
        asyncio.get_running_loop().call_soon(lambda: turns.append(0))

    thread.give(stand_still)
    await asyncio.to_thread(begun.wait, 20.0)
    for number in range(1, 100):
        thread.give(lambda _, number=number: turns.append(number))  # type: ignore[misc]
    go.set()
    thread.end()
    thread.join()
    assert turns == [*range(1, 100), 0], "all of them came before the loop had another turn"


async def test_an_order_that_fails_keeps_none_from_being_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thread, done = make(), list[int]()
    thread.give(lambda _: 1 / 0)
    thread.give(lambda _: done.append(1))
    thread.end()
    thread.join()
    assert done == [1]
    assert "ZeroDivisionError" in caplog.text


async def test_enough_files_may_be_open() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = before[1] if before[1] != resource.RLIM_INFINITY else OPEN_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[0]), before[1]))
        thread = make()
        thread.give(lambda _: None)
        thread.end()
        thread.join()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(OPEN_FILES, enough), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_the_collector_is_spared() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        thread = make()
        thread.end()
        thread.join()
        assert gc.get_threshold() == (700, 10, MIDDLE_LOOKS)
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

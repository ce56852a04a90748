from __future__ import annotations

import asyncio
import threading

import pytest

from bgtasks_gui.transfers.files.threads import apart, finished, kept, to_the_end


async def test_what_the_call_gives() -> None:
    assert await apart(max, 1, 2) == 2
    assert await to_the_end(max, 1, 2) == 2


@pytest.mark.parametrize("way", [apart, to_the_end])
async def test_what_the_call_raises(way: object) -> None:
    assert callable(way)
    with pytest.raises(ValueError, match="invalid literal"):
        await way(int, "x")


async def test_cancelled_it_waits_for_the_call() -> None:
    begun, free, over = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        free.wait()
        over.set()

    task = asyncio.create_task(apart(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, free.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert over.is_set()


async def test_what_cannot_be_left_undone_is_done() -> None:
    begun, free = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        free.wait()
        return "done"

    task = asyncio.create_task(to_the_end(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, free.set)
    assert await task == "done"


async def test_what_a_call_opens_is_kept() -> None:
    found: list[int] = []
    assert await kept(lambda: 5, found.append) == 5
    with pytest.raises(ValueError, match="invalid literal"):
        await kept(lambda: int("x"), found.append)
    begun, free = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        free.wait()
        return 6

    task = asyncio.create_task(kept(work, found.append))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, free.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert found == [5, 6]


async def test_no_step_is_left_out() -> None:
    begun, free, done = asyncio.Event(), asyncio.Event(), list[int]()

    async def steps(last: int) -> int:
        begun.set()
        await free.wait()
        done.append(last)
        return last

    assert not done
    task = asyncio.create_task(finished(steps(2)))
    await begun.wait()
    task.cancel()
    asyncio.get_running_loop().call_soon(free.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [2]
    assert await finished(steps(3)) == 3


async def test_what_a_step_raises() -> None:
    async def fail() -> None:
        raise OSError(5, "no disk")

    with pytest.raises(OSError, match="no disk"):
        await finished(fail())

"""What goes on beside its caller is kept until it is done, and its faults land in the log."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from bgtasks_gui.agent.running import work
from bgtasks_gui.core import errors


async def fail(error: Exception) -> None:
    raise error


async def test_work_is_kept_although_nobody_holds_it() -> None:
    beside, go_on, done = work.Work(), asyncio.Event(), []

    async def one() -> None:
        await go_on.wait()
        done.append(1)

    beside.spawn(one())
    gc.collect()
    go_on.set()
    await beside.settle()
    assert done == [1]


async def test_settle_waits_for_what_work_spawns_itself() -> None:
    beside, done = work.Work(), []

    async def count(left: int) -> None:
        await asyncio.sleep(0)
        done.append(left)
        if left:
            beside.spawn(count(left - 1))

    beside.spawn(count(3))
    await beside.settle()
    assert done == [3, 2, 1, 0]


async def test_settle_without_work_is_done_at_once() -> None:
    await work.Work().settle()


async def test_a_bug_lands_in_the_log_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    beside = work.Work()
    beside.spawn(fail(ZeroDivisionError("a bug")))
    await beside.settle()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "a bug" in str(record.exc_info[1])


async def test_an_error_that_speaks_to_people_is_for_whoever_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    beside = work.Work()
    lost = beside.spawn(fail(errors.SupervisorLost()))
    with pytest.raises(errors.SupervisorLost):
        await lost
    assert caplog.records == []


async def test_cancelled_work_is_forgotten_quietly(caplog: pytest.LogCaptureFixture) -> None:
    beside = work.Work()
    beside.spawn(asyncio.Event().wait())
    waiting = beside.spawn(fail(ZeroDivisionError()))
    waiting.cancel()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await beside.settle()
    assert caplog.records == []

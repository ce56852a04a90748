"""Places for those that start."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bgtasks_gui.transfers.limits.starts import PATIENCE_S, WAY_S, Start, Starts
from tests.fakes.manual_clock import ManualClock


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def take(starts: Starts, count: int) -> list[asyncio.Task[Start]]:
    asked = [asyncio.ensure_future(starts.begin()) for _ in range(count)]
    await turns()
    return asked


def begun(asked: list[asyncio.Task[Start]]) -> list[bool]:
    return [each.done() for each in asked]


async def test_so_many_at_once_and_the_others_in_turn() -> None:
    asked = await take(Starts(ManualClock(), 2), 4)
    assert begun(asked) == [True, True, False, False]
    asked[1].result().end()
    asked[1].result().end()
    await turns()
    assert begun(asked) == [True, True, True, False]


async def test_who_takes_long_holds_up_nobody() -> None:
    clock = ManualClock()
    asked = await take(Starts(clock, 1), 2)
    clock.advance(timedelta(seconds=PATIENCE_S))
    await turns()
    assert begun(asked) == [True, True]
    asked[1].result().end()
    assert clock.pending == 0


async def test_who_gives_up_takes_no_place() -> None:
    starts = Starts(ManualClock(), 1)
    asked = await take(starts, 3)
    asked[1].cancel()
    await turns()
    asked[0].result().end()
    await turns()
    assert not asked[2].cancelled()
    assert asked[2].done()


async def test_who_gives_up_just_when_it_was_given_one_gives_it_back() -> None:
    starts = Starts(ManualClock(), 1)
    asked = await take(starts, 3)
    asked[0].result().end()
    asked[1].cancel()
    await turns()
    assert asked[1].cancelled()
    assert asked[2].done()


async def test_those_that_move_give_way_to_those_that_wait() -> None:
    clock = ManualClock()
    starts = Starts(clock, 1)
    asked = await take(starts, 2)
    moving = [asyncio.ensure_future(starts.give_way()) for _ in range(3)]
    await turns()
    assert not any(each.done() for each in moving)
    clock.advance(timedelta(seconds=WAY_S))
    await turns()
    assert all(each.done() for each in moving)
    asked[0].result().end()
    await turns()
    await asyncio.wait_for(starts.give_way(), 1.0)
    asked[1].result().end()
    assert clock.pending == 0, "nobody waits, so nobody had to give way"


async def test_who_gives_way_may_be_stopped() -> None:
    clock = ManualClock()
    starts = Starts(clock, 1)
    asked = await take(starts, 2)
    first, second = (asyncio.ensure_future(starts.give_way()) for _ in range(2))
    await turns()
    first.cancel()
    clock.advance(timedelta(seconds=WAY_S))
    await turns()
    assert first.cancelled()
    assert second.done()
    for each in asked:
        each.cancel()

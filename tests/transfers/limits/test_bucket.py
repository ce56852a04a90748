"""Rates: how much may move, in which order those go on who wait, and what a change does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgtasks_gui.transfers.limits.bucket import BURST_S, LEAST_GRAIN, MOST_GRAIN, Bucket, Throttle
from tests.fakes.manual_clock import ManualClock

SECOND = timedelta(seconds=1)


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_without_a_rate_nobody_waits() -> None:
    clock = ManualClock()
    bucket = Bucket(clock)
    assert all(bucket.pay(10**9) is None for _ in range(100))
    assert clock.calls == 0


async def test_a_piece_is_made_up_for_before_the_next() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    assert bucket.pay(100) is None, "a burst"
    wait = bucket.pay(500)
    assert wait is not None
    clock.advance(timedelta(seconds=0.498))
    assert not wait.done()
    clock.advance(timedelta(seconds=0.002))
    assert wait.done()
    assert clock.pending == 0


async def test_they_go_on_in_the_order_in_which_they_paid() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    waits = [bucket.pay(1000) for _ in range(4)]
    assert all(wait is not None for wait in waits)
    done = []
    for _ in range(4):
        clock.advance(SECOND)
        done.append([bool(wait and wait.done()) for wait in waits].count(True))
    assert done == [1, 2, 3, 4]


async def test_one_timer_for_all() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    for _ in range(500):
        bucket.pay(1000)
    assert clock.pending == 1


@pytest.mark.parametrize("rate", [None, 10**9])
async def test_a_higher_rate_lets_go_at_once(rate: int | None) -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1)
    waits = [bucket.pay(1000) for _ in range(3)]
    bucket.change(rate)
    clock.advance(timedelta(milliseconds=2))
    assert all(wait and wait.done() for wait in waits)


async def test_a_lower_rate_holds_for_those_who_wait() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    wait = bucket.pay(1100)
    assert wait is not None
    clock.advance(timedelta(seconds=0.5))
    bucket.change(100)
    clock.advance(timedelta(seconds=4.9))
    assert not wait.done()
    clock.advance(timedelta(seconds=0.2))
    assert wait.done()


async def test_who_gives_up_leaves_no_timer_and_stays_counted() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    first, second = bucket.pay(1100), bucket.pay(1000)
    assert first
    assert second
    first.cancel()
    clock.advance(timedelta(seconds=1.9))
    assert not second.done(), "its bytes have moved all the same"
    second.cancel()
    clock.advance(SECOND)
    assert clock.pending == 0


async def test_a_pause_is_not_saved_up() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, 1000)
    clock.advance(timedelta(hours=1))
    assert bucket.pay(int(1000 * BURST_S)) is None
    assert bucket.pay(10) is not None


@settings(deadline=None)
@given(
    rates=st.lists(st.integers(1000, 10**8), min_size=1, max_size=4),
    sizes=st.lists(st.integers(1, 262_144), min_size=1, max_size=30),
)
def test_never_more_than_the_rate_a_burst_and_a_piece_each(
    rates: list[int], sizes: list[int]
) -> None:
    """Over any time with changing rates."""

    async def main() -> None:
        clock = ManualClock()
        bucket = Bucket(clock, rates[0])
        moved, allowed = 0.0, max(rates) * BURST_S + 1
        for turn, size in enumerate(sizes):
            rate = rates[turn % len(rates)]
            bucket.change(rate)
            wait, begun = bucket.pay(size), clock.monotonic()
            moved += size
            while wait is not None and not wait.done():
                step = clock.next_call_in
                assert step is not None
                clock.advance(timedelta(seconds=step + 0.000_001))
            # Those within a millisecond of their time go on together.
            allowed += (clock.monotonic() - begun + 0.001) * rate
            assert moved <= allowed + size

    asyncio.run(main())


async def test_throttle_waits_for_the_slower_of_both() -> None:
    clock = ManualClock()
    shared, own = Bucket(clock, 1000), Bucket(clock, 500)
    throttle = Throttle(own, shared)
    paying = asyncio.ensure_future(throttle.pay(1000))
    await turns()
    assert throttle.is_waiting
    await clock.advance_async(SECOND)
    assert not paying.done()
    await clock.advance_async(SECOND)
    assert paying.done()
    assert (throttle.waits, throttle.is_waiting) == (1, False)


async def test_hundreds_share_evenly() -> None:
    clock = ManualClock()
    shared = Bucket(clock, 1_000_000)
    moved = [0] * 200

    async def move(number: int) -> None:
        throttle = Throttle(Bucket(clock), shared)
        while True:
            moved[number] += 10_000
            await throttle.pay(10_000)

    moving = [asyncio.ensure_future(move(number)) for number in range(200)]
    await turns()
    for _ in range(10):
        await clock.advance_async(SECOND, turns=3)
    for each in moving:
        each.cancel()
    await asyncio.gather(*moving, return_exceptions=True)
    # Who comes first has the burst, which is a tenth of a second.
    assert max(moved) - min(moved) <= 100_000 + 10_000
    assert sum(moved) == pytest.approx(10_000_000 + 200 * 10_000, rel=0.05)


@pytest.mark.parametrize(
    ("own", "shared", "grain"),
    [
        (None, None, MOST_GRAIN), (10, None, LEAST_GRAIN), (None, 2_000_000, 200_000),
        (10**9, None, MOST_GRAIN), (1_000_000, 2_000_000, 100_000),
    ],
)  # fmt: skip
def test_grain(own: int | None, shared: int | None, grain: int) -> None:
    clock = ManualClock()
    assert Throttle(Bucket(clock, own), Bucket(clock, shared)).grain == grain

"""One transfer under way: what it tells of itself, and what it hands on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bgtasks_gui.core.transfers import Figure
from bgtasks_gui.transfers.limits.bucket import Bucket
from bgtasks_gui.transfers.limits.starts import Starts
from bgtasks_gui.transfers.moving import Moving, Surroundings
from bgtasks_gui.transfers.reports import MOVED_EVERY_S, Delivery, Reports
from bgtasks_gui.transfers.words import Outlet
from tests.fakes.manual_clock import ManualClock
from tests.transfers.scripts import RECORD, SPEC, Listener, Scripted, with_done


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.listener = Listener()
        self.shared = Bucket(self.clock)
        delivery = Delivery(asyncio.get_running_loop(), self.listener, lambda: None)
        self.reports = Reports(self.clock, delivery)
        starts = Starts(self.clock)
        around = Surroundings(self.clock, self.reports, self.shared, starts, Scripted())
        self.moving = Moving("run", SPEC, RECORD, around)

    async def turn(self, seconds: float = 0.0) -> None:
        await self.clock.advance_async(timedelta(seconds=seconds))
        self.reports.flush()
        await self.clock.advance_async(timedelta(0))


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_figures_and_lines_are_of_its_run(bench: Bench) -> None:
    outlet: Outlet = bench.moving
    assert (outlet.run_id, outlet.clock, outlet.record) == ("run", bench.clock, RECORD)
    outlet.say("hello")
    outlet.moved(5, 10, "connecting")
    await bench.turn(MOVED_EVERY_S)
    figure = Figure(done=5, total=10, message="connecting")
    assert bench.listener.told == [("run", "hello"), ("run", figure)]


async def test_what_is_kept_is_told_and_is_the_record(bench: Bench) -> None:
    bench.moving.keep(with_done(RECORD, 7))
    await bench.turn()
    assert bench.listener.records["run"].done == bench.moving.record.done == 7


async def test_a_stop_before_it_begins_is_a_stop(bench: Bench) -> None:
    running = asyncio.ensure_future(bench.moving.run())
    bench.moving.stop()
    await bench.turn()
    assert type(await running).__name__ == "Stopped"


async def test_it_pays_to_all(bench: Bench) -> None:
    bench.shared.change(1000)
    paying = asyncio.ensure_future(bench.moving.pay(1100))
    await bench.turn(0.9)
    assert not paying.done()
    await bench.turn(0.2)
    assert paying.done()
    assert bench.moving.grain < 1_000_000


async def test_who_waits_for_it_may_give_up(bench: Bench) -> None:
    """The end of the loop ends it too."""
    running = asyncio.ensure_future(bench.moving.run())
    await bench.turn()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await bench.turn(10.0)
    assert bench.clock.pending == 0

"""Attempts: begun, stopped, begun again, and what ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.core.transfers import Done, Exceeded, Failed, Outcome, Record, Stopped
from bgtasks_gui.transfers.attempts import Attempts
from bgtasks_gui.transfers.limits.starts import AT_ONCE
from bgtasks_gui.transfers.reports import Delivery, Reports
from bgtasks_gui.transfers.web.failures import Trouble
from tests.fakes.manual_clock import ManualClock
from tests.transfers.scripts import RECORD, SPEC, Listener, Scripted, with_done

Code = reasons.Code
DONE = Done(result=msgspec.Raw(b"{}"))
PASSING = Failed(code=Code.SERVER_ANSWER, detail="503", is_passing=True)


class Bench:
    """Attempts on this loop, with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.listener = Listener()
        self.mover = Scripted()
        loop = asyncio.get_running_loop()
        self.reports = Reports(self.clock, Delivery(loop, self.listener, lambda: None))
        self.attempts = Attempts(self.clock, self.reports, self.mover)

    async def turn(self, seconds: float = 0.0) -> None:
        await self.clock.advance_async(timedelta(seconds=seconds))
        self.reports.flush()
        await self.clock.advance_async(timedelta(0))

    async def start(self, record: Record = RECORD, **fields: object) -> None:
        self.attempts.start("run", msgspec.structs.replace(SPEC, **fields), record)
        await self.turn()

    @property
    def outcomes(self) -> list[Outcome]:
        return self.listener.outcomes()

    @property
    def record(self) -> Record:
        return self.listener.records["run"]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.attempts.stop_all()
    await made.turn()


async def test_done(bench: Bench) -> None:
    await bench.start()
    bench.mover.outlet.say("hello")
    bench.mover.end(DONE)
    await bench.turn()
    assert bench.listener.told == [("run", "hello"), ("run", DONE)]
    assert bench.clock.pending == 0, "nothing wakes it up any more"


async def test_stopped(bench: Bench) -> None:
    await bench.start()
    bench.attempts.stop("run")
    await bench.turn()
    assert bench.outcomes == [Stopped()]
    bench.attempts.stop("run")
    await bench.turn()
    assert bench.outcomes == [Stopped()], "it is not known any more"


async def test_what_it_has_is_made_safe_before_it_is_stopped(bench: Bench) -> None:
    bench.mover.flush = asyncio.Event()
    await bench.start()
    bench.attempts.stop("run")
    await bench.turn()
    bench.attempts.stop("run")
    await bench.turn()
    assert (bench.outcomes, bench.mover.interrupted) == ([], 1)
    bench.mover.flush.set()
    await bench.turn()
    assert bench.outcomes == [Stopped()]


@pytest.mark.parametrize(("outcome", "told"), [(DONE, DONE), (PASSING, Stopped())])
async def test_stopped_when_it_was_about_to_end(
    bench: Bench, outcome: Outcome, told: Outcome
) -> None:
    bench.mover.all_the_same = outcome
    await bench.start()
    bench.attempts.stop("run")
    await bench.turn()
    assert bench.outcomes == [told]


async def test_start_waits_for_the_stop_before_it(bench: Bench) -> None:
    bench.mover.flush = asyncio.Event()
    await bench.start()
    bench.attempts.stop("run")
    await bench.start(Record(url="http://localhost/new"))
    assert bench.mover.begun == 1
    bench.mover.flush.set()
    await bench.turn()
    assert (bench.mover.begun, bench.outcomes) == (2, [Stopped()])
    assert bench.mover.outlet.record.url == "http://localhost/new"


async def test_stop_also_ends_the_start_that_waits(bench: Bench) -> None:
    bench.mover.flush = asyncio.Event()
    await bench.start()
    for _ in range(2):
        bench.attempts.stop("run")
        await bench.start()
    bench.attempts.stop_all()
    bench.mover.flush.set()
    await bench.turn()
    assert (bench.mover.begun, bench.outcomes) == (1, [Stopped()] * 3)


async def test_refresh_goes_on_from_what_is_safe(bench: Bench) -> None:
    await bench.start(msgspec.structs.replace(RECORD, failures=3))
    bench.mover.outlet.keep(with_done(RECORD, 10))
    bench.attempts.refresh()
    bench.attempts.refresh()
    await bench.turn()
    assert (bench.mover.begun, bench.mover.interrupted, bench.outcomes) == (2, 1, [])
    assert bench.mover.outlet.record.done == 10
    bench.mover.end(PASSING)
    await bench.turn()
    assert (bench.outcomes, bench.record.failures) == ([PASSING], 0)


async def test_stop_while_it_refreshes(bench: Bench) -> None:
    bench.mover.flush = asyncio.Event()
    await bench.start()
    bench.attempts.refresh()
    await bench.turn()
    bench.attempts.stop("run")
    bench.mover.flush.set()
    await bench.turn()
    assert (bench.mover.begun, bench.outcomes) == (1, [Stopped()])


async def test_refresh_does_not_send_again_what_must_not_be(bench: Bench) -> None:
    await bench.start(is_repeatable=False)
    bench.attempts.refresh()
    await bench.turn()
    assert bench.mover.interrupted == 0
    bench.attempts.stop("run")
    await bench.turn()
    assert bench.outcomes == [Stopped()]


async def test_so_many_start_at_once(bench: Bench) -> None:
    for number in range(AT_ONCE + 2):
        bench.attempts.start(str(number), SPEC, RECORD)
    await bench.turn()
    assert bench.mover.begun == AT_ONCE
    bench.mover.outlets[0].moved(0, None, "connecting")
    await bench.turn()
    assert bench.mover.begun == AT_ONCE
    bench.mover.outlets[0].moved(1, None)
    await bench.turn()
    assert bench.mover.begun == AT_ONCE + 1
    bench.attempts.stop(str(AT_ONCE + 1))
    await bench.turn()
    assert bench.listener.outcomes(str(AT_ONCE + 1)) == [Stopped()]
    await bench.turn(1.0)
    assert bench.mover.begun == AT_ONCE + 1, "the last one was stopped before it began"


@pytest.mark.parametrize(
    ("outcome", "failures"),
    [
        (PASSING, 4), (DONE, 0), (Failed(code=Code.SERVER_ANSWER, detail="404"), 3),
        (Trouble("cut off"), 4), (Trouble("sent nothing", is_timeout=True), 3),
        (Trouble("no host", is_passing=False), 3),
    ],
)  # fmt: skip
async def test_attempts_in_vain_are_counted(
    bench: Bench, outcome: Outcome | Trouble, failures: int
) -> None:
    record = msgspec.structs.replace(with_done(RECORD, 5), failures=3)
    await bench.start(record)
    bench.mover.outlet.keep(record)
    bench.mover.end(outcome)
    await bench.turn()
    assert bench.record.failures == failures


async def test_a_new_byte_makes_all_good(bench: Bench) -> None:
    record = msgspec.structs.replace(with_done(RECORD, 5), failures=3)
    await bench.start(record)
    bench.mover.outlet.keep(with_done(record, 5))
    await bench.turn()
    assert bench.record.failures == 3
    bench.mover.outlet.keep(with_done(record, 6))
    await bench.turn()
    assert bench.record.failures == 0
    bench.mover.outlet.keep(with_done(record, 0))
    bench.mover.end(PASSING)
    await bench.turn()
    assert bench.record.failures == 0


async def test_bytes_that_were_there_before_are_not_new(bench: Bench) -> None:
    await bench.start(with_done(RECORD, 5))
    bench.mover.outlet.keep(with_done(RECORD, 0))
    bench.mover.outlet.keep(with_done(RECORD, 5))
    bench.mover.end(PASSING)
    await bench.turn()
    assert bench.record.failures == 1


async def test_trouble_says_how_it_failed(bench: Bench) -> None:
    await bench.start()
    bench.mover.end(Trouble("busy", code=Code.SERVER_ANSWER, wait_s=7.0))
    await bench.turn()
    assert bench.outcomes == [
        Failed(code=Code.SERVER_ANSWER, detail="busy", is_passing=True, wait_s=7.0)
    ]


async def test_a_mistake_of_ours_is_told_and_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.start()
    with caplog.at_level(logging.ERROR):
        bench.mover.end(ZeroDivisionError("oops"))
        await bench.turn()
    [outcome] = bench.outcomes
    assert isinstance(outcome, Failed)
    assert not outcome.is_passing
    assert "oops" not in outcome.detail
    assert "ZeroDivisionError: oops" in caplog.text


async def test_time_for_the_whole_is_used_up(bench: Bench) -> None:
    await bench.start(msgspec.structs.replace(RECORD, used_s=3600.0), resource_timeout_s=5400.0)
    await bench.turn(1799.0)
    assert bench.outcomes == []
    await bench.turn(1.0)
    assert bench.outcomes == [Exceeded(code=Code.TIME_LIMIT, detail="1 h 30 min")]
    assert bench.record.used_s == 5400.0
    assert bench.record.receipt.active_s == 1800.0


async def test_time_before_a_place_to_start_counts_for_nothing(bench: Bench) -> None:
    for number in range(AT_ONCE):
        bench.attempts.start(str(number), SPEC, RECORD)
    await bench.start(resource_timeout_s=10.0)
    await bench.turn(0.9)
    bench.attempts.stop("run")
    await bench.turn()
    assert bench.record.used_s == 0.0


async def test_below_its_floor(bench: Bench) -> None:
    await bench.start(floor=50_000)
    paid = 0
    while not bench.outcomes:
        await bench.mover.outlet.pay(12_000)
        paid += 1
        await bench.turn(1.0)
    assert paid == 60
    detail = "12 kB/s over 60 seconds, its floor is 50 kB/s"
    assert bench.outcomes == [Exceeded(code=Code.LOW_SPEED, detail=detail)]


async def test_slow_by_its_own_rate_is_not_too_slow(bench: Bench) -> None:
    await bench.start(floor=50_000, rate=10_000)
    for _ in range(100):
        paying = asyncio.ensure_future(bench.mover.outlet.pay(10_000))
        await bench.turn(1.0)
        assert paying.done()
    assert bench.outcomes == []


async def test_nothing_moves_while_it_checks(bench: Bench) -> None:
    await bench.start(floor=50_000)
    bench.mover.outlet.moved(100, 100, "checking")
    await bench.turn(600.0)
    assert bench.outcomes == []


async def test_limits_change_while_it_runs(bench: Bench) -> None:
    await bench.start(rate=1000)
    assert bench.mover.outlet.grain < 100_000
    bench.attempts.limit(100, None)
    paying = asyncio.ensure_future(bench.mover.outlet.pay(1_000_000))
    await bench.turn(1.0)
    bench.attempts.limit(None, "run")
    bench.attempts.limit(None, "another")
    await bench.turn(1.0)
    assert not paying.done()
    bench.attempts.limit(None, None)
    await bench.turn()
    assert paying.done()

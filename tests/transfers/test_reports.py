"""What an engine tells, how often, in which order, and how little at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bgtasks_gui.core.transfers import Figure, Outcome, Record, Stopped
from bgtasks_gui.transfers.reports import GATHERED_S, MOVED_EVERY_S, SLICE_S, Delivery, Reports
from tests.fakes.manual_clock import ManualClock

RECORD = Record(url="http://localhost/")


class Listener:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.slowness_s = 0.0

    def moved(self, figures: Mapping[str, Figure]) -> None:
        self.told += [(run_id, figure) for run_id, figure in figures.items()]

    def recorded(self, run_id: str, record: Record) -> None:
        self.told.append((run_id, record))

    def said(self, run_id: str, line: str) -> None:
        until = time.perf_counter() + self.slowness_s
        while time.perf_counter() < until:
            pass
        self.told.append((run_id, line))

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        self.told.append((run_id, outcome))


class Told:
    """Reports of a thread whose clock stands still, told on this loop."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.listener = Listener()
        self.ends = 0
        self.delivery = Delivery(asyncio.get_running_loop(), self.listener, self._on_ended)
        self.reports = Reports(self.clock, self.delivery)

    def _on_ended(self) -> None:
        self.ends += 1

    async def after(self, seconds: float) -> list[tuple[str, object]]:
        self.clock.advance(timedelta(seconds=seconds))
        for _ in range(20):
            await asyncio.sleep(0)
        told, self.listener.told = self.listener.told, []
        return told


@pytest.fixture
async def told() -> Told:
    return Told()


async def test_four_times_a_second_at_most_and_only_the_newest(told: Told) -> None:
    for done in range(5):
        told.reports.moved("a", done)
    told.reports.moved("b", 7, 9)
    assert await told.after(MOVED_EVERY_S - 0.01) == []
    assert await told.after(0.01) == [("a", Figure(done=4)), ("b", Figure(done=7, total=9))]
    assert await told.after(10.0) == [], "nothing moved"
    assert told.clock.pending == 0


async def test_less_than_before_is_not_told_without_a_word(told: Told) -> None:
    told.reports.moved("a", 100)
    await told.after(MOVED_EVERY_S)
    told.reports.moved("a", 0, message="restarted")
    told.reports.moved("a", 5)
    assert await told.after(MOVED_EVERY_S) == [("a", Figure(done=5, message="restarted"))]
    told.reports.moved("a", 6)
    assert await told.after(MOVED_EVERY_S) == [("a", Figure(done=6))]


async def test_less_than_its_owner_knows_of_is_not_told_without_a_word(told: Told) -> None:
    told.reports.began("a", 100)
    told.reports.moved("a", 90)
    assert await told.after(MOVED_EVERY_S) == [("a", Figure(done=90, message="restarted"))]
    told.reports.ended("a", RECORD, Stopped())
    told.reports.began("a", 90)
    told.reports.moved("a", 91)
    assert ("a", Figure(done=91)) in await told.after(MOVED_EVERY_S)


async def test_in_order_and_nothing_after_the_end(told: Told) -> None:
    told.reports.said("a", "two\nlines ")
    told.reports.recorded("a", RECORD)
    told.reports.moved("a", 1)
    told.reports.ended("a", RECORD, Stopped())
    assert await told.after(GATHERED_S) == [("a", "two lines"), ("a", RECORD), ("a", Stopped())]
    assert told.ends == 1
    assert await told.after(MOVED_EVERY_S) == []
    told.reports.moved("a", 0)
    assert await told.after(MOVED_EVERY_S) == [("a", Figure(done=0))], "another attempt"


async def test_a_burst_is_one_call(told: Told) -> None:
    for number in range(1000):
        told.reports.recorded(str(number), RECORD)
    assert told.clock.pending == 1
    told.reports.flush()
    told.reports.flush()
    assert len(await told.after(0.0)) == 1000
    assert told.clock.pending == 0


async def test_a_slow_listener_does_not_hold_up_its_loop(told: Told) -> None:
    told.listener.slowness_s = SLICE_S / 2
    for number in range(10):
        told.reports.said("a", str(number))
    told.reports.flush()
    turns = 0
    while len(told.listener.told) < 10:
        before = len(told.listener.told)
        await asyncio.sleep(0)
        turns += len(told.listener.told) > before
        assert len(told.listener.told) - before <= 3
        # What comes meanwhile waits for its turn.
        if turns == 1 and before == 0:
            told.reports.said("a", "last")
            told.reports.flush()
    assert [line for _, line in told.listener.told[:10]] == [str(each) for each in range(10)]
    assert [line for _, line in await told.after(0.0)][-1:] in ([], ["last"])


async def test_an_error_of_the_listener_keeps_nothing_from_it(told: Told) -> None:
    loop, errors = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: errors.append(context["exception"]))
    recorded = told.listener.recorded
    told.listener.recorded = lambda *_: 1 / 0  # type: ignore[method-assign, return-value]
    told.reports.recorded("a", RECORD)
    told.reports.said("a", "after")
    assert await told.after(GATHERED_S) == [("a", "after")]
    told.listener.recorded = recorded  # type: ignore[method-assign]
    assert [type(error) for error in errors] == [ZeroDivisionError]


async def test_an_owner_whose_loop_has_ended_is_told_nothing() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    listener = Listener()
    reports = Reports(ManualClock(), Delivery(loop, listener, lambda: None))
    reports.said("a", "b")
    reports.flush()
    assert listener.told == []

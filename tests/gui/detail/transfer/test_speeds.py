from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.gui.detail.transfer.speeds import SPAN_S, Point, Speeds
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.support.stages import Stage, collect

ONE = views.run(1).id


@pytest.fixture
def speeds(stage: Stage) -> Speeds:
    stage.load([moves.task()], [moves.run(1), views.run(2)])
    return Speeds(stage.bridge.mirror, stage.tally, stage.now)


def tell(stage: Stage, rate: float, after_s: float = 1.0) -> None:
    stage.now.advance(timedelta(seconds=after_s))
    # The same once more is no change.
    stage.progress(ONE, moves.moving(stage.now().timestamp(), 1e12, rate=rate))


async def test_speeds_are_kept_second_by_second(stage: Stage, speeds: Speeds) -> None:
    told = collect(speeds.grew)
    for rate in (1.0, 2.0, 3.0):
        tell(stage, rate)
    tell(stage, 4.0, after_s=0.4)
    stage.now.advance(timedelta(seconds=1))
    ages = [round(one.at, 1) for one in speeds.points(ONE)]
    assert ages == [-3.4, -2.4, -1.4], "of each second the last one told counts"
    assert [one.rate for one in speeds.points(ONE)] == [1.0, 2.0, 4.0]
    assert told == [({ONE},)] * 4


async def test_a_short_silence_is_bridged_and_a_long_one_is_a_stop(
    stage: Stage, speeds: Speeds
) -> None:
    tell(stage, 5.0)
    tell(stage, 6.0, after_s=3)
    tell(stage, 7.0, after_s=5)
    rates = [one.rate for one in speeds.points(ONE)]
    assert rates == [5.0, 5.0, 5.0, 6.0, 0.0, 0.0, 0.0, 0.0, 7.0]


async def test_only_the_last_minutes_are_kept(stage: Stage, speeds: Speeds) -> None:
    for _ in range(3 * SPAN_S):
        tell(stage, 1.0)
    points = speeds.points(ONE)
    assert len(points) == SPAN_S + 1
    assert points[-1] == Point(0.0, 1.0)
    assert len(speeds._series[ONE].rates) <= 2 * SPAN_S
    stage.now.advance(timedelta(seconds=SPAN_S + 1))
    assert speeds.points(ONE) == []


async def test_a_week_of_silence_costs_nothing(stage: Stage, speeds: Speeds) -> None:
    tell(stage, 1.0)
    tell(stage, 2.0, after_s=7 * 86_400)
    assert [one.rate for one in speeds.points(ONE)][-2:] == [0.0, 2.0]
    assert len(speeds._series[ONE].rates) <= 2 * SPAN_S


async def test_what_stands_still_has_no_speed(stage: Stage, speeds: Speeds) -> None:
    tell(stage, 5.0)
    stage.now.advance(timedelta(seconds=1))
    stage.put(moves.run(1, "suspended", progress=moves.moving(5, rate=5.0)))
    assert [one.rate for one in speeds.points(ONE)] == [5.0, 0.0]


async def test_other_runs_and_those_that_never_moved_are_not_kept(
    stage: Stage, speeds: Speeds
) -> None:
    stage.progress(views.run(2).id, views.progress(5, 10, rate=1.0))
    stage.put(moves.run(3, "waiting"))
    assert speeds.points(views.run(2).id) == []
    assert speeds._series == {}


async def test_what_is_gone_is_forgotten(stage: Stage, speeds: Speeds) -> None:
    tell(stage, 5.0)
    stage.load([moves.task()], [])
    assert speeds._series == {}

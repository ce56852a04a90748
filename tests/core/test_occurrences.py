from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import occurrences, reasons, tasks
from tests.core.samples import MINUTE, NOW, make_task

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
OFF = reasons.Code.MISSED_OFF
LATE = reasons.Code.MISSED_LATE
NO_FLEX = timedelta(0)


class Every:
    """A time each `step` from `first` on, up to `last`; it counts how often it was asked."""

    def __init__(self, step: timedelta, first: datetime, last: datetime | None = None) -> None:
        self.step, self.first, self.last = step, first, last
        self.asked = 0

    def __call__(self, after: datetime) -> datetime | None:
        self.asked += 1
        steps = (after - self.first) // self.step + 1
        at = self.first + max(steps, 0) * self.step
        return None if self.last is not None and at > self.last else at


def missed(policy: str, limit: int = 10) -> tasks.Missed:
    return tasks.Missed(policy=tasks.MissedPolicy(policy), limit=limit)


def elapsed(*ages: timedelta) -> occurrences.Elapsed:
    return occurrences.Elapsed(times=tuple(NOW - age for age in ages), next_at=NOW + DAY)


# Gathering


def test_nothing_has_come_yet() -> None:
    told = occurrences.gather(Every(DAY, NOW + MINUTE), NOW + MINUTE, NOW)
    assert told == occurrences.Elapsed(next_at=NOW + MINUTE)


def test_all_times_up_to_now_and_the_one_after() -> None:
    first = NOW - 2 * DAY
    told = occurrences.gather(Every(DAY, first), first, NOW)
    assert told.times == (first, NOW - DAY, NOW)
    assert (told.folded, told.folded_first, told.folded_last) == (0, None, None)
    assert told.next_at == NOW + DAY


def test_a_trigger_that_ends_has_no_next_time() -> None:
    first = NOW - 2 * DAY
    told = occurrences.gather(Every(DAY, first, NOW - DAY), first, NOW)
    assert told.times == (first, NOW - DAY)
    assert told.next_at is None


def test_more_than_the_limit_are_folded_and_counted() -> None:
    first = NOW - 9 * MINUTE
    told = occurrences.gather(Every(MINUTE, first), first, NOW, limit=3)
    assert told.times == (NOW - 2 * MINUTE, NOW - MINUTE, NOW)
    assert (told.folded, told.is_exact) == (7, True)
    assert (told.folded_first, told.folded_last) == (first, NOW - 3 * MINUTE)


def test_exactly_the_limit_folds_nothing() -> None:
    first = NOW - 2 * MINUTE
    told = occurrences.gather(Every(MINUTE, first), first, NOW, limit=3)
    assert (len(told.times), told.folded) == (3, 0)


def test_a_year_of_seconds_takes_bounded_work() -> None:
    first = NOW - 365 * DAY
    every = Every(SECOND, first)
    told = occurrences.gather(every, first, NOW)
    assert told.times == tuple(NOW - age * SECOND for age in reversed(range(1000)))
    assert told.next_at == NOW + SECOND
    assert (told.folded, told.is_exact) == (occurrences.WALK_LIMIT, False)
    assert told.folded_last == NOW - 1000 * SECOND
    assert every.asked < 2 * occurrences.WALK_LIMIT


@pytest.fixture
def _short_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurrences, "WALK_LIMIT", 100)


class Uneven:
    """Dense for a while and sparse after it, or the other way round."""

    def __init__(self, times: list[datetime]) -> None:
        self.times = times

    def __call__(self, after: datetime) -> datetime | None:
        return next((at for at in self.times if at > after), None)


SHAPES: dict[str, Callable[[], list[datetime]]] = {
    "dense long ago": lambda: [
        *(NOW - 900 * DAY + number * SECOND for number in range(400)),
        NOW - DAY,
        NOW + DAY,
    ],
    "dense now": lambda: [
        *(NOW - (900 - number) * DAY for number in range(300)),
        *(NOW - number * SECOND for number in range(400, -2, -1)),
    ],
    "dense, then long nothing": lambda: [
        *(NOW - 900 * DAY + number * MINUTE for number in range(500)),
    ],
    "even": lambda: [NOW - number * MINUTE for number in range(600, -2, -1)],
    "just beyond the walk": lambda: [NOW - number * MINUTE for number in range(103, -2, -1)],
}


@pytest.mark.usefixtures("_short_walk")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("limit", [1, 7, 20])
def test_the_newest_are_found_however_unevenly_they_lie(shape: str, limit: int) -> None:
    times = SHAPES[shape]()
    told = occurrences.gather(Uneven(times), times[0], NOW, limit)
    past = [at for at in times if at <= NOW]
    assert told.times == tuple(past[-limit:])
    assert (told.folded_first, told.folded_last) == (past[0], past[-limit - 1])
    assert told.next_at == (times[len(past)] if len(past) < len(times) else None)
    assert told.folded <= len(past) - limit
    assert told.is_exact is (told.folded == len(past) - limit)


@given(
    st.timedeltas(min_value=MINUTE, max_value=30 * DAY),
    st.integers(min_value=0, max_value=300),
    st.integers(min_value=1, max_value=50),
)
def test_every_time_is_kept_or_counted(step: timedelta, count: int, limit: int) -> None:
    first = NOW - count * step
    told = occurrences.gather(Every(step, first), first, NOW, limit)
    assert len(told.times) + told.folded == count + 1
    assert told.times == tuple(sorted(told.times))
    assert told.times[-1] == NOW
    assert told.next_at == NOW + step


# Catching up


def test_nothing_elapsed_needs_nothing() -> None:
    plan = occurrences.plan_missed(elapsed(), missed("all"), NOW, NO_FLEX, OFF)
    assert plan == occurrences.CatchUp()


@pytest.mark.parametrize("policy", list(tasks.MissedPolicy))
@pytest.mark.parametrize(
    ("age", "flex"), [(NO_FLEX, NO_FLEX), (MINUTE, NO_FLEX), (6 * MINUTE, 5 * MINUTE)]
)
def test_a_single_time_just_past_is_an_ordinary_start(
    policy: str, age: timedelta, flex: timedelta
) -> None:
    plan = occurrences.plan_missed(elapsed(age), missed(policy), NOW, flex, LATE)
    assert plan == occurrences.CatchUp(starts=(occurrences.PlannedStart(NOW - age, False),))


def caught_up(plan: occurrences.CatchUp) -> list[timedelta]:
    assert all(start.caught_up for start in plan.starts)
    return [NOW - start.planned_at for start in plan.starts]


def left_out(plan: occurrences.CatchUp) -> list[timedelta]:
    return [NOW - one.planned_at for one in plan.missed]


THREE = elapsed(3 * DAY, 2 * DAY, DAY)


@pytest.mark.parametrize(
    ("policy", "limit", "started", "asked", "detail"),
    [
        ("once", 1, [1], [], "one run makes up for all missed times"),
        ("skip", 1, [], [], None),
        ("all", 2, [2, 1], [], "only the newest 2 missed times are made up for"),
        ("all", 9, [3, 2, 1], [], None),
        ("ask", 1, [], [1], "you are asked about the newest missed time"),
    ],
)
def test_what_each_policy_does(
    policy: str, limit: int, started: list[int], asked: list[int], detail: str | None
) -> None:
    plan = occurrences.plan_missed(THREE, missed(policy, limit), NOW, NO_FLEX, OFF)
    assert caught_up(plan) == [days * DAY for days in started]
    assert [NOW - at for at in plan.ask] == [days * DAY for days in asked]
    others = [days for days in (3, 2, 1) if days not in started + asked]
    assert left_out(plan) == [days * DAY for days in others]
    assert {(one.code, one.detail) for one in plan.missed} <= {(OFF, detail)}


def test_a_single_time_long_past_is_caught_up() -> None:
    plan = occurrences.plan_missed(
        elapsed(MINUTE + timedelta(milliseconds=1)), missed("once"), NOW, NO_FLEX, LATE
    )
    assert len(caught_up(plan)) == 1


def test_several_times_just_past_were_missed_all_the_same_when_nothing_ran() -> None:
    short = elapsed(20 * SECOND, 10 * SECOND, NO_FLEX)
    plan = occurrences.plan_missed(short, missed("skip"), NOW, NO_FLEX, OFF)
    assert (plan.starts, len(plan.missed)) == ((), 3)


@pytest.mark.parametrize("policy", list(tasks.MissedPolicy))
def test_a_slow_moment_never_keeps_a_task_from_running(policy: str) -> None:
    short = elapsed(2 * SECOND, SECOND, NO_FLEX)
    plan = occurrences.plan_missed(short, missed(policy), NOW, NO_FLEX, LATE)
    assert plan.starts == (occurrences.PlannedStart(NOW, False),)
    assert left_out(plan) == [2 * SECOND, SECOND]
    assert plan.missed[0].detail == "a later planned time was started"


@pytest.mark.parametrize(
    ("is_exact", "detail"),
    [
        (True, "this stands for 1,234 planned times since Sun 15 Nov 14:00"),
        (False, "this stands for more than 1,234 planned times since Sun 15 Nov 14:00"),
    ],
)
def test_what_was_folded_is_one_entry_that_counts_them(is_exact: bool, detail: str) -> None:
    long_ago = occurrences.Elapsed(
        times=(NOW,),
        folded=1234,
        is_exact=is_exact,
        folded_first=NOW - 9 * DAY,
        folded_last=NOW - DAY,
    )
    plan = occurrences.plan_missed(long_ago, missed("once"), NOW, NO_FLEX, OFF)
    assert caught_up(plan) == [NO_FLEX]
    assert plan.missed == ((NOW - DAY, OFF, detail),)


@given(
    st.lists(st.timedeltas(min_value=NO_FLEX, max_value=3 * DAY), unique=True, max_size=20),
    st.sampled_from(tasks.MissedPolicy),
    st.integers(min_value=1, max_value=25),
    st.timedeltas(min_value=NO_FLEX, max_value=DAY),
    st.sampled_from([OFF, LATE, reasons.Code.MISSED_ASLEEP]),
    st.booleans(),
)
def test_every_planned_time_has_exactly_one_outcome(
    ages: list[timedelta],
    policy: tasks.MissedPolicy,
    limit: int,
    flex: timedelta,
    cause: reasons.Code,
    is_folded: bool,
) -> None:
    times = tuple(sorted(NOW - age for age in ages))
    folded = {"folded": 5, "folded_first": NOW - 9 * DAY, "folded_last": NOW - 8 * DAY}
    come = occurrences.Elapsed(times=times, **(folded if is_folded and times else {}))
    plan = occurrences.plan_missed(come, missed(policy, limit), NOW, flex, cause)
    outcomes = [start.planned_at for start in plan.starts]
    outcomes += [one.planned_at for one in plan.missed]
    outcomes += plan.ask
    expected = [*times, NOW - 8 * DAY] if come.folded else [*times]
    assert sorted(outcomes) == sorted(expected)
    # What starts or is asked about is always newer than what was left out.
    kept = [*plan.ask, *(start.planned_at for start in plan.starts)]
    assert all(one.planned_at < at for one in plan.missed for at in kept)
    assert len(plan.ask) <= 1
    assert len(plan.starts) <= max(limit, 1)


def test_no_time_is_planned_behind_the_expiry() -> None:
    task = make_task(expires_at=NOW + 2 * SECOND)
    find = occurrences.until_expiry(task, Every(SECOND, NOW))
    assert find(NOW) == NOW + SECOND
    assert find(NOW + SECOND) is None
    assert occurrences.until_expiry(make_task(), Every(SECOND, NOW, NOW))(NOW) is None

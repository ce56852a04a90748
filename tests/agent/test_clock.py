from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.date import DateTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from bgtasks_gui.agent import clock
from tests.fakes import manual_clock

NOW = manual_clock.DEFAULT_NOW
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Desk:
    """A timetable on a manual clock, and the batches it handed over."""

    def __init__(self, *, start: bool = True) -> None:
        self.clock = manual_clock.ManualClock()
        self.batches: list[list[clock.Due]] = []
        self.table = clock.Timetable(self.clock, self.batches.append)
        if start:
            self.table.start()

    @property
    def names(self) -> list[str]:
        return [entry.task_id for batch in self.batches for entry in batch]

    def entry(self, name: str, after: timedelta, flex: timedelta = timedelta(0)) -> None:
        self.table.set(name, 0, NOW + after, flex)


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_hands_over_each_entry_once_at_its_time(desk: Desk) -> None:
    desk.table.set("a", 3, NOW + timedelta(milliseconds=1234))
    assert (len(desk.table), desk.table.next_wake) == (1, NOW + timedelta(milliseconds=1234))
    desk.clock.advance(timedelta(milliseconds=1233))
    assert desk.batches == []
    desk.clock.advance(timedelta(milliseconds=1))
    planned_at = NOW + timedelta(milliseconds=1234)
    assert desk.batches == [[clock.Due("a", 3, planned_at)]]
    assert desk.batches[0][0].planned_at.tzinfo is UTC
    desk.clock.advance(HOUR)
    assert len(desk.batches) == 1
    assert (len(desk.table), desk.table.next_wake, desk.clock.pending) == (0, None, 0)


async def test_what_is_due_together_comes_together_in_order(desk: Desk) -> None:
    for name, seconds in (("c", 1), ("a", 2), ("d", 2), ("b", 2), ("e", 9)):
        desk.entry(name, seconds * SECOND)
    desk.clock.jump_wall(5 * SECOND)
    desk.table.check_now()
    assert [[entry.task_id for entry in batch] for batch in desk.batches] == [["c", "a", "b", "d"]]


async def test_the_caller_may_plan_anew_while_it_is_told(desk: Desk) -> None:
    def again(due: list[clock.Due]) -> None:
        desk.batches.append(due)
        for entry in due:
            desk.table.set(entry.task_id, entry.position, entry.planned_at + MINUTE)
        desk.table.check_now()

    desk.table = clock.Timetable(desk.clock, again)
    desk.table.start()
    desk.entry("a", MINUTE)
    desk.entry("b", MINUTE)
    desk.clock.advance(3 * MINUTE)
    assert desk.names == ["a", "b"] * 3


async def test_what_lies_in_the_past_comes_in_the_next_turn(desk: Desk) -> None:
    desk.entry("late", -HOUR)
    assert desk.batches == []
    desk.clock.advance(timedelta(0))
    assert desk.batches == [[clock.Due("late", 0, NOW - HOUR)]]


async def test_set_replaces_and_none_clears(desk: Desk) -> None:
    desk.entry("a", MINUTE)
    desk.entry("b", MINUTE, flex=HOUR)
    desk.entry("a", 2 * MINUTE)
    desk.entry("b", 3 * MINUTE)
    assert len(desk.table) == 2
    assert desk.table.next_wake == NOW + 2 * MINUTE
    desk.table.set("a", 0, None)
    desk.table.set("unknown", 0, None)
    assert desk.table.next_wake == NOW + 3 * MINUTE
    desk.clock.advance(HOUR)
    assert desk.names == ["b"]


async def test_remove_takes_every_position_of_a_task(desk: Desk) -> None:
    for position in (0, 4, 12):
        desk.table.set("a", position, NOW + MINUTE)
    desk.entry("ab", MINUTE)
    desk.table.remove("a")
    desk.table.remove("unknown")
    assert len(desk.table) == 1
    desk.clock.advance(HOUR)
    assert desk.names == ["ab"]


async def test_load_takes_any_order_and_replaces(desk: Desk) -> None:
    base = NOW.timestamp()
    desk.entry("old", SECOND)
    desk.table.load([(base + 7, 0.0, "b", 2), (base + 5.001, 0.0, "a", 0), (base + 7, 9.0, "a", 1)])
    assert len(desk.table) == 3
    assert desk.table.next_wake == NOW + timedelta(seconds=5.001)
    desk.clock.advance(MINUTE)
    assert [(due.task_id, due.position) for batch in desk.batches for due in batch] == [
        *(("a", 0), ("a", 1), ("b", 2))
    ]
    desk.table.set("b", 2, NOW + HOUR)
    desk.table.remove("b")
    assert len(desk.table) == 0


async def test_nothing_comes_before_start_or_after_close() -> None:
    desk = Desk(start=False)
    desk.entry("a", -MINUTE)
    desk.table.check_now()
    desk.clock.advance(MINUTE)
    assert desk.batches == []
    desk.table.start()
    assert desk.names == ["a"]
    desk.entry("b", MINUTE)
    desk.table.close()
    desk.table.close()
    desk.clock.advance(HOUR)
    assert (desk.names, desk.clock.pending) == (["a"], 0)


async def test_a_caller_that_fails_does_not_stop_the_timetable() -> None:
    manual, names = manual_clock.ManualClock(), []

    def fail_once(due: list[clock.Due]) -> None:
        names.append(due[0].task_id)
        if len(names) == 1:
            raise RuntimeError("a bug")

    table = clock.Timetable(manual, fail_once)
    table.start()
    table.set("a", 0, NOW + SECOND)
    table.set("b", 0, NOW + 2 * SECOND)
    with pytest.raises(RuntimeError, match="a bug"):
        manual.advance(SECOND)
    manual.advance(SECOND)
    assert names == ["a", "b"]


async def test_closed_by_the_one_who_is_told(desk: Desk) -> None:
    table = clock.Timetable(desk.clock, lambda due: table.close())
    table.start()
    table.set("a", 0, NOW + SECOND)
    table.set("b", 0, NOW + MINUTE)
    desk.clock.advance(HOUR)
    assert (len(table), desk.clock.pending) == (1, 0)


async def test_thousands_come_in_turns_so_that_the_loop_stays_free(desk: Desk) -> None:
    desk.table.load((NOW.timestamp() - 1, 0.0, f"task-{index:05}", 0) for index in range(2500))
    desk.clock.advance(timedelta(0))
    assert [len(batch) for batch in desk.batches] == [1000, 1000, 500]
    assert desk.names == sorted(desk.names)


async def test_a_wait_is_never_longer_than_half_a_minute(desk: Desk) -> None:
    wakes: list[datetime] = []
    desk.table.on_wake = lambda: wakes.append(desk.clock.now())
    desk.entry("a", 100 * SECOND)
    desk.clock.advance(HOUR)
    assert wakes == [NOW + step * SECOND for step in (30, 60, 90, 100)]


async def test_a_clock_set_forward_is_noticed_within_that(desk: Desk) -> None:
    desk.entry("a", 5 * HOUR)
    desk.clock.jump_wall(6 * HOUR)
    desk.clock.advance(30 * SECOND)
    assert desk.names == ["a"]


async def test_a_clock_set_back_loses_and_repeats_nothing(desk: Desk) -> None:
    desk.entry("a", MINUTE)
    desk.entry("b", 10 * MINUTE)
    desk.clock.advance(2 * MINUTE)
    desk.clock.jump_wall(-HOUR)
    desk.clock.advance(HOUR + 7 * MINUTE + 59 * SECOND)
    assert desk.names == ["a"]
    desk.clock.advance(SECOND)
    assert desk.names == ["a", "b"]


def plan_a_hundred(flex: timedelta) -> Desk:
    desk = Desk()
    for index in range(100):
        desk.entry(f"task-{index}", index * 7 * SECOND, flex)
    desk.clock.advance(2 * HOUR)
    assert Counter(desk.names) == {f"task-{index}": 1 for index in range(100)}
    return desk


async def test_flex_shares_wake_ups() -> None:
    # The last one starts after 693 s: each wake-up takes what came in the ten minutes before.
    assert len(plan_a_hundred(flex=timedelta(0)).batches) == 100
    assert len(plan_a_hundred(flex=10 * MINUTE).batches) == 2


async def test_flex_ends_early_where_another_cannot_wait(desk: Desk) -> None:
    desk.entry("patient", MINUTE, flex=HOUR)
    desk.entry("later", 2 * HOUR, flex=HOUR)
    desk.entry("punctual", 3 * MINUTE)
    assert desk.table.next_wake == NOW + 3 * MINUTE
    desk.clock.advance(3 * MINUTE)
    assert [[due.task_id for due in batch] for batch in desk.batches] == [["patient", "punctual"]]
    assert desk.table.next_wake == NOW + 3 * HOUR


async def test_it_is_a_job_store_of_apscheduler(desk: Desk) -> None:
    scheduler = desk.table._scheduler
    job = scheduler.add_job(print, DateTrigger(NOW + HOUR), id="a#0", misfire_grace_time=None)
    desk.entry("b", MINUTE)
    assert [one.id for one in scheduler.get_jobs()] == ["b#0", "a#0"]
    assert scheduler.get_job("a#0").next_run_time == NOW + HOUR
    assert scheduler.get_job("c#0") is None
    scheduler.modify_job("a#0", next_run_time=NOW + 2 * HOUR)
    assert desk.table.next_wake == NOW + MINUTE
    scheduler.remove_job("b#0")
    assert desk.table.next_wake == NOW + 2 * HOUR
    job.remove()
    assert len(desk.table) == 0
    desk.entry("b", MINUTE)
    scheduler.remove_all_jobs()
    assert desk.table.next_wake is None


steps = st.tuples(
    st.sampled_from(["plan", "plan", "plan", "clear", "run", "run", "jump", "check"]),
    st.integers(0, 15),
    st.integers(-7_200_000, 7_200_000),
    st.sampled_from([0, 0, 1000, 60_000, 600_000]),
)


@given(st.lists(steps, max_size=40))
@settings(max_examples=200)
async def test_every_entry_exactly_once_never_early_and_in_time(
    script: list[tuple[str, int, int, int]],
) -> None:
    """Against a plain list: what was planned and not taken back is what is handed over."""
    manual = manual_clock.ManualClock()
    expected: dict[str, tuple[datetime, timedelta, datetime]] = {}
    #: A jump is made good by this monotonic time: at a check, or at the next wake-up.
    settled = manual.monotonic()

    def receive(due: list[clock.Due]) -> None:
        now = manual.now()
        for entry in due:
            planned_at, flex, asked_at = expected.pop(entry.task_id)
            assert entry.planned_at == planned_at <= now
            in_time = now <= max(planned_at + flex, asked_at) + timedelta(milliseconds=2)
            assert in_time or manual.monotonic() <= settled + 0.002

    table = clock.Timetable(manual, receive)
    table.start()
    for act, index, amount_ms, flex_ms in script:
        name, step = f"task-{index}", timedelta(milliseconds=amount_ms)
        if act == "plan":
            now, flex = manual.now(), timedelta(milliseconds=flex_ms)
            expected[name] = (now + step, flex, now)
            table.set(name, 0, now + step, flex)
        elif act == "clear":
            expected.pop(name, None)
            table.remove(name)
        elif act == "run":
            manual.advance(abs(step))
        elif act == "jump":
            manual.jump_wall(step)
            settled = manual.monotonic() + clock.LONGEST_WAIT_S
        else:
            settled = manual.monotonic()
            table.check_now()
        assert len(table) == len(expected)
    manual.advance(timedelta(days=2))
    assert expected == {}
    assert (len(table), manual.pending) == (0, 0)

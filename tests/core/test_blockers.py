from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.core import blockers, conditions, machine, runs, tasks
from tests.core.samples import (
    MINUTE,
    NOW,
    make_firing,
    make_reason,
    make_run,
    make_situation,
    make_task,
    run_id,
)

Fields = dict[str, object]
CAUGHT_UP = make_firing(caught_up=True, planned_at=NOW - timedelta(days=1))
ASK = tasks.Missed(policy=tasks.MissedPolicy.ASK)
WINDOW = conditions.TimeWindow(start="22:00", end="23:00")


def found(
    task: tasks.Task, run: runs.Run | None = None, **situation: object
) -> list[blockers.Obstacle]:
    where = make_situation(**situation)
    return blockers.obstacles(task, where, run, blockers.judge_all(task, where))


def only(
    task: tasks.Task, run: runs.Run | None = None, **situation: object
) -> tuple[str, str, str, str | None]:
    (obstacle,) = found(task, run, **situation)
    one = obstacle.blocker
    return one.code, one.sentence, one.value, one.lifts


def test_nothing_is_in_the_way_of_an_ordinary_run() -> None:
    assert found(make_task(), make_run()) == []
    assert found(make_task()) == []


@pytest.mark.parametrize(
    ("fields", "blocker"),
    [
        (
            {"expires_at": NOW - MINUTE},
            ("expired", "The task expired at 13:59.", "since 13:59",
             "when the task is given a later expiry"),
        ),
        (
            {"enabled": False},
            ("disabled", "The task is disabled.", "disabled", "when you enable it"),
        ),
        (
            {"unscheduled": "nothing left to do."},
            ("unscheduled", "The task took itself out of the schedule: nothing left to do.",
             "out of the schedule", "when you enable it again"),
        ),
        (
            {"conditions": (conditions.OnAcPower(),)},
            ("on_ac_power", "It runs only on mains power, and whether the computer runs on mains "
             "power is not known here.", "not known here", "when the computer runs on mains power"),
        ),
    ],
)  # fmt: skip
def test_what_the_task_itself_says(fields: Fields, blocker: tuple[str, ...]) -> None:
    assert only(make_task(**fields), make_run()) == blocker
    assert only(make_task(**fields)) == blocker


@pytest.mark.parametrize(
    ("situation", "blocker"),
    [
        (
            {"is_paused": True},
            ("paused", "Everything is paused until you resume.", "until you resume",
             "when you resume everything"),
        ),
        (
            {"is_paused": True, "paused_until": NOW + 30 * MINUTE},
            ("paused", "Everything is paused until 14:30.", "until 14:30",
             "at 14:30, or when you resume everything"),
        ),
        (
            {"load": blockers.Load(3, 3)},
            ("slots", "3 runs are under way, and at most 3 may be.", "3 of 3",
             "when one of them has ended"),
        ),
        (
            {"active": (make_run(1, "running"),)},
            ("overlap", "An earlier run is not over: running since 13:59.",
             f"run {run_id(1)} running since 13:59",
             "when that run has ended; a run asked for before then is skipped"),
        ),
        (
            {"active": (make_run(2, "waiting"), make_run(1, "suspended"))},
            ("overlap", "2 earlier runs are not over, the first suspended since 13:59.",
             f"run {run_id(1)} suspended since 13:59",
             "when that run has ended; a run asked for before then is skipped"),
        ),
    ],
)  # fmt: skip
def test_what_the_situation_says(situation: Fields, blocker: tuple[str, ...]) -> None:
    assert only(make_task(), make_run(5), **situation) == blocker
    assert only(make_task(), **situation) == blocker


@pytest.mark.parametrize(
    ("policy", "lifts"),
    [
        ("queue", "when that run has ended"),
        ("replace", "a new run cancels that one and takes its place"),
    ],
)
def test_what_lifts_an_overlap_depends_on_the_policy(policy: str, lifts: str) -> None:
    task = make_task(overlap=tasks.Overlap(policy=tasks.OverlapPolicy(policy)))
    assert only(task, active=(make_run(1, "running"),))[3] == lifts


def test_a_pause_that_is_over_by_its_time_is_none() -> None:
    assert found(make_task(), is_paused=True, paused_until=NOW) == []
    assert found(make_task(), is_paused=False, paused_until=NOW + MINUTE) == []


@pytest.mark.parametrize(
    ("fields", "blocker"),
    [
        (
            {"state": "waiting", "retry_at": NOW + 2 * MINUTE},
            ("retry", "It failed and is tried again at 14:02.", "in 2 min", "at 14:02"),
        ),
        (
            {"state": "waiting", "firing": CAUGHT_UP},
            ("ask", "Its time, Mon 23 Nov 14:00, was missed, and you decide whether it runs now.",
             "waits for your answer",
             "resume the run to make up for it, cancel it to leave it out"),
        ),
        (
            {"state": "waiting", "firing": make_firing(caught_up=True)},
            ("ask", "Its time, 13:59, was missed, and you decide whether it runs now.",
             "waits for your answer",
             "resume the run to make up for it, cancel it to leave it out"),
        ),
        (
            {"state": "suspended", "process": None, "reason": make_reason()},
            ("suspended", "Suspended by you.", "since 14:00", "resume the run"),
        ),
        (
            {"state": "suspended", "reason": None},
            ("suspended", "The run is suspended.", "suspended", "resume the run"),
        ),
    ],
)  # fmt: skip
def test_what_the_run_itself_says(fields: Fields, blocker: tuple[str, ...]) -> None:
    assert only(make_task(missed=ASK), make_run(**fields)) == blocker


@pytest.mark.parametrize("code", ["condition_loss", "paused"])
def test_a_passing_suspension_is_told_by_what_caused_it(code: str) -> None:
    run = make_run(state="suspended", reason=make_reason(code))
    assert found(make_task(), run) == []
    task = make_task(conditions=(conditions.OnAcPower(),))
    assert only(task, run)[0] == "on_ac_power"


def test_a_retry_whose_time_has_come_is_no_obstacle() -> None:
    assert found(make_task(), make_run(state="waiting", retry_at=NOW)) == []


def test_a_run_asked_for_by_hand_minds_neither_switch_but_all_the_rest() -> None:
    task = make_task(
        enabled=False,
        unscheduled="enough",
        expires_at=NOW,
        conditions=(conditions.OnAcPower(),),
    )
    by_hand = make_run(5, firing=make_firing(type=blockers.MANUAL, position=None))
    codes = [one.blocker.code for one in found(task, by_hand, active=(make_run(1, "running"),))]
    assert codes == ["expired", "on_ac_power", "overlap"]


def test_the_strongest_comes_first() -> None:
    task = make_task(
        enabled=False,
        unscheduled="enough",
        expires_at=NOW,
        missed=ASK,
        conditions=(conditions.OnAcPower(), conditions.UserPresent()),
    )
    run = make_run(
        5,
        "suspended",
        process=None,
        firing=CAUGHT_UP,
        reason=make_reason(),
        retry_at=NOW + MINUTE,
    )
    obstacles = found(
        task, run, is_paused=True, active=(make_run(1),), load=blockers.Load(1, 1)
    )  # fmt: skip
    assert [one.blocker.code for one in obstacles] == [
        "expired", "disabled", "unscheduled", "ask", "suspended", "paused", "on_ac_power",
        "user_present", "overlap", "retry", "slots",
    ]  # fmt: skip


def test_a_run_that_has_begun_keeps_its_place() -> None:
    task = make_task(
        enabled=False, unscheduled="enough", expires_at=NOW, conditions=(conditions.OnAcPower(),)
    )
    for state in ("running", "suspended", "canceling"):
        run = make_run(5, state, reason=make_reason("paused"), retry_at=NOW + MINUTE)
        full = {"active": (make_run(1, "running"),), "load": blockers.Load(9, 3)}
        assert only(task, run, **full)[0] == "on_ac_power"


@pytest.mark.parametrize(
    ("task", "run", "situation", "at", "note"),
    [
        (
            make_task(),
            make_run(),
            {"is_paused": True, "paused_until": NOW + MINUTE},
            NOW + MINUTE,
            "the pause ends",
        ),
        (make_task(), make_run(), {"is_paused": True}, None, "the pause ends"),
        (
            make_task(),
            make_run(state="waiting", retry_at=NOW + MINUTE),
            {},
            NOW + MINUTE,
            "it is tried again",
        ),
        (
            make_task(conditions=(WINDOW,)),
            make_run(),
            {},
            NOW + timedelta(hours=8),
            "its time window opens",
        ),
    ],
)
def test_when_an_obstacle_changes_by_itself(
    task: tasks.Task, run: runs.Run, situation: Fields, at: object, note: str
) -> None:
    (obstacle,) = found(task, run, **situation)
    assert (obstacle.at, obstacle.note) == (at, note)


def test_every_condition_is_judged_in_the_tasks_order() -> None:
    task = make_task(conditions=(conditions.UserPresent(), conditions.OnAcPower()))
    state = machine.MachineState(user_present=True)
    judged = blockers.judge_all(task, make_situation(machine=state))
    assert [(one.code, one.holds) for one in judged] == [
        ("user_present", True),
        ("on_ac_power", False),
    ]

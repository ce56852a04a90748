from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import admission, conditions, machine, reasons, runs, tasks
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

S = runs.RunState
Fields = dict[str, object]
BY_HAND = make_firing(type="manual", position=None)
CAUGHT_UP = make_firing(caught_up=True)
ASK = tasks.Missed(policy=tasks.MissedPolicy.ASK)
ON_POWER = conditions.OnAcPower()
WINDOW = conditions.TimeWindow(start="22:00", end="23:00")
HOUR = timedelta(hours=1)


def with_overlap(policy: str, limit: int = 1, **fields: object) -> tasks.Task:
    chosen = tasks.Overlap(policy=tasks.OverlapPolicy(policy), limit=limit)
    return make_task(overlap=chosen, **fields)


def admit(task: tasks.Task, run: runs.Run | None = None, **situation: object) -> admission.Decision:
    return admission.admit(task, make_situation(**situation), run or make_run(5))


def ended(decision: admission.Decision) -> tuple[S, str, str | None]:
    assert isinstance(decision, admission.End)
    assert decision.reason.at == NOW
    return decision.state, decision.reason.code.value, decision.reason.detail


def waits(decision: admission.Decision) -> tuple[list[str], datetime | None]:
    assert isinstance(decision, admission.Wait)
    return [one.code for one in decision.blockers], decision.check_at


def test_a_run_with_nothing_in_its_way_starts() -> None:
    assert admit(make_task()) == admission.Start()
    power = machine.MachineState(on_ac_power=True)
    assert admit(make_task(conditions=(ON_POWER,)), machine=power) == admission.Start()


@pytest.mark.parametrize(
    ("fields", "code", "detail"),
    [
        ({"enabled": False}, "disabled", None),
        ({"expires_at": NOW}, "expired", "at 14:00"),
        (
            {"unscheduled": "it is done"},
            "disabled",
            "the task took itself out of the schedule (it is done)",
        ),
        ({"expires_at": NOW, "enabled": False}, "expired", "at 14:00"),
    ],
)
def test_a_task_that_may_not_run_skips_its_run(
    fields: Fields, code: str, detail: str | None
) -> None:
    task = make_task(conditions=(ON_POWER,), **fields)
    assert ended(admit(task)) == (S.SKIPPED, code, detail)
    between_attempts = make_run(5, "waiting", started_at=NOW - HOUR, attempt=2)
    assert ended(admit(task, between_attempts)) == (S.CANCELED, code, detail)


def test_a_run_asked_for_by_hand_needs_no_switch_but_conditions_and_an_expiry_hold() -> None:
    run = make_run(5, firing=BY_HAND)
    off = {"enabled": False, "unscheduled": "enough"}
    assert admit(make_task(**off), run) == admission.Start()
    assert waits(admit(make_task(**off, conditions=(ON_POWER,)), run)) == (["on_ac_power"], None)
    assert ended(admit(make_task(**off, expires_at=NOW), run))[1] == "expired"
    overlapping = admit(make_task(**off), run, active=(make_run(1, "running"),))
    assert ended(overlapping)[1] == "overlap"


@pytest.mark.parametrize(
    ("task", "run", "situation", "codes", "check_at"),
    [
        (make_task(conditions=(ON_POWER,)), None, {}, ["on_ac_power"], None),
        (make_task(conditions=(WINDOW,)), None, {}, ["time_window"], NOW + 8 * HOUR),
        (make_task(), None, {"is_paused": True}, ["paused"], None),
        (
            make_task(conditions=(WINDOW,)),
            make_run(5, "waiting", retry_at=NOW + 2 * HOUR),
            {"is_paused": True, "paused_until": NOW + 3 * HOUR},
            ["paused", "time_window", "retry"],
            NOW + 2 * HOUR,
        ),
        (make_task(), None, {"load": admission.Load(4, 3)}, ["slots"], None),
        (
            make_task(expires_at=NOW + HOUR),
            None,
            {"load": admission.Load(4, 3)},
            ["slots"],
            NOW + HOUR,
        ),
        (make_task(missed=ASK), make_run(5, firing=CAUGHT_UP), {}, ["ask"], None),
        (
            make_task(),
            make_run(5, "suspended", process=None, reason=make_reason()),
            {},
            ["suspended"],
            None,
        ),
    ],
)
def test_a_run_waits_for_what_may_change(
    task: tasks.Task,
    run: runs.Run | None,
    situation: Fields,
    codes: list[str],
    check_at: datetime | None,
) -> None:
    assert waits(admit(task, run, **situation)) == (codes, check_at)


def test_a_person_who_answers_lets_it_start() -> None:
    run = make_run(5, "waiting", firing=CAUGHT_UP, asked=True)
    assert admit(make_task(missed=ASK), run) == admission.Start()


# Overlap


def test_skip_leaves_out_a_run_while_another_is_not_over() -> None:
    decision = admit(make_task(), active=(make_run(1, "running"),))
    assert ended(decision) == (S.SKIPPED, "overlap", "running since 13:59")
    sentence = reasons.sentence(decision.reason, decision.state)
    assert sentence == ("Skipped: an earlier run of this task was not over (running since 13:59).")


def test_skip_counts_before_conditions_so_that_waiting_runs_do_not_pile_up() -> None:
    task = make_task(conditions=(ON_POWER,))
    assert ended(admit(task, active=(make_run(1, "waiting"),)))[1] == "overlap"


def test_queue_waits_for_those_before_it() -> None:
    task = with_overlap("queue")
    active = (make_run(1, "running"), make_run(3, "waiting"), make_run(7, "waiting"))
    assert waits(admit(task, make_run(5), active=active)) == (["overlap"], None)
    # The oldest of those that wait is held up by what runs, not by those behind it.
    assert admit(task, make_run(3), active=active[1:]) == admission.Start()


def test_parallel_starts_as_many_as_it_may() -> None:
    task = with_overlap("parallel", 2)
    assert admit(task, active=(make_run(1, "running"),)) == admission.Start()
    both = (make_run(1, "running"), make_run(2, "running"))
    assert ended(admit(task, active=both))[1] == "overlap"


def test_replace_takes_the_place_of_what_runs() -> None:
    task = with_overlap("replace")
    running = make_run(1, "running")
    assert admit(task, active=(running,)) == admission.Replace((run_id(1),))
    # Its slot becomes free with it.
    full = admit(task, active=(running,), load=admission.Load(1, 1))
    assert full == admission.Replace((run_id(1),))


def test_replace_waits_while_the_other_cleans_up() -> None:
    decision = admit(with_overlap("replace"), active=(make_run(1, "canceling"),))
    assert waits(decision) == (["overlap"], None)


def test_replace_gives_up_no_work_for_a_run_that_would_only_wait() -> None:
    task = with_overlap("replace", conditions=(ON_POWER,))
    running, waiting = make_run(1, "running"), make_run(2, "waiting")
    assert waits(admit(task, active=(running,)))[0] == ["on_ac_power", "overlap"]
    assert admit(task, active=(running, waiting)) == admission.Replace((run_id(2),))


def test_a_question_decides_nothing_about_others() -> None:
    run = make_run(5, firing=CAUGHT_UP)
    for policy in ("skip", "replace"):
        task = with_overlap(policy, missed=ASK)
        assert waits(admit(task, run, active=(make_run(1, "running"),)))[0] == ["ask", "overlap"]


# Explanation


def test_an_explanation_lists_what_is_in_the_way_and_every_check() -> None:
    task = make_task(conditions=(conditions.UserPresent(), ON_POWER))
    situation = make_situation(
        machine=machine.MachineState(user_present=True), load=admission.Load(3, 3)
    )
    told = admission.explain(task, situation)
    assert (told.task_id, told.can_start) == (task.id, False)
    assert [one.code for one in told.blockers] == ["on_ac_power", "slots"]
    assert [(one.code, one.holds) for one in told.checks] == [
        ("user_present", True),
        ("on_ac_power", False),
    ]
    assert told.next == ()


def test_the_next_chances_join_the_plan_and_what_changes_by_itself() -> None:
    task = make_task(conditions=(WINDOW,), expires_at=NOW + 20 * HOUR)
    planned = [
        admission.Chance(NOW + 21 * HOUR),
        admission.Chance(NOW + 9 * HOUR, "runs twice"),
        admission.Chance(NOW + HOUR),
    ]
    situation = make_situation()
    told = admission.explain(task, situation, planned=planned)
    assert told.next == (planned[2], planned[1])
    waiting = admission.explain(task, situation, run=make_run(5, "waiting"), planned=planned)
    assert waiting.next == (
        planned[2],
        admission.Chance(NOW + 8 * HOUR, "its time window opens"),
        planned[1],
    )
    off = admission.explain(make_task(enabled=False), situation, planned=planned)
    assert off.next == ()


# Runs that are under way


def test_a_known_contrary_fact_stops_a_run_and_an_unknown_one_does_not() -> None:
    task = make_task(conditions=(ON_POWER, conditions.FreeNetwork()))
    run = make_run(state="running")
    assert admission.lost(task, make_situation(), run) is None
    holding = machine.MachineState(on_ac_power=True, internet=True, metered=False)
    assert admission.lost(task, make_situation(machine=holding), run) is None
    contrary = machine.MachineState(on_ac_power=False, internet=True, metered=True)
    reason = admission.lost(task, make_situation(machine=contrary), run)
    assert reason is not None
    assert reasons.sentence(reason, "suspended") == (
        "Suspended by the system: the computer runs on battery, and this task runs only on mains "
        "power; the network is metered, and this task runs only on a network that is not metered."
    )


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"stop_on_condition_loss": tasks.ConditionLoss.IGNORE}, "running"),
        ({}, "canceling"),
        ({}, "completed"),
    ],
)
def test_what_a_lost_condition_does_not_touch(fields: Fields, state: str) -> None:
    task = make_task(conditions=(ON_POWER,), **fields)
    contrary = make_situation(machine=machine.MachineState(on_ac_power=False))
    assert admission.lost(task, contrary, make_run(state=state)) is None


@pytest.mark.parametrize(
    ("code", "power", "is_paused", "goes_on"),
    [
        ("condition_loss", True, False, True),
        ("condition_loss", True, True, False),
        ("condition_loss", False, False, False),
        ("condition_loss", None, False, False),
        ("paused", True, False, True),
        ("paused", None, False, True),
        ("paused", False, False, False),
        ("paused", True, True, False),
        ("user_suspend", True, False, False),
    ],
)
def test_when_a_suspended_run_goes_on(
    code: str, power: bool | None, is_paused: bool, goes_on: bool
) -> None:
    task = make_task(conditions=(ON_POWER,))
    situation = make_situation(machine=machine.MachineState(on_ac_power=power), is_paused=is_paused)
    run = make_run(state="suspended", reason=make_reason(code))
    assert admission.regained(task, situation, run) is goes_on


def test_a_task_that_minds_no_loss_goes_on_whatever_holds() -> None:
    task = make_task(conditions=(ON_POWER,), stop_on_condition_loss=tasks.ConditionLoss.IGNORE)
    run = make_run(state="suspended", reason=make_reason("condition_loss"))
    assert admission.regained(task, make_situation(), run)


@pytest.mark.parametrize("run", [make_run(state="suspended"), make_run(state="running")])
def test_what_was_not_suspended_for_a_passing_reason_is_left_alone(run: runs.Run) -> None:
    assert not admission.regained(make_task(), make_situation(), run)


def test_when_to_look_again_at_what_runs() -> None:
    early = conditions.TimeWindow(start="10:00", end="15:00")
    late = conditions.TimeWindow(start="10:00", end="18:00")
    task = make_task(conditions=(ON_POWER, late, early))
    assert admission.next_change(task, make_situation()) == NOW + HOUR
    assert admission.next_change(make_task(conditions=(ON_POWER,)), make_situation()) is None


# What is done and what is said


TIMES = st.sampled_from([None, NOW - HOUR, NOW, NOW + MINUTE, NOW + HOUR])
FACTS = st.sampled_from([True, False, None])
STATES = st.sampled_from(["pending", "waiting", "suspended"])
CONDITIONS = st.lists(
    st.sampled_from([ON_POWER, conditions.UserPresent(), WINDOW]), unique=True, max_size=3
).map(tuple)
REASONS = st.none() | st.sampled_from(["user_suspend", "condition_loss", "paused", "killed"]).map(
    make_reason
)
FIRINGS = st.sampled_from([make_firing(), CAUGHT_UP, BY_HAND])
TASKS = st.builds(
    make_task,
    enabled=st.booleans(),
    unscheduled=st.sampled_from([None, "it is done"]),
    expires_at=TIMES,
    conditions=CONDITIONS,
    overlap=st.builds(
        tasks.Overlap,
        policy=st.sampled_from(tasks.OverlapPolicy),
        limit=st.integers(min_value=1, max_value=3),
    ),
    missed=st.builds(tasks.Missed, policy=st.sampled_from(tasks.MissedPolicy)),
)
RUNS = st.builds(
    make_run,
    number=st.just(5),
    state=STATES,
    process=st.none(),
    firing=FIRINGS,
    reason=REASONS,
    retry_at=TIMES,
    asked=st.booleans(),
)
OTHERS = st.builds(
    make_run,
    number=st.integers(min_value=1, max_value=9),
    state=st.sampled_from([*S]),
    firing=FIRINGS,
)
SITUATIONS = st.builds(
    make_situation,
    machine=st.builds(machine.MachineState, on_ac_power=FACTS, user_present=FACTS),
    active=st.lists(OTHERS, max_size=4, unique_by=lambda one: one.id).map(tuple),
    load=st.builds(admission.Load, st.integers(min_value=0, max_value=3), st.just(3)),
    is_paused=st.booleans(),
    paused_until=TIMES,
)


@given(TASKS, SITUATIONS, RUNS)
def test_what_is_done_and_what_is_said_never_disagree(
    task: tasks.Task, situation: admission.Situation, run: runs.Run
) -> None:
    decision = admission.admit(task, situation, run)
    told = admission.explain(task, situation, run=run)
    assert isinstance(decision, admission.Start) is told.can_start
    assert told.can_start is (not told.blockers)
    codes = {one.code for one in told.blockers}
    match decision:
        case admission.Wait():
            assert decision.blockers == told.blockers
            assert decision.check_at is None or decision.check_at > NOW
        case admission.End():
            assert decision.reason.code in codes | {reasons.Code.DISABLED}
            assert decision.state in runs.MOVES[run.state]
        case admission.Replace():
            others = {one.id: one for one in situation.active}
            assert run.id not in decision.run_ids
            assert decision.run_ids
            assert not any(others[one].has_ended for one in decision.run_ids)
    for blocker in told.blockers:
        assert blocker.sentence.endswith(".")
        assert blocker.value
        assert blocker.lifts


@given(TASKS, SITUATIONS, RUNS)
def test_of_runs_that_wait_one_can_always_be_next(
    task: tasks.Task, situation: admission.Situation, run: runs.Run
) -> None:
    # Two runs that only wait for one another would wait for ever.
    waiting = make_run(6, "waiting", asked=True)
    for one, other in ((run, waiting), (waiting, run)):
        found = admission.explain(task, make_situation(active=(other,)), run=one)
        if "overlap" not in {blocker.code for blocker in found.blockers}:
            break
    else:
        raise AssertionError("both wait for the other")

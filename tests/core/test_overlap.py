from __future__ import annotations

import pytest

from bgtasks_gui.core import overlap, runs, tasks
from tests.core.samples import make_firing, make_run, make_task, run_id

A = overlap.Answer
ASK = tasks.Missed(policy=tasks.MissedPolicy.ASK)
ALL = tasks.Missed(policy=tasks.MissedPolicy.ALL)
CAUGHT_UP = make_firing(caught_up=True)


def with_overlap(policy: str, limit: int = 1, **fields: object) -> tasks.Task:
    chosen = tasks.Overlap(policy=tasks.OverlapPolicy(policy), limit=limit)
    return make_task(overlap=chosen, **fields)


@pytest.mark.parametrize(
    ("state", "fields", "has_begun"),
    [
        ("pending", {}, False),
        ("waiting", {}, False),
        ("suspended", {"process": None}, False),
        ("suspended", {}, True),
        ("running", {"process": None}, True),
        ("canceling", {}, True),
    ],
)
def test_which_runs_hold_their_place(
    state: str, fields: dict[str, object], has_begun: bool
) -> None:
    assert overlap.has_begun(make_run(state=state, **fields)) is has_begun


def test_a_run_minds_those_before_it_and_those_that_began() -> None:
    run = make_run(5)
    older, newer = make_run(1, "waiting"), make_run(7, "waiting")
    ended, overtaking = make_run(2, "completed"), make_run(9, "running")
    active = (overtaking, newer, run, ended, older)
    assert overlap.ahead(make_task(), run, active) == (older, overtaking)
    assert overlap.ahead(make_task(), None, active) == (older, run, newer, overtaking)


def test_a_run_never_minds_itself() -> None:
    run = make_run(5, "running")
    assert overlap.ahead(make_task(), run, (run,)) == ()


@pytest.mark.parametrize(
    ("task", "fields", "is_unanswered"),
    [
        (make_task(missed=ASK), {}, True),
        (make_task(missed=ASK), {"asked": True}, False),
        (make_task(missed=ASK), {"firing": make_firing()}, False),
        (make_task(missed=ASK), {"state": "running"}, False),
        (make_task(), {}, False),
    ],
)
def test_a_question_waits_in_nobodys_way(
    task: tasks.Task, fields: dict[str, object], is_unanswered: bool
) -> None:
    asked = make_run(**{"number": 1, "state": "waiting", "firing": CAUGHT_UP} | fields)
    assert overlap.is_unanswered(task, asked) is is_unanswered
    assert overlap.ahead(task, make_run(2), (asked,)) == (() if is_unanswered else (asked,))


@pytest.mark.parametrize(
    ("policy", "limit", "others", "answer"),
    [
        ("skip", 1, 0, A.START),
        ("skip", 5, 1, A.SKIP),
        ("queue", 1, 0, A.START),
        ("queue", 1, 1, A.QUEUE),
        ("replace", 1, 0, A.START),
        ("replace", 1, 2, A.REPLACE),
        ("parallel", 3, 2, A.START),
        ("parallel", 3, 3, A.SKIP),
        ("parallel", 1, 1, A.SKIP),
    ],
)
def test_what_each_policy_answers(policy: str, limit: int, others: int, answer: A) -> None:
    ahead = tuple(make_run(number, "running") for number in range(others))
    for run in (make_run(9), None):
        assert overlap.answer(with_overlap(policy, limit), run, ahead) is answer


@pytest.mark.parametrize("policy", ["skip", "queue", "replace", "parallel"])
def test_missed_times_are_made_up_for_one_after_another(policy: str) -> None:
    task = with_overlap(policy, missed=ALL)
    first = make_run(1, "running", firing=CAUGHT_UP)
    second = make_run(2, firing=CAUGHT_UP)
    assert overlap.answer(task, second, (first,)) is A.QUEUE
    # One asked for in the ordinary way is treated as the policy says.
    ordinary = overlap.answer(task, make_run(3), (first, second))
    assert ordinary is overlap.answer(with_overlap(policy), make_run(3), (first, second))


def test_work_under_way_is_replaced_only_by_a_run_that_can_start() -> None:
    others = (
        make_run(1, "waiting"),
        make_run(2, "running"),
        make_run(3, "canceling"),
        make_run(4, "suspended"),
        make_run(5, "suspended", process=None),
    )
    ready = overlap.to_replace(others, is_ready=True)
    assert ready == (run_id(1), run_id(2), run_id(4), run_id(5))
    assert overlap.to_replace(others, is_ready=False) == (run_id(1), run_id(5))


def test_the_table_of_moves_lets_every_replaced_run_be_canceled() -> None:
    cancelable = {state for state, ways in runs.MOVES.items() if runs.RunState.CANCELED in ways}
    assert cancelable == set(runs.RunState) - runs.ENDED

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.wire import shapes
from tests.cli.fakes.views import event
from tests.gui.support import views

_S = runs.RunState
ACTIVE = [state for state in _S if state not in runs.ENDED]
BY_SYSTEM = views.reason("It became metered.", actor="system", code="condition_loss")
BY_YOU = views.reason("Suspended by you.", code="user_suspend")


class Counting:
    """A mirror that is filled with events, its tally, and what that told."""

    def __init__(self, *, ended_kept: int = 500) -> None:
        self.mirror = Mirror(ended_kept=ended_kept)
        self.tally = Tally(self.mirror)
        self.troubled: list[tuple[str, str]] = []
        self.passing: Mapping[str, shapes.RunView] = {}
        self.touched: list[frozenset[str]] = []
        self.tally.troubled.connect(
            lambda told: self.troubled.extend((run.id, str(run.state)) for run in told)
        )
        self.tally.changed.connect(lambda _, touched: self.touched.append(touched))

    def load(self, *these: shapes.RunView, tasks: tuple[shapes.TaskView, ...] = ()) -> None:
        loaded = self.mirror.load(tasks, these, self.mirror.seq + 1)
        self.passing = loaded.passing
        self.tally.take(loaded.then(Changes(connected=True)))

    def put(self, *these: shapes.RunView) -> None:
        """All of these in one round."""
        step = Changes()
        for run in these:
            told = event(self.mirror.seq + 1, "run_changed", run=run)
            step = step.then(self.mirror.apply(told))
        self.passing = step.passing
        self.tally.take(step)

    def told(self) -> list[tuple[str, str]]:
        found, self.troubled = self.troubled, []
        return found


@pytest.fixture
def counting(qtbot: QtBot) -> Counting:
    one = Counting()
    one.load()
    return one


# How many stand where


def test_runs_are_counted_by_where_they_stand(counting: Counting) -> None:
    counting.put(views.run(1), views.run(2, "waiting"), views.run(3))
    assert +counting.tally.counts == {_S.RUNNING: 2, _S.WAITING: 1}
    counting.put(views.run(1, "suspended"), views.run(2, "failed"))
    assert +counting.tally.counts == {_S.RUNNING: 1, _S.SUSPENDED: 1}
    assert [run.id for run in counting.tally.active()] == [views.run(1).id, views.run(3).id]


def test_what_is_gone_without_an_end_is_not_counted(counting: Counting) -> None:
    counting.put(views.run(1), views.run(2))
    counting.load(views.run(2))
    assert [run.id for run in counting.tally.active()] == [views.run(2).id]
    assert counting.touched[-1] == {views.run(1).task_id}
    assert +counting.tally.counts == {_S.RUNNING: 1}


def test_runs_of_one_task_the_one_to_be_shown_first(counting: Counting) -> None:
    task, other = views.task(1), views.task(2)
    counting.put(
        views.run(1, "waiting", task), views.run(2, of=other), views.run(3, of=task),
        views.run(4, of=task),
    )  # fmt: skip
    shown = [views.run(number).id for number in (3, 4, 1)]
    assert [run.id for run in counting.tally.of_task(task.id)] == shown
    assert counting.tally.foremost(task.id) == views.run(3, of=task)
    counting.put(views.run(3, "completed", task))
    assert counting.tally.foremost(task.id) == views.run(4, of=task)
    counting.put(views.run(2, "completed", other))
    assert counting.tally.foremost(other.id) is None
    assert counting.tally.of_task("nobody") == []


def test_progress_is_the_mean_of_what_says_how_far_it_is(counting: Counting) -> None:
    assert counting.tally.progress is None
    counting.put(views.run(1), views.run(2, progress=views.progress(3)))
    assert counting.tally.progress is None
    counting.put(
        views.run(1, progress=views.progress(5, 20)), views.run(3, progress=views.progress(3, 4)),
        views.run(4, "suspended", progress=views.progress(0, 4)),
    )  # fmt: skip
    assert counting.tally.progress == 0.5


def test_runs_that_need_the_person_are_known(counting: Counting) -> None:
    asks = views.run(1, "waiting", **views.caught_up())
    counting.put(asks, views.run(2, "suspended", reason=BY_YOU), views.run(3))
    assert counting.tally.needing == {views.run(1).id, views.run(2).id}
    counting.put(views.run(1), views.run(2, "suspended", reason=BY_SYSTEM))
    assert counting.tally.needing == set()
    counting.put(views.run(2, "suspended", reason=BY_YOU))
    counting.put(views.run(2, "canceled"))
    assert counting.tally.needing == set()


# What went wrong


@pytest.mark.parametrize("state", ["failed", "canceled", "skipped", "missed"])
def test_a_bad_end_is_told_once(counting: Counting, state: str) -> None:
    run = views.run(1, state)
    counting.put(views.run(1))
    counting.put(run)
    assert counting.told() == [(run.id, state)]
    # What is known of it later makes it no news.
    counting.put(msgspec.structs.replace(run, cpu_s=3.0))
    counting.put(msgspec.structs.replace(run, cpu_s=3.0, exit_code=3), views.run(2))
    counting.load(run, views.run(2))
    assert counting.told() == []


def test_a_good_end_is_not_told(counting: Counting) -> None:
    counting.put(views.run(1), views.run(2))
    counting.put(views.run(1, "completed"))
    assert counting.told() == []


def test_what_begins_and_ends_in_one_round_is_told(counting: Counting) -> None:
    counting.put(views.run(1), views.run(1, "failed"))
    assert counting.told() == [(views.run(1).id, "failed")]


def test_a_stop_is_told_each_time_whoever_did_it(counting: Counting) -> None:
    run = views.run(1, "suspended", reason=BY_SYSTEM)
    counting.put(run)
    counting.put(msgspec.structs.replace(run, suspended_count=1))
    assert counting.told() == [(run.id, "suspended")]
    counting.put(views.run(1))
    counting.put(run)
    assert counting.told() == [(run.id, "suspended")]
    by_you = views.run(2, "suspended", reason=BY_YOU)
    counting.put(by_you, views.run(3, "suspended"))
    assert counting.told() == [(by_you.id, "suspended"), (views.run(3).id, "suspended")]


def test_what_was_so_before_anybody_looked_is_no_news(qtbot: QtBot) -> None:
    counting = Counting()
    counting.load(views.run(1, "failed"), views.run(2, "suspended", reason=BY_SYSTEM))
    assert counting.told() == []
    assert counting.tally.unseen_failures == 0


def test_what_happened_while_the_agent_was_away_is_told(counting: Counting) -> None:
    counting.put(views.run(1))
    counting.tally.take(Changes(connected=False, trouble="Away."))
    counting.load(views.run(1, "failed"), views.run(2, "missed"))
    assert counting.told() == [(views.run(1).id, "failed"), (views.run(2).id, "missed")]


def test_failures_are_counted_until_somebody_looks(counting: Counting, qtbot: QtBot) -> None:
    counting.put(views.run(1, "failed"), views.run(2, "missed"), views.run(3, "canceled"))
    assert counting.tally.unseen_failures == 2
    with qtbot.waitSignal(counting.tally.ends_seen):
        counting.tally.look_at_failures()
    assert counting.tally.unseen_failures == 0
    with qtbot.assertNotEmitted(counting.tally.ends_seen):
        counting.tally.look_at_failures()


def test_a_run_that_the_mirror_has_lost_already_is_passed_over(counting: Counting) -> None:
    """What is told may be older than the mirror."""
    counting.tally.take(Changes(runs={"gone": frozenset({"id", "state"})}))
    assert counting.told() == []
    assert counting.tally.active() == []


def test_a_stop_that_was_lifted_and_came_back_in_one_round_is_no_news(counting: Counting) -> None:
    stopped = views.run(1, "suspended", reason=BY_SYSTEM)
    counting.put(stopped)
    assert counting.told() == [(stopped.id, "suspended")]
    counting.put(views.run(1), stopped)
    assert counting.told() == []


def test_tasks_that_look_different_are_told(counting: Counting) -> None:
    first, second = views.task(1), views.task(2)
    counting.load(tasks=(first, second))
    assert counting.touched[-1] == {first.id, second.id}
    counting.put(views.run(1, of=first))
    assert counting.touched[-1] == {first.id}


# Anything that can happen


some_runs = st.builds(
    lambda number, state, is_by_system: views.run(
        number, state, views.task(number % 2), reason=BY_SYSTEM if is_by_system else BY_YOU
    ),
    st.integers(1, 6), st.sampled_from(list(map(str, _S))), st.booleans(),
)  # fmt: skip
rounds = st.lists(
    st.one_of(
        st.lists(some_runs, max_size=4),
        st.lists(some_runs, max_size=4).map(lambda these: tuple({r.id: r for r in these}.values())),
    ),
    max_size=12,
)


def is_bad(run: shapes.RunView) -> bool:
    return run.state in {_S.FAILED, _S.CANCELED, _S.SKIPPED, _S.MISSED, _S.SUSPENDED}


def possible(
    step: Iterable[shapes.RunView], ends: dict[str, shapes.RunView]
) -> list[shapes.RunView]:
    """Those that do not go on after their end."""
    found = []
    for run in step:
        if run.id not in ends or ends[run.id].state is run.state:
            found.append(run)
            if run.state in runs.ENDED:
                ends[run.id] = run
    return found


@given(rounds)
def test_it_always_agrees_with_the_mirror(steps: list[Sequence[shapes.RunView]]) -> None:
    """A list is a round of events, a tuple everything there is after a loss."""
    counting = Counting(ended_kept=3)
    counting.load()
    ends: dict[str, shapes.RunView] = {}
    passed: set[str] = set()
    for step in steps:
        before = dict(counting.mirror.runs)
        happen = counting.load if isinstance(step, tuple) else counting.put
        happen(*possible(step, ends))
        found = counting.mirror.runs
        active = {run.id: run for run in found.values() if run.state not in runs.ENDED}
        assert {run.id: run for run in counting.tally.active()} == active
        assert +counting.tally.counts == Counter(run.state for run in active.values())
        assert min(counting.tally.counts.values(), default=0) >= 0
        assert counting.tally.needing == {
            run.id for run in active.values() if states.needs_you(run)
        }
        news = {
            (run.id, str(run.state))
            for run in found.values()
            if is_bad(run) and (run.id not in before or before[run.id].state is not run.state)
        }
        # Ends that the mirror has no room for are told once.
        news |= {
            (run_id, str(run.state))
            for run_id, run in counting.passing.items()
            if is_bad(run) and run_id not in passed
        }
        passed |= counting.passing.keys()
        told = counting.told()
        assert len(told) == len(set(told))
        assert set(told) == news


def test_a_run_that_outlived_the_mirrors_room_is_told_once(qtbot: QtBot) -> None:
    counting = Counting(ended_kept=2)
    counting.load(views.run(1), *(views.run(number, "completed") for number in (2, 3)))
    counting.put(views.run(1, "failed"))
    assert counting.told() == [(views.run(1).id, "failed")]
    assert counting.tally.unseen_failures == 1
    assert counting.tally.active() == []

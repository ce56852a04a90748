from __future__ import annotations

import pytest

from bgtasks_gui.core import blockers, machine, runs, tasks
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import palette
from bgtasks_gui.wire import shapes
from tests.fakes import samples
from tests.gui.support import views

LAST = {state: views.ended_task(1, state) for state in sorted(map(str, runs.ENDED))}


def because(code: str, actor: str) -> shapes.ReasonView:
    return views.reason("Why.", code=code, actor=actor)


def test_every_state_of_a_run_is_shown() -> None:
    assert {str(state) for state in runs.RunState} <= states.APPEARANCES.keys()


@pytest.mark.parametrize("state", states.SHAPES)
def test_a_state_is_a_shape_a_word_and_a_colour(state: str) -> None:
    look = states.SHAPES[state]
    assert look.word[:1].isupper()
    assert {look.role, look.bar} <= set(palette.ROLES)


def test_states_are_told_apart_without_their_colour() -> None:
    words = [look.word for look in states.SHAPES.values()]
    assert len(set(words)) == len(words)
    of_runs = [states.APPEARANCES[state].icon for state in map(str, runs.RunState)]
    assert len(set(of_runs)) == len(of_runs)


@pytest.mark.parametrize(
    ("task", "state"),
    [
        (views.task(), "idle"),
        (views.task(next_run_at=views.stamp(60)), "scheduled"),
        (views.task(enabled=False, next_run_at=views.stamp(60)), "disabled"),
        (views.task(unscheduled="no such zone"), "disabled"),
        (views.task(registered=False), "expired"),
        *((task, state) for state, task in LAST.items()),
        (views.ended_task(1, "running"), "idle"),
    ],
)
def test_state_of_a_task(task: object, state: str) -> None:
    assert states.of_task(task, None) == state
    assert states.of_task(task, views.run(state="suspended")) == "suspended"


def test_which_of_several_runs_is_shown() -> None:
    order = ["canceling", "running", "suspended", "waiting", "pending"]
    runs_ = [views.run(at, state) for at, state in enumerate(reversed(order))]
    assert [str(run.state) for run in sorted(runs_, key=states.prominence)] == order
    old, new = views.run(1), views.run(2)
    assert min([new, old], key=states.prominence) is old


@pytest.mark.parametrize(
    ("run", "needs"),
    [
        (views.run(state="suspended"), True),
        (views.run(state="suspended", reason=because("user_suspend", "user")), True),
        (views.run(state="suspended", reason=because("resource_revoked", "system")), True),
        (views.run(state="suspended", reason=because("condition_loss", "system")), False),
        # It goes on by itself when the pause of everything ends.
        (views.run(state="suspended", reason=because("paused", "user")), False),
        (views.run(state="waiting", **views.caught_up()), True),
        (views.run(state="waiting", waits_for="you decide"), False),
        (views.run(state="waiting", **views.caught_up("On battery.")), False),
        (views.run(state="running"), False),
    ],
)
def test_which_runs_need_the_person(run: object, needs: bool) -> None:
    assert states.needs_you(run) is needs


def test_a_run_that_asks_is_known_by_what_it_waits_for() -> None:
    """The agent tells it in a sentence only."""
    task = samples.a_task(missed=tasks.Missed(policy=tasks.MissedPolicy.ASK))
    firing = runs.Firing(type="cron", position=0, planned_at=samples.NOW, caught_up=True)
    run = samples.a_run(task=task, state=runs.RunState.WAITING, firing=firing)
    situation = blockers.Situation(
        now=samples.NOW, machine=machine.MachineState(), active=(run,),
        load=blockers.Load(running=0, limit=4),
    )  # fmt: skip
    strongest, *_ = blockers.obstacles(task, situation, run, ())
    waiting = views.run(state="waiting", **views.caught_up(strongest.blocker.sentence))
    assert states.needs_you(waiting)

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from bgtasks_gui.core import errors, ids, ports, runs
from bgtasks_gui.triggers import after

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TASK = ids.make_id(1_770_000_000_000, 7)


def make(*outcomes: str, task: str = TASK) -> after.AfterTrigger:
    return after.AfterTrigger(task=task, outcomes=outcomes).prepared(NOW)


def ended(state: str, *, started: bool = True) -> ports.Signal:
    run = runs.Run(
        id=ids.make_id(1_770_000_000_000, 8),
        task_id=TASK,
        task_name="first",
        kind="command",
        state=runs.RunState(state),
        triggered_at=NOW,
        started_at=NOW if started else None,
        firing=runs.Firing(type="manual"),
    )
    return ports.Signal(topic=f"after:{TASK}", run=run)


def test_listens_to_one_task() -> None:
    trigger = make()
    assert isinstance(trigger, ports.EventTrigger)
    assert trigger.topics() == (f"after:{TASK}",)
    assert not trigger.fires_once
    other = msgspec.structs.replace(ended("completed"), topic="after:other")
    assert not trigger.matches(other)
    assert not trigger.matches(ports.Signal(topic=f"after:{TASK}"))


@pytest.mark.parametrize("state", ["completed", "failed", "canceled"])
def test_by_default_any_end_of_a_run_that_had_started(state: str) -> None:
    assert make().matches(ended(state))
    assert not make().matches(ended(state, started=False))


@pytest.mark.parametrize("state", ["running", "suspended", "canceling"])
def test_a_run_that_goes_on_is_no_end(state: str) -> None:
    assert not make().matches(ended(state))


@pytest.mark.parametrize("state", ["skipped", "missed"])
def test_what_never_started_must_be_asked_for(state: str) -> None:
    signal = ended(state, started=False)
    assert not make().matches(signal)
    assert make("completed", state).matches(signal)


def test_outcomes_select() -> None:
    trigger = make("failed")
    assert trigger.matches(ended("failed"))
    assert not trigger.matches(ended("completed"))


def test_describe() -> None:
    assert make().describe() == f"after task {TASK} ended"
    words = make("missed", "failed", "canceled").describe()
    assert words == f"after task {TASK} failed, was cancelled or was missed"


def test_prepared_orders_outcomes() -> None:
    assert make("failed", "completed", "failed").outcomes == ("completed", "failed")


def test_prepared_refuses_what_is_no_id() -> None:
    with pytest.raises(errors.InvalidField, match='"backup" is not the id of a task') as caught:
        make(task="backup")
    assert caught.value.field == "task"

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import errors, ports, runs, tasks
from bgtasks_gui.store import changes, database
from bgtasks_gui.store.tables import plans
from bgtasks_gui.store.tables import runs as stored_runs
from bgtasks_gui.store.tables import tasks as stored_tasks
from tests.fakes import samples

KNOWN = stored_tasks.Environments()


def _standing(connection: database.Connection, task: tasks.Task) -> ports.Standing:
    found = stored_tasks.find_standing(connection, KNOWN, task.id)
    assert found is not None
    return found


def test_the_last_word_on_each_thing_counts(connection: database.Connection) -> None:
    task = samples.a_task()
    run = samples.a_run(1, task)
    done = samples.ended(run)
    changes.apply(
        connection,
        [
            ports.Change(tasks=(task,), planned=(samples.planned(task, samples.at(1)),)),
            ports.Change(runs=(run,), facts={"a": "1", "b": "1"}),
            ports.Change(runs=(samples.started(run),)),
            ports.Change(runs=(done,), planned=(samples.planned(task, samples.at(2)),)),
            ports.Change(facts={"a": "2"}),
        ],
    )
    standing = _standing(connection, task)
    assert (standing.last_run, standing.next_run_at) == (done, samples.at(2))
    assert (standing.last_scheduled_at, standing.last_exit_reason) == (samples.at(1), "Completed")
    assert [changes.find_fact(connection, name) for name in "ab"] == ["2", "1"]


def test_a_started_run_that_is_skipped_after_all_leaves_its_exit(
    connection: database.Connection,
) -> None:
    task = samples.a_task()
    halted = runs.move(samples.started(samples.a_run(1, task)), runs.RunState.SUSPENDED)
    skipped = runs.move(halted, runs.RunState.SKIPPED, completed_at=samples.at(5))
    changes.apply(connection, [ports.Change(tasks=(task,), runs=(halted,))])
    changes.apply(connection, [ports.Change(runs=(skipped,))])
    assert _standing(connection, task).last_exit_reason == "Other"


def test_a_plan_that_is_cleared_stays_cleared(connection: database.Connection) -> None:
    task = samples.a_task()
    changes.apply(
        connection,
        [
            ports.Change(tasks=(task,), planned=(samples.planned(task, samples.at(1)),)),
            ports.Change(planned=(samples.planned(task, samples.at(2)),)),
            ports.Change(planned=(samples.planned(task, None),)),
        ],
    )
    assert plans.find_planned(connection, task.id) == []


def test_a_task_registered_again_inherits_nothing(connection: database.Connection) -> None:
    task = samples.a_task()
    done = samples.ended(samples.a_run(1, task))
    changes.apply(
        connection,
        [
            ports.Change(tasks=(task,)),
            ports.Change(runs=(done,), planned=(samples.planned(task, samples.at(1)),)),
            ports.Change(removed_tasks=(task.id,)),
            ports.Change(tasks=(task,)),
        ],
    )
    assert _standing(connection, task) == ports.Standing(task=task)
    assert stored_runs.find(connection, done.id) == done


def test_within_a_change_removing_comes_first(connection: database.Connection) -> None:
    old, new = samples.a_task(1, name="same"), samples.a_task(2, name="same")
    listener = tasks.Listener(task_id=new.id, position=0, topic="startup")
    stray = tasks.Listener(task_id=old.id, position=0, topic="startup")
    changes.apply(connection, [ports.Change(tasks=(old,))])
    replacing = ports.Change(tasks=(new,), removed_tasks=(old.id,), listeners=(listener, stray))
    changes.apply(connection, [replacing])
    assert stored_tasks.find_named(connection, KNOWN, "same") == [new]
    assert plans.find_listeners(connection, "startup") == [listener]


def test_what_cannot_be_stored_raises(connection: database.Connection) -> None:
    taken = samples.a_task(1), samples.a_task(2, name="task 1")
    with pytest.raises(errors.DuplicateName), database.transaction(connection):
        changes.apply(connection, [ports.Change(tasks=taken)])
    unwritable = msgspec.structs.replace(samples.a_run(), task_name="\ud800")
    with pytest.raises(UnicodeEncodeError), database.transaction(connection):
        changes.apply(connection, [ports.Change(runs=(unwritable,))])
    assert stored_tasks.count(connection) == 0
    assert stored_runs.select(connection, ports.RunQuery(states=tuple(runs.RunState))) == []

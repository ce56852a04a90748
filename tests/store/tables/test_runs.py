from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import ports, reasons, runs
from bgtasks_gui.store import database
from bgtasks_gui.store.tables import runs as stored_runs
from tests.fakes import samples

S = runs.RunState


def _plan(connection: database.Connection, query: ports.RunQuery) -> list[str]:
    statement, values = stored_runs.to_sql(query)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        (ports.RunQuery(), ["SCAN runs"]),
        (ports.RunQuery(before_id="x", since=samples.NOW), ["PRIMARY KEY (id>? AND id<?)"]),
        (ports.RunQuery(states=(S.FAILED,)), ["runs_by_state (state=?)"]),
        (ports.RunQuery(states=(S.FAILED,), before_id="x"), ["runs_by_state (state=? AND id<?)"]),
        (ports.RunQuery(states=(S.RUNNING,)), ["runs_open"]),
        (ports.RunQuery(states=(S.RUNNING, S.MISSED)), ["runs_open", "runs_by_state (state=?)"]),
        (ports.RunQuery(task_id="t"), ["runs_open", "runs_by_task (task_id=? AND state=?)"]),
        (
            ports.RunQuery(task_id="t", states=(S.FAILED,), since=samples.NOW),
            ["runs_by_task (task_id=? AND state=? AND id>?)"],
        ),
    ],
)
def test_queries_walk_along_an_index(
    connection: database.Connection, query: ports.RunQuery, indexes: list[str]
) -> None:
    plan = _plan(connection, query)
    for index in indexes:
        assert any(index in step for step in plan), plan
    if query != ports.RunQuery():
        # Only the newest of all runs are read from the table itself.
        assert "SCAN runs" not in plan


def test_every_plan_stops_at_the_limit(connection: database.Connection) -> None:
    """Of 3,000 runs of each state, only those that are asked for are looked at."""
    task = samples.a_task()
    made = [
        samples.a_run(number, task, state=list(S)[number % 10], completed_at=samples.at(number))
        for number in range(30_000)
    ]
    stored_runs.save(connection, made)
    for query in (
        ports.RunQuery(limit=20),
        ports.RunQuery(limit=20, states=(S.FAILED, S.COMPLETED, S.SKIPPED)),
        ports.RunQuery(limit=20, task_id=task.id, states=tuple(runs.ENDED)),
        ports.RunQuery(limit=20, task_id=task.id, before_id=made[15_000].id),
    ):
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(count, 100)
        assert len(stored_runs.select(connection, query)) == 20
        connection.set_progress_handler(None, 0)
        assert steps < 100, query


def test_a_run_moves_through_its_life_without_a_second_row(
    connection: database.Connection,
) -> None:
    run = samples.a_run()
    going = samples.started(run)
    done = runs.move(going, S.COMPLETED, completed_at=samples.at(9))
    for stage in (run, going, going, done):
        stored_runs.save(connection, [stage])
        assert stored_runs.find(connection, run.id) == stage
        assert stored_runs.find_open(connection) == ([] if stage.has_ended else [stage])
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)


@pytest.mark.parametrize("state", [S.RUNNING, S.COMPLETED])
def test_runs_not_seen_before_are_saved_with_those_that_were(
    connection: database.Connection, state: runs.RunState
) -> None:
    known, new = (samples.a_run(number, state=state) for number in (1, 2))
    stored_runs.save(connection, [msgspec.structs.replace(known, state=S.PENDING)])
    stored_runs.save(connection, [known, new])
    assert stored_runs.select(connection, ports.RunQuery()) == [new, known]


def test_the_record_leaves_out_what_is_at_its_default(connection: database.Connection) -> None:
    stored_runs.save(connection, [samples.a_run()])
    (record,) = connection.execute("SELECT record FROM runs").fetchone()
    assert "null" not in record
    assert connection.execute("SELECT json_extract(record, '$.kind') FROM runs").fetchone() == (
        "command",
    )


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (samples.a_run(), None),
        (samples.started(samples.a_run()), None),
        (samples.a_run(state=S.SKIPPED), None),
        (samples.a_run(state=S.CANCELED), None),
        (samples.ended(samples.a_run()), "Completed"),
        (samples.a_run(state=S.SKIPPED, started_at=samples.NOW), "Other"),
        (samples.ended(samples.a_run(), S.FAILED), "Other"),
        *(
            (
                samples.ended(samples.a_run(), S.CANCELED, reason=reasons.make(code, samples.NOW)),
                reasons.CATALOGUE[code].exit_reason,
            )
            for code in (reasons.Code.USER_CANCEL, reasons.Code.TIME_LIMIT, reasons.Code.KILLED)
        ),
    ],
)
def test_exit_reason_is_of_runs_that_really_started(run: runs.Run, word: str | None) -> None:
    assert stored_runs.exit_reason(run) == word

from __future__ import annotations

import msgspec

from bgtasks_gui.core import retention, runs
from bgtasks_gui.store import database, history
from bgtasks_gui.store.tables import runs as stored_runs
from tests.fakes import samples

S = runs.RunState


def _fill(connection: database.Connection, number: int) -> list[runs.Run]:
    made = [samples.ended(samples.a_run(index)) for index in range(number)]
    stored_runs.save(connection, made)
    return made


def test_counts_are_by_state(connection: database.Connection) -> None:
    _fill(connection, 7)
    stored_runs.save(connection, [samples.a_run(100), samples.a_run(101, state=S.MISSED)])
    assert history.count(connection) == {S.COMPLETED: 7, S.PENDING: 1, S.MISSED: 1}


def test_counting_reads_an_index_only(connection: database.Connection) -> None:
    for statement in (history._COUNT_ENDED, history._COUNT_OPEN):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert "USING COVERING INDEX runs_by_state" in plan[0] or "INDEX runs_open" in plan[0]


def test_too_old_is_what_ended_before(connection: database.Connection) -> None:
    made = _fill(connection, 10)
    long = msgspec.structs.replace(made[2], completed_at=samples.at(500))
    going = samples.a_run(4, state=S.RUNNING)
    stored_runs.save(connection, [long, going])
    found = history.find_too_old(connection, samples.at(7), "")
    assert found == [made[number].id for number in (0, 1, 3, 5)]
    assert history.find_too_old(connection, samples.at(7), made[1].id) == found[2:]


def test_a_time_before_all_times_finds_nothing(connection: database.Connection) -> None:
    _fill(connection, 3)
    oldest = retention.oldest_kept(
        samples.NOW,
        retention.History(age=samples.NOW - samples.NOW.min.replace(tzinfo=samples.NOW.tzinfo)),
    )
    assert history.find_too_old(connection, oldest, "") == []


def test_a_chunk_is_bounded(connection: database.Connection) -> None:
    made = _fill(connection, history.CHUNK + 100)
    found = history.find_too_old(connection, samples.at(10**6), "")
    assert found == [run.id for run in made[: history.CHUNK]]
    assert history.find_oldest(connection, 10**6) == found
    assert history.find_oldest(connection, 3) == found[:3]
    assert history.find_oldest(connection, 0) == []


def test_excess_counts_ended_runs_only(connection: database.Connection) -> None:
    _fill(connection, 10)
    stored_runs.save(connection, [samples.a_run(100)])
    assert history.count_excess(connection, retention.History(rows=4)) == 6
    assert history.count_excess(connection, retention.History(rows=10)) == 0


def test_what_has_not_ended_is_not_deleted(connection: database.Connection) -> None:
    done, going = samples.ended(samples.a_run(1)), samples.a_run(2)
    stored_runs.save(connection, [done, going])
    history.delete(connection, [done.id, going.id, samples.an_id(3)])
    assert stored_runs.find(connection, done.id) is None
    assert stored_runs.find(connection, going.id) == going

"""Runs in the database: saving them, and asking for them newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import msgspec

from bgtasks_gui.core import ids, ports, reasons, runs
from bgtasks_gui.store import database, records

#: A run that is new to the table tells its task's standing by the trigger `runs_begun`.
_SAVE: Final = """
    INSERT INTO runs (id, task_id, state, planned_at, ended_at, record) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, ended_at = excluded.ended_at, record = excluded.record
"""
# Twice as fast as the above, for runs that are stored already; the first leaves the index of the
# open runs alone.
_GO_ON: Final = "UPDATE runs SET state = ?, record = ? WHERE id = ? AND ended_at IS NULL"
_END: Final = "UPDATE runs SET state = ?, ended_at = ?, record = ? WHERE id = ?"
#: Runs side by side may be stored in another order than they ended in.
_REMEMBER_EXIT: Final = """
    UPDATE standings SET last_exit_reason = ?, last_exit_at = ?
    WHERE task_id = ? AND coalesce(last_exit_at, ?) <= ?
"""

_OPEN: Final = "SELECT record FROM runs WHERE ended_at IS NULL ORDER BY id"
_ONE: Final = "SELECT record FROM runs WHERE id = ?"


#: The states that runs are in when they are stored first, and those they come to later.
_FRESH: Final = frozenset({runs.RunState.PENDING, runs.RunState.SKIPPED, runs.RunState.MISSED})
_GOING_ON: Final = frozenset(runs.RunState) - runs.ENDED - _FRESH
_ENDED: Final = runs.ENDED - _FRESH

_encode: Final = records.make_encoder(runs.Run)
decode: Final = msgspec.json.Decoder(runs.Run).decode


def save(connection: database.Connection, changed: Collection[runs.Run]) -> None:
    """Store these runs and what their tasks remember of them."""
    if fresh := [run for run in changed if run.state in _FRESH]:
        connection.executemany(_SAVE, map(_to_row, fresh))
    if going_on := [run for run in changed if run.state in _GOING_ON]:
        _update(connection, _GO_ON, going_on, map(_to_step, going_on))
    if ended := [run for run in changed if run.state in _ENDED]:
        _update(connection, _END, ended, map(_to_end, ended))
    connection.executemany(_REMEMBER_EXIT, _to_exits(changed))


def _update(
    connection: database.Connection,
    statement: str,
    changed: list[runs.Run],
    rows: Iterable[tuple[str | int, ...]],
) -> None:
    """Change rows that are expected to be there; where some are not, save all of them."""
    if connection.executemany(statement, rows).rowcount != len(changed):
        connection.executemany(_SAVE, map(_to_row, changed))


def find(connection: database.Connection, run_id: str) -> runs.Run | None:
    row = connection.execute(_ONE, (run_id,)).fetchone()
    return None if row is None else decode(row[0])


def find_open(connection: database.Connection) -> list[runs.Run]:
    return [decode(record) for (record,) in connection.execute(_OPEN)]


def select(connection: database.Connection, query: ports.RunQuery) -> list[runs.Run]:
    statement, values = to_sql(query)
    return [decode(record) for (record,) in connection.execute(statement, values)]


def to_sql(query: ports.RunQuery) -> tuple[str, dict[str, str | int]]:
    """The statement for a query, and its values.

    Each branch is one walk along one index that stops after `limit` rows, so the answer takes as
    long for a million runs as for a thousand.
    """
    values: dict[str, str | int] = {"limit": query.limit}
    bounds = ""
    if query.before_id is not None:
        bounds += " AND id < :before"
        values["before"] = query.before_id
    if query.since is not None:
        bounds += " AND id >= :since"
        values["since"] = ids.lowest_at(max(0, database.to_ms(query.since)))
    if query.task_id is not None:
        bounds += " AND task_id = :task"
        values["task"] = query.task_id
    elif not query.states:
        return f"SELECT record FROM runs WHERE true{bounds} ORDER BY id DESC LIMIT :limit", values
    walks = " UNION ALL ".join(
        f"SELECT * FROM (SELECT id FROM runs WHERE {branch}{bounds} ORDER BY id DESC LIMIT :limit)"
        for branch in _branches(query.states, values)
    )
    return (
        f"SELECT record FROM runs WHERE id IN (SELECT id FROM ({walks}) ORDER BY id DESC"
        " LIMIT :limit) ORDER BY id DESC",
        values,
    )


def _branches(states: tuple[runs.RunState, ...], values: dict[str, str | int]) -> list[str]:
    """One condition for the open runs, and one for each ended state, that were asked for."""
    wanted = frozenset(states or runs.RunState)
    branches = []
    still_open = [state for state in runs.RunState if state in wanted - runs.ENDED]
    if still_open:
        names = ", ".join(f"'{state.value}'" for state in still_open)
        branches.append(f"ended_at IS NULL AND state IN ({names})")
    for state in runs.RunState:
        if state in wanted & runs.ENDED:
            values[state.value] = state.value
            branches.append(f"ended_at IS NOT NULL AND state = :{state.value}")
    return branches


def exit_reason(run: runs.Run) -> str | None:
    """What the task's standing keeps of this run's end; None for one that has not or never ran."""
    if not run.has_ended:
        return None
    code = None if run.reason is None else run.reason.code
    return reasons.exit_reason(run.state, code, has_started=run.started_at is not None)


def _to_row(run: runs.Run) -> tuple[str | int | None, ...]:
    planned_at = run.firing.planned_at
    due = None if planned_at is None else database.to_ms(planned_at)
    ended_at = _ended_at(run) if run.state in runs.ENDED else None
    return run.id, run.task_id, run.state.value, due, ended_at, _encode(run)


def _to_step(run: runs.Run) -> tuple[str, str, str]:
    return run.state.value, _encode(run), run.id


def _to_end(run: runs.Run) -> tuple[str, int, str, str]:
    return run.state.value, _ended_at(run), _encode(run), run.id


def _to_exits(changed: Iterable[runs.Run]) -> Iterator[tuple[str | int, ...]]:
    for run in changed:
        if (reason := exit_reason(run)) is not None:
            ended_at = _ended_at(run)
            yield reason, ended_at, run.task_id, ended_at, ended_at


def _ended_at(run: runs.Run) -> int:
    return database.to_ms(run.completed_at or run.triggered_at)

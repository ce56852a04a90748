"""How much history there is, and forgetting what is too old or too much."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.core import ids, retention, runs
from bgtasks_gui.store import database

#: Runs deleted at once. A write never waits behind more than one such chunk: some 5 ms where the
#: history is long, since each run of a chunk lies in another page of the index by task.
CHUNK: Final = 250

_COUNT_ENDED: Final = """
    SELECT state, count(*) FROM runs WHERE ended_at IS NOT NULL GROUP BY state
"""
_COUNT_OPEN: Final = "SELECT state, count(*) FROM runs WHERE ended_at IS NULL GROUP BY state"
_TOO_OLD: Final = """
    SELECT id FROM runs
    WHERE id > :after AND id < :newest AND ended_at IS NOT NULL AND ended_at < :oldest
    ORDER BY id LIMIT :limit
"""
_OLDEST: Final = """
    SELECT id FROM runs WHERE id > :after AND ended_at IS NOT NULL ORDER BY id LIMIT :limit
"""
_DELETE: Final = "DELETE FROM runs WHERE id = ? AND ended_at IS NOT NULL"


def count(connection: database.Connection) -> dict[runs.RunState, int]:
    """How many runs there are in each state that has some."""
    rows = [*connection.execute(_COUNT_OPEN), *connection.execute(_COUNT_ENDED)]
    return {runs.RunState(state): number for state, number in rows}


def count_excess(connection: database.Connection, history: retention.History) -> int:
    """How many ended runs there are beyond the number that is kept."""
    ended: int = sum(number for _, number in connection.execute(_COUNT_ENDED))
    return max(0, ended - history.rows)


def find_too_old(connection: database.Connection, oldest: datetime, after: str) -> list[str]:
    """Some runs behind the id `after` that ended before this time, the oldest first.

    A run that ended before it can only have been made before it, so the walk stops there.
    """
    ended_before = database.to_ms(oldest)
    newest = ids.lowest_at(max(0, ended_before))
    values = {"after": after, "newest": newest, "oldest": ended_before, "limit": CHUNK}
    return [run_id for (run_id,) in connection.execute(_TOO_OLD, values)]


def find_oldest(connection: database.Connection, limit: int) -> list[str]:
    """Some of the oldest runs that have ended, at most `limit`."""
    values = {"after": "", "limit": min(limit, CHUNK)}
    return [run_id for (run_id,) in connection.execute(_OLDEST, values)]


def delete(connection: database.Connection, run_ids: list[str]) -> None:
    """Forget these runs; one that has not ended stays."""
    connection.executemany(_DELETE, [(run_id,) for run_id in run_ids])

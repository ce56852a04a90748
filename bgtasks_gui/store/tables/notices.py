"""The history of notices in the database: the newest of them, asked for newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from bgtasks_gui.core import ports
from bgtasks_gui.store import database

#: Notices that are kept; each further one makes the oldest be forgotten.
KEPT: Final = 1000

_SAVE: Final = """
    INSERT INTO notices (id, outcome, record) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, record = excluded.record
"""
_FORGET: Final = """
    DELETE FROM notices WHERE id <= (SELECT id FROM notices ORDER BY id DESC LIMIT 1 OFFSET ?)
"""
_NEWEST: Final = """
    SELECT record FROM notices WHERE id < ? ORDER BY id DESC LIMIT ?
"""
_NEWEST_OF: Final = """
    SELECT record FROM notices WHERE outcome = ? AND id < ? ORDER BY id DESC LIMIT ?
"""
#: Behind every id.
_END: Final = "~"


def save(connection: database.Connection, told: Iterable[ports.Told]) -> None:
    """Store these notices as they stand now, and forget the oldest."""
    rows = [(one.id, one.outcome, bytes(one.record).decode()) for one in told]
    connection.executemany(_SAVE, rows)
    connection.execute(_FORGET, (KEPT,))


def select(connection: database.Connection, query: ports.ToldQuery) -> list[msgspec.Raw]:
    before = query.before_id or _END
    if query.outcome is None:
        rows = connection.execute(_NEWEST, (before, query.limit))
    else:
        rows = connection.execute(_NEWEST_OF, (query.outcome, before, query.limit))
    return [msgspec.Raw(record.encode()) for (record,) in rows]

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import ports
from bgtasks_gui.core.notices import notice
from bgtasks_gui.store import SqliteStore, database
from bgtasks_gui.store.tables import notices as stored_notices
from tests.fakes import samples
from tests.fakes.memory_store import MemoryStore

O = notice.Outcome  # noqa: E741 - of a notice


def told(number: int, outcome: notice.Outcome = O.ADDED) -> ports.Told:
    """The notice of this number, each a second after the one before."""
    at = samples.NOW + timedelta(seconds=number)
    shown = notice.Notice(
        key=f"failed:{number}", kind=notice.Kind.FAILED, at=at, title="Backup failed", body="Ä."
    )
    id_ = samples.an_id(number)
    record = notice.Record(id=id_, notice=shown, outcome=outcome, changed_at=at)
    return ports.Told(id=id_, outcome=outcome, record=msgspec.Raw(msgspec.json.encode(record)))


def ids(records: list[msgspec.Raw]) -> list[str]:
    return [msgspec.json.decode(record, type=notice.Record).id for record in records]


@pytest.mark.parametrize("kind", ["file", "memory"])
async def test_newest_first_by_outcome_and_page(kind: str, sqlite_store: SqliteStore) -> None:
    store: ports.Store = sqlite_store if kind == "file" else MemoryStore()
    shown = [told(number) for number in range(6)]
    await store.write(ports.Change(notices=tuple(shown[:3])))
    await store.write(ports.Change(notices=tuple(shown[3:])))
    await store.write(ports.Change(notices=(told(1, O.REMOVED), told(4, O.REMOVED))))
    newest = ids(await store.notices(ports.ToldQuery()))
    assert newest == [one.id for one in reversed(shown)]
    page = await store.notices(ports.ToldQuery(limit=2, before_id=newest[1]))
    assert ids(page) == newest[2:4]
    removed = await store.notices(ports.ToldQuery(outcome=O.REMOVED))
    assert ids(removed) == [shown[4].id, shown[1].id]
    assert await store.notices(ports.ToldQuery(outcome=O.EXPIRED)) == []


def test_only_the_newest_are_kept(connection: database.Connection) -> None:
    many = [told(number) for number in range(stored_notices.KEPT + 50)]
    stored_notices.save(connection, many[:100])
    stored_notices.save(connection, many[100:])
    found = ids(stored_notices.select(connection, ports.ToldQuery(limit=10_000)))
    assert found == [one.id for one in reversed(many[50:])]


def test_pages_walk_along_an_index(connection: database.Connection) -> None:
    for statement, values in (
        (stored_notices._NEWEST, ("~", 5)),
        (stored_notices._NEWEST_OF, ("added", "~", 5)),
    ):
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        assert all("SEARCH" in step[3] for step in plan), plan

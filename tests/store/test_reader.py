from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.store import database, reader
from tests.fakes import samples
from tests.store.conftest import open_writer


def _spoil(path: Path) -> None:
    path.write_bytes(b"Dear reader, " * 1000)


async def test_queries_run_on_one_other_thread(path: Path, connection: database.Connection) -> None:
    reading = reader.Reader(database.connect_reader(path), path)

    def query(found: database.Connection, word: str) -> tuple[str, str, int]:
        (number,) = found.execute("SELECT count(*) FROM facts").fetchone()
        return word, threading.current_thread().name, number

    first, second = [await reading.ask(query, word) for word in ("a", "b")]
    assert first == ("a", "store-reader_0", 0)
    assert second == ("b", "store-reader_0", 0)
    await reading.close()


async def test_damage_is_told_and_checked_at_the_next_start(path: Path) -> None:
    open_writer(path).close()
    connection = database.connect_reader(path)
    _spoil(path)
    reading = reader.Reader(connection, path)
    with pytest.raises(errors.StorageUnavailable, match="is damaged"):
        await reading.ask(lambda found: found.execute("SELECT * FROM tasks").fetchall())
    assert path.with_name("tasks.db.suspect").exists()
    await reading.close()


async def test_trouble_that_is_no_damage_is_told_only(
    path: Path, connection: database.Connection
) -> None:
    reading = reader.Reader(database.connect_reader(path), path)
    with pytest.raises(errors.StorageUnavailable, match="cannot be written to"):
        await reading.ask(lambda found: found.execute("DELETE FROM facts"))
    assert not path.with_name("tasks.db.suspect").exists()
    await reading.close()


async def test_a_wrong_query_is_a_bug(path: Path, connection: database.Connection) -> None:
    reading = reader.Reader(database.connect_reader(path), path)
    with pytest.raises(database.Error, match="no such table"):
        await reading.ask(lambda found: found.execute("SELECT * FROM nowhere"))
    await reading.close()


async def test_after_the_end_nothing_can_be_read(
    path: Path, connection: database.Connection
) -> None:
    reading = reader.Reader(database.connect_reader(path), path)
    await reading.close()
    with pytest.raises(errors.StorageUnavailable, match="closed"):
        await reading.ask(lambda found: found.execute("SELECT 1"))


def test_the_tasks_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_TASKS_KEPT", 2)
    cache = reader.TaskCache()
    first, second, third = (samples.a_task(number) for number in (1, 2, 3))
    cache.keep(first, cache.generation)
    cache.keep(second, cache.generation)
    assert cache.find(first.id) is first
    cache.keep(third, cache.generation)
    assert [cache.find(task.id) for task in (first, second, third)] == [first, None, third]


def test_what_was_read_before_a_change_is_not_kept() -> None:
    cache = reader.TaskCache()
    task = samples.a_task()
    before = cache.generation
    cache.forget([task.id])
    cache.keep(task, before)
    assert cache.find(task.id) is None
    cache.keep(task, cache.generation)
    cache.forget([task.id, samples.an_id(9)])
    assert cache.find(task.id) is None

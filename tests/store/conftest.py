"""Databases for tests: in a folder of the test's own, closed at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bgtasks_gui.store import SqliteStore, database, opening


def open_writer(path: Path) -> database.Connection:
    """The connection that writes to an opened database, without the others."""
    opened = opening.open_database(path)
    opened.reader.close()
    opened.checkpointer.close()
    return opened.writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tasks.db"


@pytest.fixture
def connection(path: Path) -> Iterator[database.Connection]:
    """A connection that writes, to an empty database."""
    writer = open_writer(path)
    # What the reader has beside it, so that queries can be tried without threads.
    writer.create_function("casefold", 1, str.casefold)
    yield writer
    writer.close()


@pytest_asyncio.fixture
async def sqlite_store(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, busy_timeout_s=0.05, pauses_s=(0.01, 0.02))
    await store.open()
    yield store
    await store.close()

"""The only module that knows sqlite3: connections, transactions, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

Connection = sqlite3.Connection
Error = sqlite3.Error

#: How long a statement waits for another program's lock. A person may be waiting for the answer,
#: and what must not be lost is tried again anyway.
BUSY_TIMEOUT_S: Final = 5.0
#: 32 MiB of log, after which the writer itself copies it back into the file. Only a backstop:
#: usually a thread of its own does that (`checkpoints`), so that no write waits for the disk.
_LOG_PAGES: Final = 8192

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)

_FULL: Final = frozenset({sqlite3.SQLITE_FULL})
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_CLOSED_OFF: Final = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TROUBLE: Final = (
    _FULL | _LOCKED | _CLOSED_OFF | _DAMAGED | {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}
)


def to_ms(at: datetime) -> int:
    """Unix milliseconds of an aware time."""
    return (at - _EPOCH) // _MS


def from_ms(unix_ms: int) -> datetime:
    return _EPOCH + unix_ms * _MS


def connect_writer(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Connection:
    """A connection that writes; the file is made where there is none."""
    return _connect(
        path,
        "rwc",
        busy_timeout_s,
        "journal_mode = WAL",
        # A crash of this program loses nothing; a power loss may lose the last moments.
        "synchronous = NORMAL",
        f"wal_autocheckpoint = {_LOG_PAGES}",
        "journal_size_limit = 16777216",
        # What was deleted (an environment, a result) does not stay readable in the file.
        "secure_delete = FAST",
    )


def connect_reader(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Connection:
    """A connection that can only read."""
    connection = _connect(path, "ro", busy_timeout_s)
    # SQLite itself knows upper and lower case of the letters A to Z only.
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    return connection


def connect_checkpointer(path: Path) -> Connection:
    """A connection that only copies the log back into the file."""
    return _connect(path, "rw", BUSY_TIMEOUT_S)


def _connect(path: Path, mode: str, busy_timeout_s: float, *pragmas: str) -> Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout_s,
        # No implicit transactions: `transaction` opens and ends them.
        isolation_level=None,
        # Opened in one thread, used by exactly one other.
        check_same_thread=False,
    )
    try:
        for pragma in ("cache_size = -8192", "temp_store = MEMORY", *pragmas):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Everything inside is stored together or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of a transaction that can fail on its own."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def probe(connection: Connection) -> None:
    """Write what is there already, to see whether writing works."""
    with transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version}")


def split_script(script: str) -> Iterator[str]:
    """The statements of a script, each on lines of its own, so that they share a transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def is_trouble(error: BaseException) -> bool:
    """Whether it is the disk or another program that stands in the way, not the change."""
    return _primary_code(error) in _TROUBLE


def is_damage(error: BaseException) -> bool:
    """Whether the file is not a database, or no longer a sound one."""
    return _primary_code(error) in _DAMAGED


def is_closed_off(error: BaseException) -> bool:
    """Whether the file or its folder does not let itself be used."""
    return _primary_code(error) in _CLOSED_OFF


def is_taken(error: BaseException) -> bool:
    """Whether something that must be unique exists already."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_UNIQUE


def describe(error: BaseException, path: Path) -> str:
    """Why the database cannot be used, as a sentence for people."""
    code = _primary_code(error)
    if code in _FULL:
        return f"There is no room left for {path}."
    if code in _LOCKED:
        return f"Another program holds {path} locked."
    if code in _CLOSED_OFF:
        return f"{path} cannot be written to."
    if code in _DAMAGED:
        return f"{path} is damaged; restart the agent to put it aside and begin a new one."
    return f"Reading or writing {path} failed ({error})."


def _primary_code(error: BaseException) -> int:
    # The upper bytes say more exactly what SQLite was doing; only the kind of trouble counts.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF

"""Opens the database: makes it, brings it up to date, and puts an unreadable one aside."""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack, closing
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from bgtasks_gui.core import errors
from bgtasks_gui.store import database

#: "BGTS", in the file's header, so that no other program's database is taken for ours.
APPLICATION_ID: Final = 0x42475453
#: Up to this size the whole file is checked at every start, which takes some 30 ms.
_SMALL: Final = 32 * 1024 * 1024
#: Without these nothing works, so they are checked whatever the size of the history.
_VITAL: Final = ("tasks", "environments", "standings", "planned", "listeners", "facts")
_COMPANIONS: Final = ("", "-wal", "-shm")


class Opened(NamedTuple):
    """A database that can be used, by one thread with each connection."""

    writer: database.Connection
    reader: database.Connection
    checkpointer: database.Connection
    #: What the person should know of how it was opened, or None.
    notice: str | None


class Migration(NamedTuple):
    """One step of the schema; its number is the version it leads to."""

    number: int
    script: str


def open_database(path: Path, busy_timeout_s: float = database.BUSY_TIMEOUT_S) -> Opened:
    """The database in this file, with the present schema; it is made where there is none.

    Raises `errors.HomeUnusable`, `errors.NewerDatabase` (nothing was touched) and
    `errors.StorageUnavailable`.
    """
    _claim(path)
    try:
        fault = _find_fault(path, busy_timeout_s)
        notice = _put_aside(path, fault) if fault else None
        with ExitStack() as opened:
            writer = opened.enter_context(closing(database.connect_writer(path, busy_timeout_s)))
            migrate(writer, migrations())
            reader = opened.enter_context(closing(database.connect_reader(path, busy_timeout_s)))
            checkpointer = database.connect_checkpointer(path)
            opened.pop_all()
    except database.Error as error:
        sentence = database.describe(error, path)
        if database.is_closed_off(error):
            raise errors.HomeUnusable(sentence) from error
        raise errors.StorageUnavailable(sentence) from error
    return Opened(writer, reader, checkpointer, notice)


def migrations() -> list[Migration]:
    """Every step of the schema, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return [
        Migration(int(file.name[:4]), file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".sql")
    ]


def migrate(connection: database.Connection, steps: list[Migration]) -> None:
    """Apply the steps that are missing, each together with its version or not at all."""
    version = _read_pragma(connection, "user_version")
    for step in steps:
        if step.number > version:
            with database.transaction(connection):
                for statement in database.split_script(step.script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {step.number}")


def mark_suspect(path: Path) -> None:
    """Have the whole file checked at the next start."""
    _suspicion(path).touch()


def _suspicion(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def _claim(path: Path) -> None:
    """Make the file where there is none, readable by nobody else: it holds environments."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise errors.HomeUnusable(
            f"{path} cannot be used for tasks and history: {error.strerror}."
        ) from error


def _find_fault(path: Path, busy_timeout_s: float) -> str | None:
    """What is wrong with the file, or None; looks through a connection that cannot change it."""
    had_log = _size(path.with_name(f"{path.name}-wal")) > 0
    try:
        with closing(database.connect_reader(path, busy_timeout_s)) as connection:
            return _look(connection, path, had_log=had_log)
    except database.Error as error:
        if not database.is_damage(error):
            raise
        return "it is not a sound database"


def _look(connection: database.Connection, path: Path, *, had_log: bool) -> str | None:
    owner = _read_pragma(connection, "application_id")
    version = _read_pragma(connection, "user_version")
    if owner == version == _read_pragma(connection, "schema_version") == 0:
        return None
    if owner != APPLICATION_ID:
        return "it belongs to another program"
    newest = migrations()[-1].number
    if version > newest:
        raise errors.NewerDatabase(
            f"{path} was written by a newer version of this program (its format is {version}, "
            f"this version knows {newest}). Update the program, or move the file away."
        )
    return "it is damaged" if _is_damaged(connection, path, had_log=had_log) else None


def _is_damaged(connection: database.Connection, path: Path, *, had_log: bool) -> bool:
    """Whether the parts that are worth their time at a start are not sound.

    The whole of a large history is checked only where something may have happened to it: the last
    writer did not close it, or an error was met while it was used.
    """
    suspicion = _suspicion(path)
    if had_log or suspicion.exists() or _size(path) <= _SMALL:
        checks = [connection.execute("PRAGMA quick_check(1)").fetchone()]
        suspicion.unlink(missing_ok=True)
    else:
        checks = [connection.execute(f"PRAGMA quick_check({name})").fetchone() for name in _VITAL]
    return any(row != ("ok",) for row in checks)


def _put_aside(path: Path, fault: str) -> str:
    """Rename the file with its log and say so; nothing is deleted."""
    stem = f"{path.name}.unreadable-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    names = (stem if n == 1 else f"{stem}-{n}" for n in itertools.count(1))
    aside = next(free for name in names if not (free := path.with_name(name)).exists())
    for companion in _COMPANIONS:
        old = path.with_name(path.name + companion)
        if old.exists():
            old.rename(path.with_name(aside.name + companion))
    _claim(path)
    return (
        f"The database could not be read because {fault}. "
        f"It was kept as {aside}, and a new, empty one was begun."
    )


def _read_pragma(connection: database.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0

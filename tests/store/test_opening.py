from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.store import database, opening
from tests.store.conftest import open_writer

ASIDE = re.compile(r"tasks\.db\.unreadable-\d{8}-\d{6}(-\d+)?")


def _open(path: Path) -> str | None:
    """Open, look whether it can be used, close; returns the notice."""
    opened = opening.open_database(path, busy_timeout_s=0.01)
    version = opened.reader.execute("PRAGMA user_version").fetchone()[0]
    assert version == opening.migrations()[-1].number
    assert opened.reader.execute("SELECT count(*) FROM tasks").fetchone() is not None
    for connection in (opened.reader, opened.checkpointer, opened.writer):
        connection.close()
    return opened.notice


def _execute(path: Path, *statements: str) -> None:
    connection = database.connect_writer(path)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def _names(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def _add_fact(path: Path) -> None:
    _execute(path, "INSERT INTO facts VALUES ('kept', 'yes')")


def _has_fact(path: Path) -> bool:
    connection = database.connect_reader(path)
    found = connection.execute("SELECT 1 FROM facts WHERE name = 'kept'").fetchone() is not None
    connection.close()
    return found


def test_a_new_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "tasks.db"
    assert _open(path) is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert _names(path) == {"tasks.db"}


def test_an_existing_file_is_used_again(path: Path) -> None:
    _open(path)
    _add_fact(path)
    assert _open(path) is None
    assert _names(path) == {"tasks.db"}
    assert _has_fact(path)


def test_an_empty_file_is_filled(path: Path) -> None:
    path.touch()
    assert _open(path) is None
    assert _names(path) == {"tasks.db"}


def test_the_steps_are_numbered_without_a_gap() -> None:
    numbers = [step.number for step in opening.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_older_database_gets_the_steps_it_misses(path: Path) -> None:
    connection = open_writer(path)
    newest = opening.migrations()[-1].number
    more = [
        opening.Migration(newest + 1, "CREATE TABLE more (a);\nINSERT INTO more VALUES (1);"),
        opening.Migration(newest + 2, "INSERT INTO more VALUES (2);"),
    ]
    opening.migrate(connection, [*opening.migrations(), *more])
    assert connection.execute("SELECT a FROM more").fetchall() == [(1,), (2,)]
    assert connection.execute("PRAGMA user_version").fetchone() == (newest + 2,)
    connection.close()


def test_a_step_that_fails_leaves_the_version_before_it(path: Path) -> None:
    connection = open_writer(path)
    newest = opening.migrations()[-1].number
    more = [
        opening.Migration(newest + 1, "CREATE TABLE more (a);"),
        opening.Migration(
            newest + 2, "INSERT INTO more VALUES (2);\nINSERT INTO nothing SELECT 1;"
        ),
    ]
    with pytest.raises(database.Error):
        opening.migrate(connection, more)
    assert connection.execute("SELECT a FROM more").fetchall() == []
    assert connection.execute("PRAGMA user_version").fetchone() == (newest + 1,)
    connection.close()


def test_a_newer_database_is_refused_and_not_touched(path: Path) -> None:
    _open(path)
    _execute(path, "PRAGMA user_version = 4711")
    before = path.read_bytes()
    with pytest.raises(errors.NewerDatabase) as refused:
        opening.open_database(path)
    known = opening.migrations()[-1].number
    for word in (str(path), "4711", f"knows {known}"):
        assert word in refused.value.message
    assert path.read_bytes() == before
    assert not any(ASIDE.fullmatch(name) for name in _names(path))


def _make_letter(path: Path) -> None:
    path.write_text("Dear reader, " * 1000)


def _make_foreign(path: Path) -> None:
    _execute(path, "PRAGMA application_id = 7", "CREATE TABLE songs (title)")


def _make_nameless(path: Path) -> None:
    _execute(path, "CREATE TABLE songs (title)")


def _make_damaged(path: Path) -> None:
    _open(path)
    _execute(
        path,
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " INSERT INTO facts SELECT 'fact ' || i, hex(zeroblob(200)) FROM n",
    )
    _overwrite(path)


def _overwrite(path: Path) -> None:
    """Destroy the second half of the file."""
    with path.open("r+b") as file:
        half = path.stat().st_size // 8192 * 4096
        file.seek(half)
        file.write(os.urandom(path.stat().st_size - half))


def _make_truncated(path: Path) -> None:
    _make_damaged(path)
    os.truncate(path, 4096 * 3)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_make_letter, "it is not a sound database"),
        (_make_foreign, "it belongs to another program"),
        (_make_nameless, "it belongs to another program"),
        (_make_damaged, "it is"),
        (_make_truncated, "it is"),
    ],
)
def test_an_unreadable_file_is_put_aside_whole(path: Path, make: object, why: str) -> None:
    assert callable(make)
    make(path)
    before = path.read_bytes()
    notice = _open(path)
    assert notice is not None
    aside = next(file for file in path.parent.iterdir() if ASIDE.fullmatch(file.name))
    assert aside.read_bytes() == before
    assert why in notice
    assert str(aside) in notice
    assert not _has_fact(path)
    assert _open(path) is None


def test_the_log_is_put_aside_with_its_file(path: Path) -> None:
    _make_letter(path)
    path.with_name("tasks.db-wal").write_bytes(b"log")
    _open(path)
    logs = [name for name in _names(path) if name.endswith("-wal")]
    assert len(logs) == 1
    assert ASIDE.fullmatch(logs[0].removesuffix("-wal"))


def test_nothing_put_aside_is_ever_replaced(path: Path) -> None:
    for number in range(3):
        path.write_text(f"letter {number}")
        _open(path)
    asides = [file for file in path.parent.iterdir() if ASIDE.fullmatch(file.name)]
    assert {file.read_text() for file in asides} == {"letter 0", "letter 1", "letter 2"}


@pytest.mark.parametrize("suspicion", ["log", "mark"])
def test_a_large_history_is_checked_whole_only_on_suspicion(
    path: Path, monkeypatch: pytest.MonkeyPatch, suspicion: str
) -> None:
    monkeypatch.setattr(opening, "_SMALL", 0)
    _open(path)
    _execute(
        path,
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " INSERT INTO runs SELECT 'run ' || i, 't', 's', NULL, 1, hex(zeroblob(200)) FROM n",
    )
    _overwrite(path)
    assert _open(path) is None
    if suspicion == "log":
        path.with_name("tasks.db-wal").write_bytes(b"not a log of this file")
    else:
        opening.mark_suspect(path)
    assert _open(path) is not None
    assert not path.with_name("tasks.db.suspect").exists()


def test_damage_to_what_is_vital_is_always_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_SMALL", 0)
    _make_damaged(path)
    assert _open(path) is not None


@pytest.mark.parametrize("place", ["a file/tasks.db", "a folder"])
def test_a_place_that_cannot_be_used_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    with pytest.raises(errors.HomeUnusable) as refused:
        opening.open_database(tmp_path / place)
    assert str(tmp_path / place) in refused.value.message


def test_a_folder_that_takes_no_log_cannot_be_used(path: Path) -> None:
    _open(path)
    path.with_name("tasks.db-wal").mkdir()
    with pytest.raises(errors.HomeUnusable, match="cannot be written to"):
        opening.open_database(path)


def test_a_locked_database_is_unavailable(path: Path) -> None:
    holder = open_writer(path)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("INSERT INTO facts VALUES ('a', 'b')")
    holder.execute("COMMIT")
    with pytest.raises(errors.StorageUnavailable, match="locked"):
        opening.open_database(path, busy_timeout_s=0.01)
    holder.close()

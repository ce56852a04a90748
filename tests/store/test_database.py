from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bgtasks_gui.store import database


def _rows(connection: database.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM facts ORDER BY name")]


def _add(connection: database.Connection, name: str) -> None:
    connection.execute("INSERT INTO facts (name, value) VALUES (?, '')", (name,))


def _error(connection: database.Connection, statement: str) -> database.Error:
    with pytest.raises(database.Error) as caught:
        connection.execute(statement)
    return caught.value


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 22, 15, 0, 0, 123000, tzinfo=UTC),
        datetime(2026, 11, 22, 15, 0, 0, 1000, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    ],
)
def test_times_come_back_to_the_millisecond(at: datetime) -> None:
    assert database.from_ms(database.to_ms(at)) == at


def test_a_transaction_is_all_or_nothing(connection: database.Connection) -> None:
    def add_and_fail() -> None:
        with database.transaction(connection):
            _add(connection, "lost")
            raise ZeroDivisionError

    with database.transaction(connection):
        _add(connection, "kept")
    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert _rows(connection) == ["kept"]
    assert not connection.in_transaction


def test_a_part_fails_on_its_own(connection: database.Connection) -> None:
    def add(*names: str) -> None:
        with database.savepoint(connection):
            for name in names:
                _add(connection, name)

    with database.transaction(connection):
        add("first")
        with pytest.raises(database.Error):
            add("second", "first")
        add("third")
    assert _rows(connection) == ["first", "third"]


def test_what_sqlite_took_back_itself_is_not_taken_back_again(
    connection: database.Connection,
) -> None:
    """As it does on some errors of the disk."""

    def fail() -> None:
        with database.transaction(connection), database.savepoint(connection):
            _add(connection, "lost")
            connection.execute("ROLLBACK")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _rows(connection) == []


def test_probing_writes_and_changes_nothing(connection: database.Connection) -> None:
    before = connection.execute("PRAGMA user_version").fetchone()
    database.probe(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == before
    connection.execute("PRAGMA query_only = 1")
    with pytest.raises(database.Error):
        database.probe(connection)


def test_a_script_is_split_where_its_statements_end() -> None:
    script = """-- a comment; with a semicolon
    CREATE TABLE a (b TEXT DEFAULT ';');
    CREATE TRIGGER t AFTER INSERT ON a BEGIN
        DELETE FROM a; DELETE FROM a;
    END;
    """
    first, second = database.split_script(script)
    assert first.strip().endswith("DEFAULT ';');")
    assert second.strip().endswith("END;")


def test_the_reader_cannot_write(path: Path, connection: database.Connection) -> None:
    reader = database.connect_reader(path)
    error = _error(reader, "DELETE FROM facts")
    assert database.is_trouble(error)
    assert database.is_closed_off(error)
    assert database.describe(error, path) == f"{path} cannot be written to."
    reader.close()


def test_a_lock_of_another_program_is_trouble(path: Path, connection: database.Connection) -> None:
    other = database.connect_writer(path, busy_timeout_s=0.01)
    connection.execute("BEGIN IMMEDIATE")
    error = _error(other, "BEGIN IMMEDIATE")
    assert database.is_trouble(error)
    assert not database.is_damage(error)
    assert database.describe(error, path) == f"Another program holds {path} locked."
    connection.execute("ROLLBACK")
    other.close()


def test_a_full_disk_is_trouble(path: Path, connection: database.Connection) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    error = _error(connection, "INSERT INTO facts VALUES ('long', hex(zeroblob(100000)))")
    assert database.is_trouble(error)
    assert database.describe(error, path) == f"There is no room left for {path}."


def test_a_mistaken_change_is_no_trouble(path: Path, connection: database.Connection) -> None:
    for statement in ("INSERT INTO facts VALUES ('name', NULL)", "SELECT * FROM nothing"):
        error = _error(connection, statement)
        assert not database.is_trouble(error)
        assert not database.is_taken(error)
        assert str(error) in database.describe(error, path)


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 100)
    with pytest.raises(database.Error) as caught:
        database.connect_reader(path)
    assert database.is_damage(caught.value)
    assert database.is_trouble(caught.value)
    assert "is damaged" in database.describe(caught.value, path)


def test_a_path_may_hold_any_sign(tmp_path: Path) -> None:
    path = tmp_path / "a ?b#c%20d" / "täsks.db"
    path.parent.mkdir()
    writer = database.connect_writer(path)
    assert path.exists()
    writer.close()

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bgtasks_gui.store import checkpoints, database
from bgtasks_gui.store.tables import runs as stored_runs
from tests.fakes import samples


def test_the_log_is_copied_when_asked(path: Path, connection: database.Connection) -> None:
    checkpointer = checkpoints.Checkpointer(database.connect_checkpointer(path))
    before = path.stat().st_size
    stored_runs.save(connection, [samples.a_run(number) for number in range(1000)])
    assert path.stat().st_size == before
    sizes: list[int] = []
    checkpointer.ask(lambda: sizes.append(path.stat().st_size))
    checkpointer.ask()
    checkpointer.close()
    assert sizes[0] > before + 100_000


def test_the_writer_goes_on_meanwhile(path: Path, connection: database.Connection) -> None:
    checkpointer = checkpoints.Checkpointer(database.connect_checkpointer(path))
    is_copied = threading.Event()
    with database.transaction(connection):
        stored_runs.save(connection, [samples.a_run(1)])
        checkpointer.ask(is_copied.set)
        assert is_copied.wait(10)
        stored_runs.save(connection, [samples.a_run(2)])
    checkpointer.close()
    assert len(stored_runs.find_open(connection)) == 2


def test_what_is_asked_during_a_copy_shares_the_next(
    path: Path, connection: database.Connection
) -> None:
    copier = database.connect_checkpointer(path)
    copies: list[str] = []
    copier.set_trace_callback(copies.append)
    checkpointer = checkpoints.Checkpointer(copier)
    is_in_copy, may_go_on = threading.Event(), threading.Event()

    def hold() -> None:
        is_in_copy.set()
        assert may_go_on.wait(10)

    checkpointer.ask(hold)
    assert is_in_copy.wait(10)
    answered: list[int] = []
    for number in range(5):
        checkpointer.ask(lambda number=number: answered.append(number))
    may_go_on.set()
    checkpointer.close()
    assert answered == [0, 1, 2, 3, 4]
    assert len(copies) == 2


def test_a_copy_that_fails_is_logged_and_not_the_last(
    path: Path, connection: database.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    copier = database.connect_checkpointer(path)
    checkpointer = checkpoints.Checkpointer(copier)
    copier.close()
    for _ in range(2):
        is_over = threading.Event()
        checkpointer.ask(is_over.set)
        assert is_over.wait(10)
    checkpointer.close()
    assert len(caplog.messages) == 2
    assert caplog.messages[0].startswith("the log was not copied")

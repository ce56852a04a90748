"""The record of an upload, step by step."""

from __future__ import annotations

from datetime import UTC, datetime

from bgtasks_gui.core.transfers import LISTED, Again, Attempt, Piece, Receipt, Record, UploadSpec
from bgtasks_gui.transfers.uploads.keeping import Keeping

NOW = datetime(2026, 11, 26, tzinfo=UTC)
URL = "https://me:secret@localhost/up?token=1"
SPEC = UploadSpec(url=URL, method="PUT", file="/f")


def keep(record: Record | None = None) -> Keeping:
    return Keeping(SPEC, record or Record(url=URL, length=100), NOW)


def test_an_attempt_begins() -> None:
    record = keep().record
    assert record.path == "/f"
    assert record.receipt.attempts == (Attempt(at=NOW, url="https://localhost/up"),)
    assert record.receipt.connections == 1


def test_what_was_sent_and_what_the_server_has() -> None:
    keeping = keep()
    keeping.go_on(10)
    keeping.sent(20, 30)
    keeping.sent(20, 50)
    keeping.answered(204)
    keeping.ended("cut off")
    record = keeping.record
    assert record.pieces == (Piece(start=0, end=100, done=10),)
    [attempt] = record.receipt.attempts
    assert (attempt.first, attempt.last, attempt.status, attempt.end) == (10, 50, 204, "cut off")
    assert record.receipt.moved == 40
    assert (keeping.has, keeping.last) == (10, 50)


def test_the_next_attempt_knows_how_far_the_last_one_came() -> None:
    first = keep()
    first.sent(60, 60)
    second = keep(first.record)
    assert second.sent_before == 60
    second.go_on(40)
    assert second.sent_before == 0
    assert [each.first for each in second.record.receipt.attempts] == [0, 40]
    assert second.record.receipt.moved == 60


def test_it_goes_on_twice_in_one_attempt() -> None:
    keeping = keep()
    keeping.go_on(10)
    keeping.sent(90, 100)
    keeping.go_on(50)
    [attempt] = keeping.record.receipt.attempts
    assert (attempt.first, attempt.last) == (10, 50)


def test_ranges_that_are_sent_again() -> None:
    keeping = keep()
    assert not keeping.again(5, 5, "nothing")
    assert keeping.again(5, 9, "why")
    assert keeping.record.receipt.again == (Again(start=5, end=9, why="why"),)


def test_notes_are_taken_once() -> None:
    keeping = keep()
    assert keeping.note("slow")
    assert not keeping.note("slow")
    assert keeping.record.receipt.notes == ("slow",)


def test_old_attempts_and_ranges_are_counted() -> None:
    old = tuple(Attempt(at=NOW, url="u", last=number) for number in range(LISTED))
    again = tuple(Again(start=0, end=1, why="w") for _ in range(LISTED))
    keeping = keep(Record(url=URL, receipt=Receipt(attempts=old, again=again)))
    keeping.again(1, 2, "new")
    receipt = keeping.record.receipt
    assert (len(receipt.attempts), receipt.attempts_left_out) == (LISTED, 1)
    assert (len(receipt.again), receipt.again_left_out) == (LISTED, 1)
    assert receipt.again[-1].why == "new"
    assert receipt.attempts[0].last == 1


def test_complete() -> None:
    keeping = keep()
    keeping.complete(100, "confirmed")
    record = keeping.record
    assert (record.done, record.receipt.checked) == (100, "confirmed")
    assert record.receipt.attempts[-1].end == "done"

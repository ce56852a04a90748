from __future__ import annotations

from datetime import UTC, datetime

from bgtasks_gui.core.transfers import LISTED, Again, Attempt, Piece, Receipt, Record
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.ranges import Heard

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
URL = "https://me:secret@example.org/file?token=1"
HEARD = Heard(status=200, etag='"one"', modified="then", length=100)


def make(record: Record | None = None) -> Account:
    return Account(record or Record(url=URL), NOW)


def test_an_attempt_is_told_without_secrets() -> None:
    account = make()
    account.answered(200, '"one"')
    account.answered(206, '"two"')
    account.has = 70
    account.moved += 80
    account.ended("the server closed the connection")
    [attempt] = account.record.receipt.attempts
    assert attempt == Attempt(
        at=NOW, url="https://example.org/file", status=200, last=70, validator='"one"',
        end="the server closed the connection",
    )  # fmt: skip
    assert account.record.receipt.moved == 80


def test_attempts_follow_one_another() -> None:
    record = make().record
    pieces = (Piece(start=0, end=100, done=30),)
    account = make(Record(url=URL, pieces=pieces, receipt=record.receipt))
    assert account.has == 30
    assert [each.first for each in account.record.receipt.attempts] == [0, 30]


def test_old_attempts_are_counted() -> None:
    record = Record(url=URL)
    for _ in range(LISTED + 5):
        record = make(record).record
    assert len(record.receipt.attempts) == LISTED
    assert record.receipt.attempts_left_out == 5


def test_a_crash_leaves_an_attempt_without_end() -> None:
    assert not make().was_cut_off
    record = make().record
    assert make(record).was_cut_off
    account = make()
    account.ended("stopped")
    assert not make(account.record).was_cut_off


def test_what_is_known_is_known_from_an_address() -> None:
    account = make()
    assert account.is_same_address
    account.describe(HEARD)
    record = account.record
    assert (record.etag, record.modified, record.length) == ('"one"', "then", 100)
    assert make(record).is_same_address
    assert "secret" not in record.source_of
    account.set(url="https://example.org/other")
    assert not account.is_same_address
    account.confirm(Heard(status=206, etag='"two"'))
    record = account.record
    assert account.is_same_address
    assert (record.etag, record.modified, record.length) == ('"two"', "then", 100)


def test_beginning_again_is_told() -> None:
    account = make(Record(url=URL, pieces=(Piece(start=0, end=100, done=30),), mark="x"))
    account.begin_again("it changed")
    account.begin_again("nothing was there")
    record = account.record
    assert (record.pieces, record.mark, account.has) == ((), "", 0)
    assert record.receipt.again == (Again(start=0, end=30, why="it changed"),)
    assert record.receipt.attempts[-1].first == 0


def test_only_so_much_again_is_listed() -> None:
    account = make()
    for index in range(LISTED + 3):
        account.again(index, index + 1, "why not")
    account.again(5, 5, "nothing")
    receipt = account.record.receipt
    assert (len(receipt.again), receipt.again_left_out, receipt.again[0].start) == (LISTED, 3, 3)


def test_notes_are_new_once() -> None:
    account = make(Record(url=URL, receipt=Receipt(notes=("old",))))
    assert not account.note("old")
    assert account.note("new")
    account.checked("its md5 is as expected")
    account.connected(3)
    account.connected(2)
    receipt = account.record.receipt
    assert (receipt.notes, receipt.connections) == (("old", "new"), 3)
    assert receipt.checked == "its md5 is as expected"

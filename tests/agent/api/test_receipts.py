"""Receipts as they are shown: what is kept, and nothing secret of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.agent.api import receipts
from bgtasks_gui.core import runs, transfers
from bgtasks_gui.wire import codec
from bgtasks_gui.wire import receipts as shapes
from tests.core.samples import NOW, make_run

URL = "https://ada:secret@example.org:8443/a%20b/file.bin?token=abc#part"
BARE = "https://example.org:8443/a%20b/file.bin"
ATTEMPT = transfers.Attempt(
    at=NOW, url=URL, status=206, first=10, last=30, validator='"one"', end="done"
)
RECORD = transfers.Record(
    url=URL,
    path="/home/ada/file.bin",
    part="/home/ada/file.bin.part",
    etag='"one"',
    length=100,
    pieces=(
        transfers.Piece(start=0, end=50, done=20),
        transfers.Piece(start=50, end=100, done=10),
    ),
    receipt=transfers.Receipt(
        attempts=(ATTEMPT,),
        attempts_left_out=3,
        again=(transfers.Again(start=10, end=20, why="it was not safe yet"),),
        moved=60,
        active_s=4.0,
        connections=2,
        notes=("a note",),
    ),
)


def show(record: transfers.Record, state: str = "waiting", **fields: object) -> shapes.ReceiptView:
    shown = receipts.view(make_run(state=state, kind="download", transfer=record, **fields))
    assert shown is not None
    return shown


def test_a_run_that_is_no_transfer_has_none() -> None:
    assert receipts.view(make_run()) is None


def test_all_that_is_kept_is_shown() -> None:
    shown = show(RECORD, suspended_s=7.5)
    assert (shown.done, shown.length) == (30, 100)
    assert shown.offsets == ((0, 20), (50, 60))
    assert shown.can_resume
    assert shown.mean_speed == 15.0
    assert shown.suspended_s == 7.5
    assert (shown.attempts_left_out, shown.connections, shown.notes) == (3, 2, ("a note",))
    assert shown.again == (shapes.AgainView(start=10, end=20, why="it was not safe yet"),)
    assert shown.attempts == (
        shapes.AttemptView(
            at="2026-11-24T13:00:00.000Z", url=BARE, status=206, first=10, last=30,
            validator='"one"', end="done",
        ),
    )  # fmt: skip


def test_no_secret_is_in_it() -> None:
    told = codec.encode(show(RECORD)).decode()
    assert show(RECORD).url == BARE
    for secret in ("ada:", "secret", "abc", "token", "#part"):
        assert secret not in told


def test_the_part_file_is_gone_once_it_is_whole() -> None:
    assert show(RECORD).part == "/home/ada/file.bin.part"
    assert show(RECORD, "completed").part is None
    assert show(transfers.Record(url=URL)).path is None


@pytest.mark.parametrize(
    ("fields", "can_resume"),
    [
        ({}, None),
        ({"pieces": (transfers.Piece(start=0, done=5),)}, False),
        ({"pieces": (transfers.Piece(start=0, done=5),), "etag": '"one"'}, True),
        ({"pieces": (transfers.Piece(start=0, done=5),), "modified": "yesterday"}, True),
        ({"protocol": "tus"}, True),
        ({"protocol": "draft"}, True),
        ({"protocol": "plain", "etag": '"one"'}, False),
    ],
)
def test_whether_it_can_be_gone_on_with(fields: dict[str, object], can_resume: bool) -> None:
    record = msgspec.convert({"url": URL, **fields}, transfers.Record, from_attributes=True)
    assert show(record).can_resume is can_resume


def test_no_speed_is_made_of_an_instant() -> None:
    receipt = transfers.Receipt(moved=10**9, active_s=0.01)
    assert show(transfers.Record(url=URL, receipt=receipt)).mean_speed is None


@given(
    user=st.from_regex(r"[a-z]{3,9}", fullmatch=True),
    token=st.from_regex(r"[A-Z]{12}", fullmatch=True),
    path=st.from_regex(r"(/[a-z.%0-9]{0,5}){0,3}", fullmatch=True),
)
def test_whatever_the_address_only_host_and_path_are_left(user: str, token: str, path: str) -> None:
    url = f"https://{user}:{token}@example.org{path}?{user}={token}#{token}"
    assert receipts.bare(url) == f"https://example.org{path}"


def test_what_is_no_address_is_cut_before_its_query() -> None:
    assert receipts.bare("http://[broken?token=abc") == "http://[broken"


def test_an_ended_suspension_is_what_the_run_says() -> None:
    run = make_run(state="waiting", kind="download", transfer=RECORD, suspended_s=3.0)
    run = msgspec.structs.replace(run, completed_at=NOW + timedelta(seconds=9))
    shown = receipts.view(run)
    assert shown is not None
    assert shown.suspended_s == 3.0
    assert run.state is runs.RunState.WAITING

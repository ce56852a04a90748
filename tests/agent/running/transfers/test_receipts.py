from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.agent.running.transfers import receipts
from bgtasks_gui.core import runs, transfers
from tests.core.samples import NOW

URL = "https://ada:secret@example.org:8443/files/a.iso?token=abc#part"
BARE = "https://example.org:8443/files/a.iso"
PIECES = (
    transfers.Piece(start=0, end=50, done=50),
    transfers.Piece(start=50, end=100, done=20),
)
RECORD = transfers.Record(
    url=URL, path="/home/ada/a.iso", part="/home/ada/a.iso.part", etag='"one"', length=100,
    pieces=PIECES,
    receipt=transfers.Receipt(
        attempts=(
            transfers.Attempt(
                at=NOW, url=URL, status=206, first=10, last=70, validator='"one"',
                end="the server closed the connection",
            ),
        ),
        again=(transfers.Again(start=0, end=10, why="the server ignored the range"),),
        moved=80, active_s=4.0, connections=2, checked="the length is as announced",
        notes=("it is slow",),
    ),
)  # fmt: skip


def make_run(
    state: runs.RunState = runs.RunState.RUNNING, record: transfers.Record | None = RECORD
) -> runs.Run:
    return runs.Run(
        id="1", task_id="2", task_name="a", kind="download", state=state, triggered_at=NOW,
        firing=runs.Firing(type="manual"), transfer=record, suspended_s=3.0,
    )  # fmt: skip


def test_only_a_transfer_has_one() -> None:
    assert receipts.view(make_run(record=None)) is None


def test_everything_is_told() -> None:
    seen = receipts.view(make_run())
    assert seen is not None
    assert (seen.done, seen.length, seen.offsets) == (70, 100, ((0, 50), (50, 70)))
    assert (seen.moved, seen.mean_speed, seen.suspended_s) == (80, 20.0, 3.0)
    assert (seen.path, seen.part) == ("/home/ada/a.iso", "/home/ada/a.iso.part")
    (attempt,), (again,) = seen.attempts, seen.again
    assert (attempt.status, attempt.first, attempt.last) == (206, 10, 70)
    assert attempt.at == f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z"
    assert (again.start, again.end, again.why) == (0, 10, "the server ignored the range")
    assert (seen.connections, seen.checked, seen.notes) == (
        *(2, "the length is as announced", ("it is slow",)),
    )


def test_no_secret_is() -> None:
    seen = receipts.view(make_run())
    assert seen is not None
    assert (seen.url, seen.attempts[0].url) == (BARE, BARE)
    said = msgspec.json.encode(seen)
    assert b"secret" not in said
    assert b"abc" not in said
    assert receipts.bare("http://[nonsense?token=abc") == "http://[nonsense"


def test_a_whole_file_has_no_part() -> None:
    seen = receipts.view(make_run(runs.RunState.COMPLETED))
    assert seen is not None
    assert seen.part is None


def test_a_moment_says_nothing_of_the_speed() -> None:
    receipt = msgspec.structs.replace(RECORD.receipt, active_s=0.01)
    seen = receipts.view(make_run(record=msgspec.structs.replace(RECORD, receipt=receipt)))
    assert seen is not None
    assert seen.mean_speed is None


@pytest.mark.parametrize(
    ("fields", "can_resume"),
    [
        ({}, True),
        ({"etag": None}, False),
        ({"etag": None, "modified": "Thu, 26 Nov 2026 10:56:48 GMT"}, True),
        ({"etag": None, "pieces": ()}, None),
        ({"protocol": "tus"}, True),
        ({"protocol": "draft"}, True),
        ({"protocol": "plain"}, False),
    ],
)
def test_whether_it_can_go_on(fields: dict[str, object], can_resume: bool | None) -> None:
    seen = receipts.view(make_run(record=msgspec.structs.replace(RECORD, **fields)))
    assert seen is not None
    assert seen.can_resume is can_resume


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, BARE),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        # What cannot be read as an address is shown as far as it gives nothing away.
        ("http://ada:secret@[::1/a?b#c", "http://[::1/a"),
    ],
)
def test_addresses_are_shown_bare(url: str, shown: str) -> None:
    assert receipts.bare(url) == shown


@given(st.text("abc:/?#@[].", max_size=20))
def test_no_address_shows_a_password(rest: str) -> None:
    assert "SECRET" not in receipts.bare(f"https://ada:SECRET@a{rest}")

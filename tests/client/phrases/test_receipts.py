from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from bgtasks_gui.client.phrases import receipts as phrases
from bgtasks_gui.wire import receipts

MIB = 1 << 20
NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
ATTEMPT = receipts.AttemptView(
    at="2026-11-22T15:00:00.000Z", url="https://a.example/x", status=206, first=30 * MIB,
    last=50 * MIB, validator='"abc"', end="the server closed the connection",
)  # fmt: skip
RECEIPT = receipts.ReceiptView(
    url="https://a.example/x", path="/tmp/x", part="/tmp/x.part", length=100 * MIB, done=50 * MIB,
    offsets=((0, 30 * MIB), (50 * MIB, 70 * MIB)), etag='"abc"', modified=None, can_resume=True,
    attempts=(ATTEMPT,), attempts_left_out=0, again=(), again_left_out=0, moved=50 * MIB,
    active_s=25.0, suspended_s=0.0, mean_speed=2.0 * MIB, connections=2, checked=None, notes=(),
)  # fmt: skip


def facts(**changes: object) -> dict[str, list[str]]:
    return dict(phrases.facts(msgspec.structs.replace(RECEIPT, **changes), NOW))


def test_a_receipt_in_sentences() -> None:
    assert facts() == {
        "Address": ["https://a.example/x"],
        "File": ["/tmp/x.part"],
        "So far": ["50 MiB of 100 MiB, in 2 pieces; it can go on from there"],
        "Speed": ["2 MiB/s on average, over 25 s; up to 2 connections"],
        "Known by": ['"abc"'],
        "Attempts": [
            "1. 10 min ago from 30 MiB to 50 MiB, answer 206: the server closed the connection"
        ],
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"can_resume": False}, "50 MiB of 100 MiB, in 2 pieces; it would begin again"),
        ({"can_resume": None, "offsets": ((0, 5), (7, 7))}, "50 MiB of 100 MiB"),
        ({"length": None, "offsets": ()}, "50 MiB; it can go on from there"),
        ({"done": 100 * MIB}, "All of 100 MiB"),
    ],
)
def test_how_much_is_there(changes: dict[str, object], said: str) -> None:
    assert facts(**changes)["So far"] == [said]


def test_what_is_not_known_is_not_said() -> None:
    bare = {"part": None, "path": None, "etag": None, "attempts": (), "mean_speed": None}
    assert facts(**bare, connections=1).keys() == {"Address", "So far"}
    assert facts(part=None)["File"] == ["/tmp/x"]
    assert facts(etag=None, modified="Mon, 23 Nov 2026")["Known by"] == ["Mon, 23 Nov 2026"]


def test_what_moved_more_than_once() -> None:
    again = receipts.AgainView(start=28 * MIB, end=30 * MIB, why="it was not safe on the disk")
    said = facts(moved=60 * MIB, again=(again,), again_left_out=3, suspended_s=40.0)
    assert said["Speed"] == [
        "2 MiB/s on average, over 25 s; 60 MiB moved in all; up to 2 connections"
    ]
    assert said["Again"] == ["28 MiB to 30 MiB: it was not safe on the disk", "… and 3 before"]
    assert said["Suspended"] == ["For 40 s in all"]


def test_attempts_are_numbered_the_newest_first() -> None:
    going = msgspec.structs.replace(ATTEMPT, end=None, status=None)
    said = facts(attempts=(ATTEMPT, going), attempts_left_out=7)["Attempts"]
    assert [line.partition(".")[0] for line in said] == ["9", "8", "… and 7 before"]
    assert said[0].endswith("from 30 MiB to 50 MiB: goes on")


def test_what_was_checked_and_noted_is_said_and_made_harmless() -> None:
    said = facts(checked="sha256 is as expected", notes=("the server\x1b[31m lies",))
    assert said["Checked"] == ["sha256 is as expected"]
    assert said["Note"] == ["The server\ufffd[31m lies"]

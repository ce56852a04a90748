"""What is asked for, and what an answer means: every case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core.transfers import Record
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.downloads.ranges import (
    OVERLAP,
    Anew,
    Ask,
    Compare,
    GoOn,
    Heard,
    Known,
    Refused,
    Whole,
)

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
DATE = "Wed, 01 Jan 2025 00:00:00 GMT"
LATER = "Thu, 02 Jan 2025 00:00:00 GMT"
TIMED = '"67748580-493e0"'
STRONG = Known(etag='"one"', modified=DATE, length=300_000)
DATED = Known(modified=DATE, length=300_000)
WEAK = Known(etag='W/"one"', length=300_000)
REST = Heard(status=206, etag='"one"', modified=DATE, length=300_000, span=(100_000, 300_000))
FULL = Heard(status=200, etag='"one"', modified=DATE, length=300_000)


def but(value: Any, **fields: Any) -> Any:
    return type(value)(**{name: fields.get(name, getattr(value, name)) for name in
                          value.__struct_fields__})  # fmt: skip


def ask(known: Known = STRONG, first: int = 100_000, **more: Any) -> Ask:
    return ranges.ask(known, 0, first, known.length, **more)


@pytest.mark.parametrize(
    ("etag", "is_timed"),
    [
        (None, False), ('"one"', False), ('W/"67748580-493e0"', False), (TIMED, True),
        ('"67748580-493e0-gzip"', True), ('"1a2-3b4-5c6"', True), ('"deadbeef"', False),
        ('"5d41402abc4b2a76b9719d911017c592"', False), ('"a-long-name"', False),
    ],
)  # fmt: skip
def test_validators_of_time_and_size(etag: str | None, is_timed: bool) -> None:
    assert ranges.is_timed(etag) is is_timed


@pytest.mark.parametrize(
    ("known", "headers", "overlap"),
    [
        (STRONG, {"Range": "bytes=100000-", "If-Range": '"one"'}, 0),
        (but(STRONG, etag=TIMED), {"Range": "bytes=34464-", "If-Range": TIMED}, OVERLAP),
        (but(STRONG, is_intact=False), {"Range": "bytes=34464-", "If-Range": '"one"'}, OVERLAP),
        (DATED, {"Range": "bytes=34464-", "If-Range": DATE}, OVERLAP),
        (but(WEAK, modified=DATE), {"Range": "bytes=34464-", "If-Range": DATE}, OVERLAP),
        (WEAK, {"Range": "bytes=34464-"}, OVERLAP),
    ],
)
def test_what_is_asked_for(known: Known, headers: dict[str, str], overlap: int) -> None:
    asked = ask(known)
    assert (asked.headers, asked.overlap) == (headers, overlap)


def test_a_piece_is_asked_for_up_to_its_end() -> None:
    asked = ranges.ask(STRONG, 50_000, 60_000, 70_000)
    assert asked.headers["Range"] == "bytes=60000-69999"
    timed = ranges.ask(but(STRONG, etag=TIMED), 50_000, 60_000, 70_000)
    assert (timed.headers["Range"], timed.overlap) == ("bytes=50000-69999", 10_000)


def test_a_comparison_is_asked_for_without_a_validator() -> None:
    asked = ask(is_comparison=True)
    assert asked.headers == {"Range": "bytes=34464-"}
    assert asked.overlap == OVERLAP


@pytest.mark.parametrize(
    ("known", "method", "first", "why"),
    [
        (STRONG, "GET", 1, None),
        (STRONG, "POST", 100_000, ranges.NOT_A_GET),
        (Known(length=300_000), "GET", 100_000, ranges.UNKNOWN),
        (Known(length=300_000, is_same_address=False), "GET", 100_000, None),
        (Known(is_same_address=False), "GET", 100_000, ranges.UNKNOWN),
        (WEAK, "GET", 4096, None),
        (WEAK, "GET", 4095, ranges.TOO_LITTLE),
        (but(STRONG, etag=TIMED), "GET", 4095, ranges.TOO_LITTLE),
        (but(STRONG, is_intact=False), "GET", 4095, ranges.TOO_LITTLE),
    ],
)
def test_what_cannot_go_on(known: Known, method: str, first: int, why: str | None) -> None:
    assert ranges.hindrance(known, method, first) == why


@pytest.mark.parametrize(
    ("headers", "heard"),
    [
        ({"content-length": "5"}, Heard(status=200, length=5)),
        ({"content-length": "0"}, Heard(status=200, length=0)),
        ({"content-length": "-5"}, Heard(status=200)),
        ({"content-length": "\u0665"}, Heard(status=200)),
        ({"content-length": "9" * 30}, Heard(status=200)),
        ({"content-length": "5", "transfer-encoding": "chunked"}, Heard(status=200)),
        ({"content-length": "5", "content-encoding": "gzip"}, Heard(status=200, is_encoded=True)),
        ({"content-length": "5", "content-encoding": "Identity"}, Heard(status=200, length=5)),
        ({"etag": ' "one" '}, Heard(status=200, etag='"one"')),
        ({"etag": "unquoted"}, Heard(status=200, etag="unquoted")),
        ({"etag": ""}, Heard(status=200)),
        ({"last-modified": DATE}, Heard(status=200, modified=DATE)),
        ({"last-modified": DATE, "date": DATE}, Heard(status=200)),
        ({"last-modified": DATE, "date": "Wed, 01 Jan 2025 00:00:01 GMT"},
         Heard(status=200, modified=DATE)),
        ({"last-modified": LATER, "date": DATE}, Heard(status=200)),
        ({"last-modified": "Wed, 01 Jan 2025 00:00:00 -0000", "date": "yesterday"},
         Heard(status=200, modified="Wed, 01 Jan 2025 00:00:00 -0000")),
        ({"last-modified": "Sun, 22 Nov 2026 15:00:00 GMT"}, Heard(status=200)),
        ({"last-modified": "soon"}, Heard(status=200)),
    ],
)  # fmt: skip
def test_what_is_heard(headers: dict[str, str], heard: Heard) -> None:
    assert ranges.hear(200, headers, NOW) == heard


@pytest.mark.parametrize(
    ("said", "span", "length"),
    [
        ("bytes 5-9/10", (5, 10), 10),
        ("bytes 5-9/*", (5, 10), None),
        ("Bytes 5 - 9 / 10", (5, 10), 10),
        ("bytes */10", None, 10),
        ("bytes 5-10/10", None, 10),
        ("bytes 9-5/10", None, 10),
        ("lines 5-9/10", None, None),
        ("bytes all/some", None, None),
        ("", None, None),
    ],
)
def test_ranges_that_are_heard(said: str, span: tuple[int, int] | None, length: int | None) -> None:
    heard = ranges.hear(206, {"content-range": said}, NOW)
    assert (heard.span, heard.length) == (span, length)


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (FULL, Whole()),
        (but(FULL, status=201), Whole()),
        (but(REST, span=(0, 300_000)), Whole()),
        (REST, Refused()),
        (but(REST, span=None), Refused()),
        (Heard(status=204), Refused()),
        (Heard(status=304), Refused()),
        (Heard(status=416), Refused()),
        (Heard(status=503), Refused()),
    ],
)
def test_first_answers(heard: Heard, verdict: ranges.Verdict) -> None:
    assert ranges.judge_first(heard) == verdict


GO_ON = GoOn(end=300_000, length=300_000)
CHANGED = Anew(why=ranges.CHANGED, is_changed=True)
NEW = but(STRONG, is_same_address=False)


@pytest.mark.parametrize(
    ("known", "heard", "verdict"),
    [
        (STRONG, REST, GO_ON),
        (STRONG, but(REST, span=(100_000, 200_000)), GoOn(end=200_000, length=300_000)),
        (STRONG, but(REST, length=None), GoOn(end=300_000, length=None)),
        (STRONG, but(REST, etag=None), GO_ON),
        (STRONG, but(REST, etag=None, modified=None), GO_ON),
        (STRONG, but(REST, etag=None, modified=LATER), CHANGED),
        (STRONG, but(REST, etag='"two"', modified=LATER), CHANGED),
        # Another server of the same file, or so it seems: compare (wishes W16).
        (STRONG, but(REST, etag='"two"'), Compare()),
        (NEW, but(REST, etag='"two"', modified=LATER), Compare()),
        (NEW, but(REST, etag='"two"', length=None), CHANGED),
        (STRONG, but(REST, length=310_000),
         Anew(why=f"{ranges.CHANGED}, from 300000 to 310000 bytes", is_changed=True)),
        (STRONG, but(REST, span=(99_993, 300_000)),
         Anew(why="the server sent the range from 99993 on instead")),
        (STRONG, but(REST, span=None), Anew(why="the server did not say which range it sent")),
        (STRONG, but(REST, is_encoded=True), Anew(why="the server compressed the rest")),
        (STRONG, Heard(status=404), Refused()),
        (STRONG, Heard(status=503), Refused()),
        # The whole in answer to a range.
        (STRONG, FULL, Whole(why=ranges.NO_RANGES)),
        (STRONG, but(FULL, etag='W/"one"'), Whole(why=ranges.NO_RANGES)),
        (STRONG, but(FULL, etag='"two"', modified=LATER),
         Whole(why=ranges.CHANGED, is_changed=True)),
        (STRONG, but(FULL, etag='"two"'), Compare()),
        (NEW, but(FULL, etag='"two"', modified=LATER), Compare()),
        (NEW, but(FULL, etag='"two"', length=5), Whole(why=ranges.CHANGED, is_changed=True)),
        (STRONG, but(FULL, length=None), Whole(why=ranges.CHANGED, is_changed=True)),
        (STRONG, Heard(status=200, length=300_000), Whole(why=ranges.CHANGED, is_changed=True)),
        # No such range.
        (STRONG, Heard(status=416),
         Anew(why="the server has no such range")),
        (STRONG, Heard(status=416, length=50),
         Anew(why="the server has no such range, the file has 50 bytes", is_changed=True)),
        (STRONG, Heard(status=416, length=300_000),
         Anew(why="the server has no such range, the file has 300000 bytes")),
        (but(STRONG, length=None), Heard(status=416, length=100_000, etag='"two"'),
         Anew(why="the server has no such range, the file has 100000 bytes")),
    ],
)  # fmt: skip
def test_answers_to_a_range(known: Known, heard: Heard, verdict: ranges.Verdict) -> None:
    assert ranges.judge(known, ask(known), heard) == verdict


def test_little_is_not_compared() -> None:
    heard = but(FULL, etag='"two"')
    assert ranges.judge(STRONG, ask(first=4095), heard) == Whole(
        why=ranges.CHANGED, is_changed=True
    )
    rest = but(REST, etag='"two"', span=(4095, 300_000))
    assert ranges.judge(STRONG, ask(first=4095), rest) == CHANGED


def test_in_a_comparison_validators_do_not_count() -> None:
    asked = ask(is_comparison=True)
    heard = but(REST, etag='"two"', span=(100_000 - OVERLAP, 300_000))
    assert ranges.judge(STRONG, asked, heard) == GO_ON
    assert ranges.judge(STRONG, asked, but(FULL, etag='"two"')) == Whole(
        why=ranges.CHANGED, is_changed=True
    )


def test_weak_validators_are_compared_weakly() -> None:
    heard = but(REST, etag='W/"one"', modified=None, span=(100_000 - OVERLAP, 300_000))
    assert ranges.judge(WEAK, ask(WEAK), heard) == GO_ON
    assert ranges.judge(WEAK, ask(WEAK), but(heard, etag='W/"two"')) == CHANGED


def test_known_is_of_the_record() -> None:
    record = Record(url="x", etag='"one"', modified=DATE, length=300_000)
    assert ranges.known_of(record, is_same_address=True, is_intact=True) == STRONG


TEXTS = st.sampled_from([None, '"one"', 'W/"one"', '"two"', TIMED])
LENGTHS = st.sampled_from([None, 0, 5, 299_999, 300_000, 300_001])
SPANS = st.none() | st.tuples(st.integers(0, 300_000), st.integers(0, 300_001))


@given(
    known=st.builds(
        Known, etag=TEXTS, modified=st.sampled_from([None, DATE]), length=LENGTHS,
        is_same_address=st.booleans(), is_intact=st.booleans(),
    ),
    heard=st.builds(
        Heard, status=st.sampled_from([200, 206, 416, 404]), etag=TEXTS,
        modified=st.sampled_from([None, DATE, LATER]), length=LENGTHS, span=SPANS,
        is_encoded=st.booleans(),
    ),
    first=st.integers(1, 300_000),
    is_comparison=st.booleans(),
)  # fmt: skip
def test_nothing_goes_on_but_what_was_asked_for(
    known: Known, heard: Heard, first: int, is_comparison: bool
) -> None:
    asked = ranges.ask(known, 0, first, known.length, is_comparison=is_comparison)
    verdict = ranges.judge(known, asked, heard)
    if isinstance(verdict, GoOn):
        assert heard.status == 206
        assert heard.span is not None
        assert heard.span[0] == first - asked.overlap
        assert known.length is None or verdict.length in (None, known.length)
        is_known = known.etag is not None and known.etag == heard.etag
        assert is_known or asked.overlap or heard.etag is None or not ranges.is_strong(known.etag) \
            or heard.etag.removeprefix("W/") == known.etag  # fmt: skip


def test_the_end_of_a_body_without_a_length_is_read_again() -> None:
    """What came of a chunk that was cut off may be no part of the file."""
    known = ranges.Known(etag='"one"', length=None)
    assert known.needs_comparison
    assert ranges.ask(known, 0, 9003, None).overlap == 9003
    assert not ranges.Known(etag='"one"', length=100_000).needs_comparison

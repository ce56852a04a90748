"""What is remembered of a transfer, and that it survives being stored."""

from __future__ import annotations

from pathlib import PurePath

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import reasons, transfers
from tests.core.samples import MINUTE, NOW

sizes = st.integers(0, 2**50)
pieces = st.builds(transfers.Piece, start=sizes, end=st.none() | sizes, done=sizes)
attempts = st.builds(
    transfers.Attempt,
    at=st.integers(0, 10_000).map(lambda minutes: NOW + minutes * MINUTE),
    url=st.text(),
    status=st.none() | st.integers(100, 599),
    end=st.none() | st.text(),
)
records = st.builds(
    transfers.Record,
    url=st.text(),
    length=st.none() | sizes,
    pieces=st.lists(pieces, max_size=4).map(tuple),
    kept_until=st.just(NOW) | st.none(),
    source=st.none() | st.tuples(sizes, sizes),
    receipt=st.builds(transfers.Receipt, attempts=st.lists(attempts, max_size=3).map(tuple)),
)


@given(records)
def test_a_record_comes_back_from_the_store_as_it_went(record: transfers.Record) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=transfers.Record) == record


def test_what_an_older_version_kept_has_the_rest_by_default() -> None:
    kept = b'{"url": "https://example.org/a", "pieces": [{"start": 0, "done": 7}]}'
    record = msgspec.json.decode(kept, type=transfers.Record)
    assert (record.done, record.failures, record.rate) == (7, 0, None)
    assert record.aside == ""
    assert record.receipt == transfers.Receipt()


@given(st.lists(pieces, max_size=6).map(tuple))
def test_what_is_safe_is_the_sum_over_all_ranges(found: tuple[transfers.Piece, ...]) -> None:
    assert transfers.Record(url="", pieces=found).done == sum(each.done for each in found)


@pytest.mark.parametrize(
    "spec",
    [
        transfers.DownloadSpec(url="https://example.org/a", method="GET", to="/tmp/"),
        transfers.UploadSpec(url="https://example.org/a", method="PUT", file="/tmp/a"),
    ],
    ids=["download", "upload"],
)
def test_a_specification_says_itself_what_it_is(spec: transfers.AnySpec) -> None:
    assert msgspec.json.decode(msgspec.json.encode(spec), type=transfers.AnySpec) == spec


def test_the_timeouts_are_those_of_the_rules() -> None:
    spec = transfers.DownloadSpec(url="", method="GET", to="")
    assert spec.request_timeout_s == 60
    assert spec.resource_timeout_s == 7 * 24 * 60 * 60
    assert spec.connect_timeout_s == 30


@pytest.mark.parametrize("method", ["POST", "PATCH", "CONNECT"])
def test_what_may_do_something_twice_is_no_idempotent_method(method: str) -> None:
    assert method not in transfers.IDEMPOTENT


@pytest.mark.parametrize(
    "outcome",
    [
        transfers.Done(result=msgspec.Raw(b"{}")),
        transfers.Failed(code=reasons.Code.CONNECTION, detail="cut", is_passing=True, wait_s=3.0),
        transfers.Held(code=reasons.Code.RESOURCE_REVOKED, detail="full", folder="/a", needs=9),
        transfers.Exceeded(code=reasons.Code.LOW_SPEED, detail="1 KiB/s"),
        transfers.Stopped(),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_an_end_can_be_handed_over_as_text(outcome: transfers.Outcome) -> None:
    told = msgspec.json.encode(outcome)
    again = msgspec.json.decode(told, type=transfers.Outcome)
    assert type(again) is type(outcome)
    assert msgspec.json.encode(again) == told


@pytest.mark.parametrize("name", ["a.sh", "A.EXE", "x.tar.desktop", "photo.jpg.js"])
def test_what_a_desktop_might_run(name: str) -> None:
    assert transfers.is_dangerous(PurePath("/home/me") / name)


@pytest.mark.parametrize("name", ["a.pdf", "sh", "archive.sh.zip", "README", ".zsh"])
def test_what_it_shows(name: str) -> None:
    assert not transfers.is_dangerous(PurePath("/home/me") / name)

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.client.phrases import transfers
from bgtasks_gui.core.runs import RunState
from tests.cli.fakes import receipts, views

MIB = receipts.MIB


def test_how_it_went() -> None:
    [attempt] = receipts.receipt().attempts
    known = receipts.receipt(
        done=100 * MIB, mean_speed=8.1 * MIB, attempts=(attempt,), attempts_left_out=1,
        suspended_s=180.0, checked="its sha256 is as expected",
    )  # fmt: skip
    assert transfers.outcome(known) == (
        "100 MiB, 8.1 MiB/s on average, 2 attempts, suspended for 3 min, its sha256 is as expected"
    )


def test_what_is_as_always_is_not_said() -> None:
    known = receipts.receipt(mean_speed=None, suspended_s=0.4, checked="the length is as announced")
    assert transfers.outcome(known) == "34 MiB"


def test_how_far_one_is_that_stands_still() -> None:
    assert transfers.stopped_at(receipts.run(receipt=receipts.receipt())) == "34 of 100 MiB"
    begun = views.progress(5 * MIB, 100 * MIB, unit="bytes")
    assert transfers.stopped_at(receipts.run(progress=begun)) == "5 of 100 MiB"
    assert transfers.stopped_at(receipts.run()) == ""


@pytest.mark.parametrize(
    ("result", "path"),
    [
        ({"path": "/tmp/x", "bytes": 1}, "/tmp/x"),
        (msgspec.Raw(b'{"path": "/tmp/x"}'), "/tmp/x"),
        ({"status": 201, "bytes": 1}, ""),
        ("/tmp/x", ""),
        (None, ""),
    ],
)
def test_where_the_file_is(result: object, path: str) -> None:
    assert transfers.path_of(receipts.run(state=RunState.COMPLETED, result=result)) == path

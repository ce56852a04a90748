from __future__ import annotations

from typing import Any

import pytest

from bgtasks_gui.core.transfers import SEGMENTED_FROM, DownloadSpec, Record
from bgtasks_gui.transfers.downloads import segments
from bgtasks_gui.transfers.downloads.segments import FAST, Growth

BIG = Record(url="x", etag='"one"', length=SEGMENTED_FROM)


def spec(**fields: Any) -> DownloadSpec:
    return DownloadSpec(**{"url": "x", "method": "GET", "to": "/x"} | fields)


@pytest.mark.parametrize(
    ("fields", "record", "most"),
    [
        ({}, BIG, 4),
        ({}, Record(url="x", etag='"one"', length=SEGMENTED_FROM - 1), 1),
        ({}, Record(url="x", modified="a strong date", length=SEGMENTED_FROM), 4),
        ({}, Record(url="x", etag='W/"one"', length=SEGMENTED_FROM), 1),
        ({}, Record(url="x", length=SEGMENTED_FROM), 1),
        ({}, Record(url="x", etag='"one"'), 1),
        ({"segments": 1}, BIG, 1),
        ({"segments": 3}, Record(url="x", etag='"one"', length=5), 3),
        ({"segments": 99}, BIG, 16),
        ({"segments": 3, "method": "POST"}, BIG, 1),
    ],
)
def test_at_most(fields: dict[str, Any], record: Record, most: int) -> None:
    assert segments.most(spec(**fields), record) == most


def speeds(*each: int) -> list[bool]:
    """Whether another is added after each second at such a speed."""
    growth, now, found = Growth(), 100.0, []
    growth.moved(0, now)
    for speed in each:
        assert not growth.moved(speed // 2, now + 0.5)
        now += 1.0
        found.append(growth.moved(speed - speed // 2, now))
    return found


def test_grows_as_long_as_that_helps() -> None:
    assert speeds(1_000_000, 2_000_000, 3_000_000) == [True, True, True]
    assert speeds(1_000_000, 1_160_000, 1_170_000, 9_000_000) == [True, True, False, False]
    assert speeds(1_000_000, 900_000) == [True, False]


def test_what_is_fast_needs_no_other() -> None:
    assert speeds(FAST, 2 * FAST) == [False, False]

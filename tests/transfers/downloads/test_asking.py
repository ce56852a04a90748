from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import DownloadSpec
from bgtasks_gui.transfers.downloads.asking import make_request
from bgtasks_gui.transfers.downloads.ranges import Ask


def test_headers_of_the_range_go_with_those_of_the_task() -> None:
    spec = DownloadSpec(url="x", method="GET", to="/x", headers={"X-Mine": "1", "Range": "no"})
    asked = Ask(first=5, end=None, headers={"Range": "bytes=5-"})
    made = make_request(spec, "https://example.org/", asked)
    assert (made.method, made.url) == ("GET", "https://example.org/")
    assert made.headers == {"X-Mine": "1", "Range": "bytes=5-"}
    assert made.body is None
    assert make_request(spec, "x", None).headers == spec.headers


async def test_body_can_be_sent_again(tmp_path: Path) -> None:
    content = os.urandom(600_000)
    (tmp_path / "body").write_bytes(content)
    spec = DownloadSpec(url="x", method="POST", to="/x", body=str(tmp_path / "body"))
    made = make_request(spec, "x", None)
    assert made.length == len(content)
    for _ in range(2):
        assert made.body is not None
        assert b"".join([piece async for piece in made.body()]) == content


def test_body_that_is_not_there(tmp_path: Path) -> None:
    spec = DownloadSpec(url="x", method="POST", to="/x", body=str(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError):
        make_request(spec, "x", None)

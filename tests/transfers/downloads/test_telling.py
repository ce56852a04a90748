from __future__ import annotations

import pytest

from bgtasks_gui.transfers.downloads import telling
from bgtasks_gui.transfers.downloads.ranges import Ask, Heard


def test_requests() -> None:
    url = "https://me:secret@example.org/path?token=1"
    assert telling.request("GET", url, None) == "GET https://example.org/path"
    asked = Ask(first=12_897_484, end=None, headers={})
    assert telling.request("GET", url, asked) == "GET https://example.org/path (from 12.3 MiB)"


@pytest.mark.parametrize(
    ("heard", "phrase", "line"),
    [
        (Heard(status=200, length=2048), "OK", "200 OK, 2 KiB"),
        (Heard(status=206, length=4096, span=(1024, 4096), etag='"abc"'), "Partial Content",
         '206 Partial Content, 3 KiB of 4 KiB, ETag "abc"'),
        (Heard(status=206, span=(0, 5), modified="then"), "", "206, 5 bytes, of then"),
        (Heard(status=404), "Not Found", "404 Not Found"),
    ],
)  # fmt: skip
def test_answers(heard: Heard, phrase: str, line: str) -> None:
    assert telling.answer(phrase, heard) == line

"""Resumable uploads as the IETF drafts them (draft-ietf-httpbis-resumable-upload).

An upload is created empty first. The draft also lets the first request carry the file, with an
informational answer (104) that tells where to go on; whether that arrives depends on everybody
between, and without it a cut connection would lose all that was sent.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.uploads.sending import Sending
from bgtasks_gui.transfers.web.web import Answer

#: What is said where the server does not name the version it implements.
INTEROP_VERSION: Final = "6"
_LIMIT: Final = re.compile(r"(?:^|[,\s])(?P<key>[a-z-]+)=(?P<number>\d{1,15})(?=$|[,;\s])")
_YES, _NO = "?1", "?0"


class Draft:
    """`resumable.Dialect`."""

    name: Final[transfers.Protocol] = "draft"

    def __init__(self, version: str = INTEROP_VERSION) -> None:
        self._version = {"Upload-Draft-Interop-Version": version}
        self.most: int | None = None

    def create(self, sending: Sending) -> tuple[str, dict[str, str]]:
        length = {"Upload-Complete": _NO, "Upload-Length": str(sending.source.size)}
        return sending.spec.method, {**self._version, **length}

    def find(self) -> dict[str, str]:
        return dict(self._version)

    def append(self, first: int, end: int, size: int) -> dict[str, str]:
        return {
            **self._version,
            "Upload-Offset": str(first),
            "Upload-Complete": _YES if end == size else _NO,
            "Content-Type": "application/partial-upload",
        }

    def learn(self, answer: Answer, now: datetime) -> datetime | None:
        allowed = limits(answer)
        self.most = allowed.get("max-append-size", self.most)
        age_s = allowed.get("max-age", allowed.get("expires"))
        return None if age_s is None else now + timedelta(seconds=min(age_s, 10**9))

    def is_whole(self, answer: Answer, *, is_last: bool) -> bool:
        # What answers the last range is the answer of what takes the file, and may say nothing.
        said: str = answer.headers.get("upload-complete", _YES if is_last else "")
        return said.strip() == _YES


def is_offered(answer: Answer) -> bool:
    """Whether a server that was asked by OPTIONS speaks it."""
    return "upload-limit" in answer.headers or offered_version(answer) is not None


def offered_version(answer: Answer) -> str | None:
    text = answer.headers.get("upload-draft-interop-version", "").strip()
    return text if text.isascii() and text.isdigit() else None


def most(answer: Answer) -> int | None:
    """Bytes that a file may have, where the server says so."""
    return limits(answer).get("max-size")


def limits(answer: Answer) -> dict[str, int]:
    """The numbers in the header that tells what is allowed."""
    text = answer.headers.get("upload-limit", "")
    return {found["key"]: int(found["number"]) for found in _LIMIT.finditer(text)}

"""tus 1.0 (https://tus.io/protocols/resumable-upload): core, creation, expiration."""

from __future__ import annotations

import base64
import mimetypes
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.uploads.resumable import number
from bgtasks_gui.transfers.uploads.sending import Sending
from bgtasks_gui.transfers.web.web import Answer

VERSION: Final = "1.0.0"
_VERSION: Final = {"Tus-Resumable": VERSION}


class Tus:
    """`resumable.Dialect`."""

    name: Final[transfers.Protocol] = "tus"
    #: tus knows no such limit.
    most: Final[int | None] = None

    def create(self, sending: Sending) -> tuple[str, dict[str, str]]:
        path = sending.spec.file
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        metadata = {"filename": PurePath(path).name, "filetype": kind}
        said = ",".join(f"{key} {_encode(value)}" for key, value in metadata.items())
        length = {"Upload-Length": str(sending.source.size), "Upload-Metadata": said}
        return "POST", {**_VERSION, **length}

    def find(self) -> dict[str, str]:
        return dict(_VERSION)

    def append(self, first: int, end: int, size: int) -> dict[str, str]:
        kind = {"Content-Type": "application/offset+octet-stream"}
        return {**_VERSION, "Upload-Offset": str(first), **kind}

    def learn(self, answer: Answer, now: datetime) -> datetime | None:
        try:
            until = parsedate_to_datetime(answer.headers.get("upload-expires", ""))
        except ValueError:
            return None
        return until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)

    def is_whole(self, answer: Answer, *, is_last: bool) -> bool:
        # It is told by the offset alone.
        return False


def is_offered(answer: Answer) -> bool:
    """Whether a server that was asked by OPTIONS speaks it, and lets uploads be created."""
    versions = answer.headers.get("tus-version", answer.headers.get("tus-resumable", ""))
    extensions = answer.headers.get("tus-extension", "")
    speaks = "tus-resumable" in answer.headers and VERSION in _listed(versions)
    return speaks and "creation" in _listed(extensions)


def most(answer: Answer) -> int | None:
    """Bytes that a file may have, where the server says so."""
    return number(answer, "tus-max-size")


def _encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]

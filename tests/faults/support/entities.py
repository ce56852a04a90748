"""What a server has to give, and the honest answer to a request for it (RFC 9110)."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

MODIFIED = "Wed, 01 Jan 2025 00:00:00 GMT"
LATER = "Thu, 02 Jan 2025 00:00:00 GMT"

PHRASES = {
    200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
    302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
    308: "Permanent Redirect", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    409: "Conflict", 410: "Gone", 413: "Content Too Large", 416: "Range Not Satisfiable",
    429: "Too Many Requests", 460: "Checksum Mismatch", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable",
}  # fmt: skip

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


def make_content(size: int, seed: int = 0) -> bytes:
    """Bytes in which no two places look alike."""
    return random.Random(seed).randbytes(size)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Entity:
    """One version of a file on the server."""

    content: bytes
    etag: str | None = '"one"'
    modified: str | None = MODIFIED
    type: str = "application/octet-stream"
    #: Whether ranges of it can be had.
    ranges: bool = True

    @property
    def sha256(self) -> str:
        return sha256(self.content)

    def but(self, **fields: object) -> Entity:
        """Another version of it."""
        return replace(self, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Answer:
    """Status, headers and body, before they are put on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    phrase: str = ""

    def header(self, name: str) -> str | None:
        return {key.lower(): value for key, value in self.headers}.get(name.lower())

    def put(self, name: str, value: str | None) -> Answer:
        """The same with a header set, or without it."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    @property
    def head(self) -> bytes:
        phrase = self.phrase or PHRASES.get(self.status, "Unknown")
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{k}: {v}" for k, v in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def make_answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    """A short answer; `retry_after` stands for Retry-After."""
    named = tuple((name.replace("_", "-").title(), value) for name, value in headers.items())
    return Answer(status, (*named, ("Content-Length", str(len(body)))), body)


def answer(entity: Entity, headers: Mapping[str, str]) -> Answer:
    """What an honest server answers to GET with these headers (names in lower case)."""
    about = [("Content-Type", entity.type)]
    about += [("ETag", entity.etag)] if entity.etag else []
    about += [("Last-Modified", entity.modified)] if entity.modified else []
    about += [("Accept-Ranges", "bytes")] if entity.ranges else []
    size = len(entity.content)
    asked = headers.get("range") if entity.ranges and _is_in_force(entity, headers) else None
    span = _span(asked, size) if asked else (0, size)
    if span is None:
        return Answer(416, (*about, ("Content-Range", f"bytes */{size}"), ("Content-Length", "0")))
    body = entity.content[slice(*span)]
    about.append(("Content-Length", str(len(body))))
    if asked is None or _ONE_RANGE.match(asked) is None:
        return Answer(200, tuple(about), body)
    about.append(("Content-Range", f"bytes {span[0]}-{span[1] - 1}/{size}"))
    return Answer(206, tuple(about), body)


def _is_in_force(entity: Entity, headers: Mapping[str, str]) -> bool:
    """RFC 9110 13.1.5: the range counts if the validator is strong and still right."""
    validator = headers.get("if-range")
    if validator is None:
        return True
    if validator.startswith('"'):
        return validator == entity.etag
    return not validator.startswith("W/") and validator == entity.modified


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """The bytes that a Range header asks for; None where there are none such."""
    match = _ONE_RANGE.match(asked)
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if first == "":
        return (max(0, size - int(last)), size) if int(last) and size else None
    begin, end = int(first), min(size, int(last) + 1) if last else size
    return (begin, end) if begin < min(size, end) else None

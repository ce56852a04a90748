"""Whether an answer gives the rest of the same file: what to ask for, and what an answer means.

Validators are as in RFC 9110 8.8, ranges as in 14, If-Range as in 13.1.5. Nothing is put behind
what is there unless it is known, or was compared, to be of the same version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from bgtasks_gui.core.transfers import Record

#: Bytes before what is asked for that are asked for once more, where a validator could repeat.
OVERLAP: Final = 64 * 1024
#: Fewer bytes that are equal prove nothing.
LEAST_OVERLAP: Final = 4096
#: Later than this before an answer, a change would have given another date (8.8.2.2).
_SETTLED: Final = timedelta(seconds=1)
_TIMED: Final = re.compile(r'"(?:[0-9a-f]+-){1,2}[0-9a-f]+(?:-[a-z]+)?"', re.IGNORECASE)
_RANGE: Final = re.compile(r"bytes\s+(?:(\d{1,19})\s*-\s*(\d{1,19})|\*)\s*/\s*(\d{1,19}|\*)", re.I)
_WHOLE: Final = frozenset({200, 201, 203})

#: Why it begins again, for the receipt and the log.
CHANGED: Final = "the file on the server has changed"
NO_RANGES: Final = "the server does not support resuming"
UNKNOWN: Final = "the server gives nothing by which it knows the file again"
TOO_LITTLE: Final = "too little was there to see whether the file is still the same"
DIFFERENT: Final = "what was there is not what the server has at that place"
NOT_A_GET: Final = "only the answer to GET can be resumed"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the file of which a part is there."""

    etag: str | None = None
    #: Only where it is strong.
    modified: str | None = None
    length: int | None = None
    #: Whether all that was told by the address that is asked now.
    is_same_address: bool = True
    #: Whether the content that is there was found to be what was recorded.
    is_intact: bool = True

    @property
    def validator(self) -> str | None:
        """What goes into If-Range."""
        return self.etag if is_strong(self.etag) else self.modified

    @property
    def needs_comparison(self) -> bool:
        """Whether another version could go by the same validator, or the end of it is no part.

        Of a body without a length it is not known how much of its last chunk was meant.
        """
        is_certain = is_strong(self.etag) and not is_timed(self.etag)
        return not (is_certain and self.is_intact and self.length is not None)


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a range."""

    #: The first byte that is wanted; those before it, in the file already, are to be compared.
    first: int
    end: int | None
    overlap: int = 0
    headers: dict[str, str]
    #: Whether the comparison decides, and no validator.
    is_comparison: bool = False


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says of its body."""

    status: int
    etag: str | None = None
    modified: str | None = None
    #: Bytes of the whole file; None where that is not told.
    length: int | None = None
    #: First byte and the one behind the last; None where no range is told, or none of bytes.
    span: tuple[int, int] | None = None
    is_encoded: bool = False


class GoOn(msgspec.Struct, frozen=True, kw_only=True):
    """The body is the range that was asked for, or its beginning."""

    end: int
    length: int | None


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """The body is the whole file; why that is, where a range was asked for."""

    why: str = ""
    is_changed: bool = False


class Anew(msgspec.Struct, frozen=True, kw_only=True):
    """The body is of no use: the whole has to be asked for."""

    why: str
    is_changed: bool = False


class Compare(msgspec.Struct, frozen=True):
    """It may be the same file under another validator: ask again, and compare."""


class Refused(msgspec.Struct, frozen=True):
    """The server does not give it, at least not now."""


Verdict = GoOn | Whole | Anew | Compare | Refused


def is_strong(etag: str | None) -> bool:
    return etag is not None and etag.startswith('"')


def is_timed(etag: str | None) -> bool:
    """Whether it looks as if made of time and size, which two versions may share within a second.

    nginx: "time-size"; Apache: "inode-size-time" or "size-time"; all in hexadecimal.
    """
    return etag is not None and _TIMED.fullmatch(etag) is not None


def known_of(record: Record, *, is_same_address: bool, is_intact: bool) -> Known:
    return Known(
        etag=record.etag, modified=record.modified, length=record.length,
        is_same_address=is_same_address, is_intact=is_intact,
    )  # fmt: skip


def hindrance(known: Known, method: str, first: int) -> str | None:
    """Why what is there up to this byte cannot be gone on from; None where it may be."""
    if method != "GET":
        return NOT_A_GET
    has_validator = known.etag is not None or known.modified is not None
    if not has_validator and (known.is_same_address or known.length is None):
        return UNKNOWN
    if known.needs_comparison and first < LEAST_OVERLAP:
        return TOO_LITTLE
    return None


def ask(
    known: Known, start: int, first: int, end: int | None, *, is_comparison: bool = False
) -> Ask:
    """How to ask for the bytes of a piece that begins at `start` from `first` on."""
    compares = is_comparison or known.needs_comparison
    overlap = min(OVERLAP, first - start) if compares else 0
    last = "" if end is None or end == known.length else str(end - 1)
    headers = {"Range": f"bytes={first - overlap}-{last}"}
    if known.validator is not None and not is_comparison:
        headers["If-Range"] = known.validator
    return Ask(first=first, end=end, overlap=overlap, headers=headers, is_comparison=is_comparison)


def hear(status: int, headers: Mapping[str, str], now: datetime) -> Heard:
    """What an answer says; names of headers in lower case, or in any where they are equal."""
    span, total = _range(headers.get("content-range", ""))
    is_encoded = headers.get("content-encoding", "identity").lower() not in ("", "identity")
    length = total
    if status in _WHOLE and not is_encoded and "transfer-encoding" not in headers:
        length = _number(headers.get("content-length", ""))
    return Heard(
        status=status,
        etag=_etag(headers.get("etag", "")),
        modified=_settled(headers.get("last-modified"), headers.get("date"), now),
        length=length,
        span=span,
        is_encoded=is_encoded,
    )


def judge_first(heard: Heard) -> Verdict:
    """What the answer to a request without a range means."""
    if heard.status in _WHOLE or (
        heard.status == 206 and heard.span is not None and heard.span == (0, heard.length)
    ):
        return Whole()
    return Refused()


def judge(known: Known, asked: Ask, heard: Heard) -> Verdict:
    """What the answer to a request for a range means."""
    if heard.status in _WHOLE:
        return _judge_whole(known, asked, heard)
    if heard.status == 206:
        return _judge_range(known, asked, heard)
    if heard.status == 416:
        is_changed = None not in (known.length, heard.length) and known.length != heard.length
        return Anew(why=_no_range(heard), is_changed=is_changed)
    return Refused()


def _judge_whole(known: Known, asked: Ask, heard: Heard) -> Verdict:
    if not _differs(known, heard) and heard.length == known.length:
        return Whole(why=NO_RANGES)
    has_size = known.length is not None and heard.length == known.length
    is_of_date = known.modified is not None and known.modified == heard.modified
    may_be_same = has_size and (is_of_date or not known.is_same_address)
    if may_be_same and not asked.is_comparison and asked.first >= LEAST_OVERLAP:
        return Compare()
    return Whole(why=CHANGED, is_changed=True)


def _judge_range(known: Known, asked: Ask, heard: Heard) -> Verdict:
    if heard.is_encoded:
        return Anew(why="the server compressed the rest")
    if heard.span is None:
        return Anew(why="the server did not say which range it sent")
    start, end = heard.span
    if start != asked.first - asked.overlap:
        return Anew(why=f"the server sent the range from {start} on instead")
    if None not in (known.length, heard.length) and known.length != heard.length:
        return Anew(why=f"{CHANGED}, from {known.length} to {heard.length} bytes", is_changed=True)
    if not asked.is_comparison and _differs(known, heard):
        if known.length == heard.length and asked.first >= LEAST_OVERLAP and _may_be(known, heard):
            return Compare()
        return Anew(why=CHANGED, is_changed=True)
    return GoOn(end=end, length=heard.length)


def _may_be(known: Known, heard: Heard) -> bool:
    """Whether it may be the same file in spite of another validator (wishes W16, W17)."""
    is_of_date = known.modified is not None and known.modified == heard.modified
    return is_of_date or not known.is_same_address


def _differs(known: Known, heard: Heard) -> bool:
    """Whether validators say that it is another version."""
    if known.etag is not None and heard.etag is not None:
        return known.etag.removeprefix("W/") != heard.etag.removeprefix("W/")
    if known.modified is not None and heard.modified is not None:
        return known.modified != heard.modified
    # One that gave validators before and gives none now may be anybody.
    has_any = heard.etag is not None or heard.modified is not None
    had_any = known.etag is not None or known.modified is not None
    return heard.status in _WHOLE and has_any != had_any


def _no_range(heard: Heard) -> str:
    size = "" if heard.length is None else f", the file has {heard.length} bytes"
    return f"the server has no such range{size}"


def _range(value: str) -> tuple[tuple[int, int] | None, int | None]:
    """The span and the length in a Content-Range."""
    found = _RANGE.fullmatch(value.strip())
    if found is None:
        return None, None
    total = None if found[3] == "*" else int(found[3])
    if found[1] is None:
        return None, total
    start, end = int(found[1]), int(found[2]) + 1
    is_possible = start < end and (total is None or end <= total)
    return (start, end) if is_possible else None, total


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None


def _etag(value: str) -> str | None:
    text = value.strip()
    # One without quotes is against the standard, and is only compared.
    return text or None


def _settled(modified: str | None, date: str | None, now: datetime) -> str | None:
    """The date of the last change, where a later change would have given another."""
    changed = _time(modified)
    if modified is None or changed is None:
        return None
    answered = _time(date) or now
    return modified.strip() if answered - changed >= _SETTLED else None


def _time(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
    except (ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

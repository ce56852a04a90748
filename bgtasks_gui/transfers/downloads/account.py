"""The record of a download while an attempt is under way, with its receipt."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from bgtasks_gui.core.transfers import LISTED, Again, Attempt, Record
from bgtasks_gui.transfers.downloads.ranges import Heard
from bgtasks_gui.transfers.web import secrets

_replace = msgspec.structs.replace


class Account:
    """Changes the record step by step; `record` is the whole of it at any time."""

    def __init__(self, record: Record, now: datetime) -> None:
        receipt = record.receipt
        self._record = record
        self._attempt = Attempt(at=now, url=secrets.without(record.url), last=record.done)
        self._before = receipt.attempts
        #: Bytes that there are, safe or not.
        self.has = record.done
        self.moved = receipt.moved
        self._begin(record.done)

    @property
    def record(self) -> Record:
        """With what it says of this attempt so far."""
        attempts = (*self._before, _replace(self._attempt, last=self.has))
        left_out = max(0, len(attempts) - LISTED)
        receipt = self._record.receipt
        return _replace(
            self._record,
            receipt=_replace(
                receipt,
                attempts=attempts[-LISTED:],
                attempts_left_out=receipt.attempts_left_out + left_out,
                moved=self.moved,
            ),
        )

    @property
    def length(self) -> int | None:
        return self._record.length

    @property
    def is_same_address(self) -> bool:
        """Whether what is known was told by the address in force."""
        return self._record.source_of in ("", _digest(self._record.url))

    @property
    def was_cut_off(self) -> bool:
        """Whether the attempt before this one was ended by a crash."""
        return bool(self._before) and self._before[-1].end is None

    def set(self, **fields: Any) -> None:
        self._record = _replace(self._record, **fields)

    def describe(self, heard: Heard) -> None:
        """What the server says of the file that is fetched from now on."""
        self.set(
            etag=heard.etag, modified=heard.modified, length=heard.length,
            source_of=_digest(self._record.url),
        )  # fmt: skip
        self._attempt = _replace(self._attempt, validator=heard.etag or heard.modified)

    def confirm(self, heard: Heard) -> None:
        """The server has the file of which a part is there, maybe under other validators."""
        record = self._record
        self.set(
            etag=heard.etag or record.etag, modified=heard.modified or record.modified,
            length=record.length if heard.length is None else heard.length,
            source_of=_digest(record.url),
        )  # fmt: skip

    def answered(self, status: int, validator: str | None) -> None:
        """The first answer of an attempt is the one it is known by."""
        if self._attempt.status is None:
            self._attempt = _replace(self._attempt, status=status, validator=validator)

    def connected(self, count: int) -> None:
        most = max(self._record.receipt.connections, count)
        self._set_receipt(connections=most)

    def begin_again(self, why: str) -> None:
        """Nothing is there any more, and this says why."""
        self.again(0, self.has, why)
        self.set(pieces=(), mark="")
        self.has = 0
        self._begin(0)

    def again(self, start: int, end: int, why: str) -> None:
        """A range is fetched another time."""
        if start < end:
            listed = (*self._record.receipt.again, Again(start=start, end=end, why=why))
            left_out = self._record.receipt.again_left_out + max(0, len(listed) - LISTED)
            self._set_receipt(again=listed[-LISTED:], again_left_out=left_out)

    def note(self, text: str) -> bool:
        """Worth knowing for good; says whether it is new."""
        if text in self._record.receipt.notes:
            return False
        self._set_receipt(notes=(*self._record.receipt.notes, text))
        return True

    def checked(self, text: str) -> None:
        self._set_receipt(checked=text)

    def ended(self, how: str) -> None:
        self._attempt = _replace(self._attempt, end=how)

    def _begin(self, first: int) -> None:
        self._attempt = _replace(self._attempt, first=first)

    def _set_receipt(self, **fields: Any) -> None:
        self.set(receipt=_replace(self._record.receipt, **fields))


def _digest(url: str) -> str:
    """By which an address is known again without being written down once more."""
    return hashlib.blake2b(url.encode(), digest_size=8).hexdigest()

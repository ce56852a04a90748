"""The record of an upload while an attempt is under way, with its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from bgtasks_gui.core.transfers import LISTED, Again, Attempt, Piece, Record, UploadSpec
from bgtasks_gui.transfers.web import secrets

_replace = msgspec.structs.replace


class Keeping:
    """Changes the record step by step; `record` is the whole of it at any time.

    The last attempt of the receipt says how much was sent, the pieces how much the server has.
    """

    def __init__(self, spec: UploadSpec, record: Record, now: datetime) -> None:
        receipt = record.receipt
        #: How far the file was sent before, whether or not that arrived.
        self.sent_before = receipt.attempts[-1].last if receipt.attempts else 0
        first = record.done
        attempts = (
            *receipt.attempts,
            Attempt(at=now, url=secrets.without(record.url), first=first),
        )
        self._receipt = _replace(
            receipt,
            attempts=attempts[-LISTED:],
            attempts_left_out=receipt.attempts_left_out + max(0, len(attempts) - LISTED),
            connections=max(1, receipt.connections),
        )
        self._record = _replace(record, path=spec.file)
        self._attempt = self._receipt.attempts[-1]
        self._moved = receipt.moved
        self._last = first
        self._has_sent = False

    @property
    def record(self) -> Record:
        attempt = _replace(self._attempt, last=self._last)
        attempts = (*self._receipt.attempts[:-1], attempt)
        receipt = _replace(self._receipt, attempts=attempts, moved=self._moved)
        return _replace(self._record, receipt=receipt)

    @property
    def has(self) -> int:
        """Bytes that the server has for good."""
        return self._record.done

    def set(self, **fields: Any) -> None:
        self._record = _replace(self._record, **fields)

    def go_on(self, offset: int) -> None:
        """The server has so much for good; what follows is sent from there on."""
        pieces = (Piece(start=0, end=self._record.length, done=offset),) if offset else ()
        self.set(pieces=pieces)
        self._last, self.sent_before = offset, 0
        if not self._has_sent:
            self._attempt = _replace(self._attempt, first=offset)

    def sent(self, size: int, done: int) -> None:
        """So many bytes more went to the server, up to there."""
        self._moved += size
        self._last, self._has_sent = done, True

    @property
    def last(self) -> int:
        """How far the file was sent, whether or not that arrived."""
        return self._last

    def answered(self, status: int) -> None:
        self._attempt = _replace(self._attempt, status=status)

    def ended(self, how: str) -> None:
        self._attempt = _replace(self._attempt, end=how)

    def again(self, start: int, end: int, why: str) -> bool:
        """A range has to be sent another time; says whether there is anything in it."""
        if start < end:
            listed = (*self._receipt.again, Again(start=start, end=end, why=why))
            left_out = self._receipt.again_left_out + max(0, len(listed) - LISTED)
            self._set_receipt(again=listed[-LISTED:], again_left_out=left_out)
        return start < end

    def note(self, text: str) -> bool:
        """Worth knowing for good; says whether it is new."""
        if text in self._receipt.notes:
            return False
        self._set_receipt(notes=(*self._receipt.notes, text))
        return True

    def complete(self, size: int, checked: str) -> None:
        self.set(length=size)
        self.go_on(size)
        self._set_receipt(checked=checked)
        self.ended("done")

    def _set_receipt(self, **fields: Any) -> None:
        self._receipt = _replace(self._receipt, **fields)

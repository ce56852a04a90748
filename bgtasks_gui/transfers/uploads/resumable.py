"""Uploads that go on where they stopped: begin on the server, ask what it has, send the rest.

What is said for that is the protocol's; what follows from the answers is the same for both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.transfers.uploads.sending import Sending, answer_words, done, refused
from bgtasks_gui.transfers.web.web import Answer

_Code = reasons.Code
#: Requests in a row after which the server may have no more than before.
MOST_IN_VAIN: Final = 6
_GONE: Final = frozenset({403, 404, 410})


class Dialect(Protocol):
    """The words of one protocol."""

    @property
    def name(self) -> transfers.Protocol:
        """How it is called in the record."""
        ...

    @property
    def most(self) -> int | None:
        """Bytes of one request at most, as far as the server has said."""
        ...

    def create(self, sending: Sending) -> tuple[str, dict[str, str]]:
        """Method and headers of the request that begins an upload."""
        ...

    def find(self) -> dict[str, str]:
        """Headers of the request that asks what the server has."""
        ...

    def append(self, first: int, end: int, size: int) -> dict[str, str]:
        """Headers of the request that sends this range."""
        ...

    def learn(self, answer: Answer, now: datetime) -> datetime | None:
        """Take note of what the server allows; until when it keeps what it has, if it says so."""
        ...

    def is_whole(self, answer: Answer, *, is_last: bool) -> bool:
        """Whether it says that the server has the whole file; perhaps an answer to its end."""
        ...


class Resumable:
    """One attempt by such a protocol."""

    def __init__(self, sending: Sending, dialect: Dialect) -> None:
        self._sending = sending
        self._keeping = sending.keeping
        self._dialect = dialect
        self._size = sending.source.size
        #: Whether the record says what the server has by its own word of a moment ago.
        self._is_sure = False

    async def send(self) -> transfers.Outcome:
        in_vain = 0
        self._drop_expired()
        while in_vain < MOST_IN_VAIN:
            before = self._keeping.has
            outcome = await self._take_turn()
            if outcome is not None:
                return outcome
            in_vain = 0 if self._keeping.has > before else in_vain + 1
        detail = "again and again without taking any more of the file"
        return transfers.Failed(code=_Code.SERVER_ANSWER, detail=detail, is_passing=True)

    async def _take_turn(self) -> transfers.Outcome | None:
        """One request; None where another follows."""
        if not self._sending.record.resource:
            return await self._create()
        if not self._is_sure:
            return await self._find()
        return await self._append()

    async def _create(self) -> transfers.Outcome | None:
        method, headers = self._dialect.create(self._sending)
        answer = await self._sending.ask(method, self._sending.record.url, headers)
        location = answer.headers.get("location")
        if not 200 <= answer.status < 300:
            return refused(self._sending, answer)
        resource = urljoin(answer.url, location or "")
        if not location or urlsplit(resource).scheme not in {"http", "https"}:
            detail = f"{answer.status} without an address to send the file to"
            return transfers.Failed(code=_Code.SERVER_ANSWER, detail=detail)
        self._learn(answer, resource=resource, protocol=self._dialect.name)
        self._go_on(0)
        # Kept before the first byte is sent: otherwise a crash would lose what was sent.
        self._sending.keep()
        return self._end_if_whole(answer)

    async def _find(self) -> transfers.Outcome | None:
        sending = self._sending
        answer = await sending.ask("HEAD", sending.record.resource, self._dialect.find())
        if answer.status in _GONE:
            self._begin_anew("the server does not have it any more")
            return None
        if answer.status == 401 and self._keeping.has:
            return transfers.Held(code=_Code.ADDRESS_EXPIRED, detail=answer_words(answer))
        if not 200 <= answer.status < 300:
            return refused(self._sending, answer)
        if self._dialect.is_whole(answer, is_last=False):
            return self._end(answer)
        offset = number(answer, "upload-offset")
        length = number(answer, "upload-length")
        if offset is None or offset > self._size or length not in {None, self._size}:
            self._begin_anew("the server has something else than this file")
            return None
        self._learn(answer)
        sent = max(self._keeping.sent_before, self._keeping.last)
        self._keeping.again(offset, sent, "it had not arrived")
        if offset:
            sending.say(f"the server has {offset} of {self._size} bytes, the rest follows")
        self._go_on(offset)
        sending.keep()
        return self._end_if_whole(answer)

    async def _append(self) -> transfers.Outcome | None:
        first = self._keeping.has
        most = self._dialect.most
        end = self._size if most is None else min(self._size, first + most)
        headers = self._dialect.append(first, end, self._size)
        resource = self._sending.record.resource
        self._is_sure = False
        answer = await self._sending.ask("PATCH", resource, headers, (first, end))
        if answer.status in _GONE:
            self._begin_anew("the server does not have it any more")
            return None
        if answer.status == 409:
            return None
        if answer.status == 460:
            self._sending.say("what was sent arrived damaged, it is sent again")
            return None
        if not 200 <= answer.status < 300:
            return refused(self._sending, answer)
        self._learn(answer)
        return self._appended(answer, first, end)

    def _appended(self, answer: Answer, first: int, end: int) -> transfers.Outcome | None:
        if self._dialect.is_whole(answer, is_last=end == self._size):
            return self._end(answer)
        offset = number(answer, "upload-offset")
        if offset is None or not first <= offset <= end:
            # It has taken something, and does not say clearly how much: it is asked.
            return None
        self._keeping.again(offset, end, "it was not taken at once")
        self._go_on(offset)
        self._sending.keep()
        return self._end_if_whole(answer)

    def _go_on(self, offset: int) -> None:
        self._keeping.go_on(offset)
        self._is_sure = True
        self._sending.show(offset)

    def _end_if_whole(self, answer: Answer) -> transfers.Outcome | None:
        return self._end(answer) if self._keeping.has == self._size else None

    def _end(self, answer: Answer) -> transfers.Outcome:
        return done(self._sending, answer, self._sending.record.resource)

    def _learn(self, answer: Answer, **fields: object) -> None:
        kept_until = self._dialect.learn(answer, self._sending.now())
        if kept_until is not None:
            fields["kept_until"] = kept_until
        self._keeping.set(**fields)

    def _drop_expired(self) -> None:
        kept_until = self._sending.record.kept_until
        if kept_until is not None and kept_until <= self._sending.now():
            self._begin_anew("the server was to keep it no longer")

    def _begin_anew(self, why: str) -> None:
        self._sending.begin_anew(why)
        self._is_sure = False


def number(answer: Answer, name: str) -> int | None:
    """The whole number in a header; None where there is none."""
    text = answer.headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None

"""What all ways of sending a file share: its bytes as the body of a request, record and outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.uploads.keeping import Keeping
from bgtasks_gui.transfers.uploads.source import CHUNK, Source
from bgtasks_gui.transfers.web import retry_after
from bgtasks_gui.transfers.web.web import Answer, Request, Web

#: Answers after which the same may be tried again (RFC 9110, RFC 6585; 423 as in RFC 4918).
PASSING: Final = frozenset({408, 423, 425, 429, 500, 502, 503, 504, 507})


class Sending:
    """One attempt to send a file."""

    def __init__(
        self, spec: transfers.UploadSpec, outlet: words.Outlet, web: Web, source: Source
    ) -> None:
        self.spec = spec
        self.web = web
        self.source = source
        self._outlet = outlet
        #: Whether a request with a body has begun, so that the server may have it.
        self.is_on_its_way = False
        self.keeping = Keeping(spec, outlet.record, outlet.clock.now())

    @property
    def record(self) -> transfers.Record:
        return self.keeping.record

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        part: tuple[int, int] | None = None,
    ) -> Answer:
        """The answer to a request, with this part of the file as its body where one is given."""
        named = {**self.spec.headers, **headers}
        if part is None:
            request = Request(method, url, named)
        else:
            first, end = part
            request = Request(
                method, url, named, body=lambda: self._body(first, end), length=end - first
            )
        answer = await self.web.ask(request)
        self.keeping.answered(answer.status)
        await answer.aclose()
        return answer

    def now(self) -> datetime:
        return self._outlet.clock.now()

    def keep(self) -> None:
        """What the record says holds: have it kept."""
        self._outlet.keep(self.keeping.record)

    def say(self, line: str) -> None:
        self._outlet.say(line)

    def note(self, text: str) -> None:
        """Worth knowing for good: for the receipt, and once for the log."""
        if self.keeping.note(text):
            self._outlet.say(text)

    def show(self, done: int, message: str | None = None) -> None:
        self._outlet.moved(done, self.source.size, message)

    def begin_anew(self, why: str) -> None:
        """Nothing of what the server has is of use any more."""
        keeping = self.keeping
        if keeping.again(0, max(keeping.sent_before, keeping.last, keeping.has), why):
            self.say(f"the upload begins again, since {why}")
            self.show(0, "restarted")
        keeping.set(resource="", kept_until=None)
        keeping.go_on(0)
        keeping.sent_before = 0

    async def _body(self, first: int, end: int) -> AsyncIterator[bytes]:
        at, source = first, self.source
        self.is_on_its_way = True
        while at < end:
            size = min(CHUNK, self._outlet.grain, end - at)
            piece = await source.read(at, size)
            # Before it is sent: the server shall not get the end of another file.
            source.check()
            yield piece
            at += len(piece)
            self.keeping.sent(len(piece), at)
            self.show(at, "finishing" if at == source.size else None)
            await self._outlet.pay(len(piece))


def done(sending: Sending, answer: Answer, location: str | None) -> transfers.Done:
    """The server has it all."""
    size = sending.source.size
    sending.keeping.complete(size, "the server has confirmed it")
    result = {"status": answer.status, "bytes": size, "location": location}
    return transfers.Done(result=msgspec.Raw(msgspec.json.encode(result)))


def refused(sending: Sending, answer: Answer, *, may_pass: bool = True) -> transfers.Failed:
    """The server does not take it, now or ever."""
    return transfers.Failed(
        code=reasons.Code.SERVER_ANSWER,
        detail=answer_words(answer),
        is_passing=may_pass and answer.status in PASSING,
        wait_s=retry_after.read(answer.headers.get("retry-after"), sending.now()),
    )


def answer_words(answer: Answer) -> str:
    """ "404 Not Found"."""
    return f"{answer.status} {answer.phrase}".rstrip()

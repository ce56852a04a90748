"""The file as the body of one request, which cannot go on where it stopped."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.transfers.uploads.sending import Sending, done, refused
from bgtasks_gui.transfers.web.failures import Trouble

CANNOT_RESUME: Final = "the server cannot resume uploads, so one that is cut off starts again"
#: The redirect of a server that has taken what was sent, to a page about it.
_SEE_OTHER: Final = 303
_UNKNOWN: Final = "it is not sent again by itself, since the server may have it"


async def send(sending: Sending) -> transfers.Outcome:
    """Send all of it; what may have arrived is sent again only where that does no harm (R32)."""
    spec, keeping = sending.spec, sending.keeping
    keeping.set(protocol="plain")
    if keeping.sent_before:
        keeping.again(0, keeping.sent_before, "the server cannot resume uploads")
        sending.note(CANNOT_RESUME)
        sending.show(0, "restarted")
    if not spec.is_repeatable:
        # Should this be the last that is known of it, then it may have arrived.
        sending.keep()
    whole = 0, sending.source.size
    try:
        answer = await sending.ask(spec.method, sending.record.url, {}, whole)
    except Trouble as trouble:
        if spec.is_repeatable or not sending.is_on_its_way:
            raise
        return transfers.Failed(code=trouble.code, detail=f"{trouble.detail}; {_UNKNOWN}")
    if answer.turned_by not in (None, _SEE_OTHER):
        # What answers now was asked for nothing but its own page (RFC 9110 15.4).
        detail = f"{answer.turned_by} and another address, without taking the file"
        return transfers.Failed(code=reasons.Code.SERVER_ANSWER, detail=detail)
    if 200 <= answer.status < 300:
        location = answer.headers.get("location")
        return done(sending, answer, urljoin(answer.url, location) if location else None)
    return refused(sending, answer, may_pass=spec.is_repeatable)


def may_have_arrived(spec: transfers.UploadSpec, record: transfers.Record) -> bool:
    """Whether it must not be sent again: an attempt was cut off of which no end is known."""
    attempts = record.receipt.attempts
    return not spec.is_repeatable and bool(attempts) and attempts[-1].end is None

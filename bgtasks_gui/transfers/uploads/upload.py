"""One attempt to send a file: which way it goes, and what is kept of it however it ends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from bgtasks_gui.core import durations, reasons, transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.uploads import draft, plain, tus
from bgtasks_gui.transfers.uploads.resumable import Resumable
from bgtasks_gui.transfers.uploads.sending import Sending
from bgtasks_gui.transfers.uploads.source import Changed, Source, Unusable
from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import Answer, Web

_Code = reasons.Code
_MAYBE: Final = "it was cut off when the server may have had it, and is not sent again by itself"


async def upload(spec: transfers.UploadSpec, outlet: words.Outlet) -> transfers.Outcome:
    """Lets a `Trouble` out where the connection fails."""
    if plain.may_have_arrived(spec, outlet.record):
        return transfers.Failed(code=_Code.CONNECTION, detail=_MAYBE)
    try:
        source = Source(spec.file)
    except Unusable as error:
        return transfers.Failed(code=_Code.FILE_UNUSABLE, detail=str(error))
    try:
        async with contextlib.aclosing(Web(spec)) as web:
            return await _keep_end(Sending(spec, outlet, web, source))
    finally:
        source.close()


async def _keep_end(sending: Sending) -> transfers.Outcome:
    """Whatever happens is in the record, and the record is kept."""
    how = "a mistake of Background Tasks"
    try:
        outcome = await _send_unchanged(sending)
        how = _words(outcome)
    except asyncio.CancelledError:
        how = "stopped"
        raise
    except Trouble as trouble:
        how = trouble.detail
        raise
    finally:
        sending.keeping.ended(how)
        sending.keep()
    return outcome


async def _send_unchanged(sending: Sending) -> transfers.Outcome:
    """Halves of two files are not put together: a changed one is sent from its beginning."""
    record, source = sending.record, sending.source
    if record.source is not None and tuple(record.source) != source.state:
        sending.begin_anew("the file was changed")
    sending.keeping.set(source=source.state, length=source.size)
    try:
        return await _choose_and_send(sending)
    except Changed as changed:
        sending.begin_anew("the file was changed")
        return transfers.Failed(
            code=_Code.FILE_UNUSABLE, detail=str(changed), is_passing=sending.spec.is_repeatable
        )
    except Unusable as error:
        return transfers.Failed(code=_Code.FILE_UNUSABLE, detail=str(error))


async def _choose_and_send(sending: Sending) -> transfers.Outcome:
    sending.show(sending.keeping.has, "connecting")
    protocol = sending.record.protocol if sending.spec.protocol == "auto" else sending.spec.protocol
    offer: Answer | None = None
    if protocol == "auto" or (protocol != "plain" and not sending.record.resource):
        offer = await sending.ask("OPTIONS", sending.record.url, {})
        if protocol == "auto":
            protocol = _offered(offer)
    too_large = None if offer is None else _say_too_large(sending, offer)
    if too_large is not None:
        return transfers.Failed(code=_Code.SERVER_ANSWER, detail=too_large)
    if protocol == "tus":
        return await Resumable(sending, tus.Tus()).send()
    if protocol == "draft" and sending.source.size:
        version = draft.offered_version(offer) if offer is not None else None
        return await Resumable(sending, draft.Draft(version or draft.INTEROP_VERSION)).send()
    return await plain.send(sending)


def _offered(offer: Answer) -> transfers.Protocol:
    if tus.is_offered(offer):
        return "tus"
    return "draft" if draft.is_offered(offer) else "plain"


def _say_too_large(sending: Sending, offer: Answer) -> str | None:
    most = tus.most(offer) if tus.is_offered(offer) else draft.most(offer)
    size = sending.source.size
    if most is None or size <= most:
        return None
    return (
        f"that it takes files of {durations.say_size(most)} at most, "
        f"and this one has {durations.say_size(size)}"
    )


def _words(outcome: transfers.Outcome) -> str:
    return "done" if isinstance(outcome, transfers.Done) else getattr(outcome, "detail", "stopped")

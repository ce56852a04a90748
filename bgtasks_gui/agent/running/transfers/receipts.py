"""The receipt of a transfer, as it is shown: no user, password or query in any address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from bgtasks_gui.core import runs, transfers
from bgtasks_gui.wire import receipts, times

#: A speed over less time than this says nothing.
_SHORTEST_S: Final = 0.1


def view(run: runs.Run) -> receipts.ReceiptView | None:
    """None for a run that is no transfer, or has not begun."""
    record = run.transfer
    if record is None:
        return None
    receipt = record.receipt
    is_slow = receipt.active_s >= _SHORTEST_S
    return receipts.ReceiptView(
        url=bare(record.url),
        path=record.path or None,
        part=None if run.state is runs.RunState.COMPLETED else record.part or None,
        length=record.length,
        done=record.done,
        offsets=tuple((piece.start, piece.start + piece.done) for piece in record.pieces),
        etag=record.etag,
        modified=record.modified,
        can_resume=_can_resume(record),
        attempts=tuple(map(_attempt, receipt.attempts)),
        attempts_left_out=receipt.attempts_left_out,
        again=tuple(
            receipts.AgainView(start=one.start, end=one.end, why=one.why) for one in receipt.again
        ),
        again_left_out=receipt.again_left_out,
        moved=receipt.moved,
        active_s=receipt.active_s,
        suspended_s=run.suspended_s,
        mean_speed=receipt.moved / receipt.active_s if is_slow else None,
        connections=receipt.connections,
        checked=receipt.checked,
        notes=receipt.notes,
    )


def bare(url: str) -> str:
    """An address without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        start = url.partition("?")[0].partition("#")[0]
        return re.sub(r"//[^/]*@", "//", start)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _attempt(one: transfers.Attempt) -> receipts.AttemptView:
    return receipts.AttemptView(
        at=times.stamp(one.at),
        url=bare(one.url),
        status=one.status,
        first=one.first,
        last=one.last,
        validator=one.validator,
        end=one.end,
    )


def _can_resume(record: transfers.Record) -> bool | None:
    """Whether what is there need not be fetched or sent again; None while it is not known."""
    if record.protocol in ("tus", "draft"):
        return True
    if record.protocol == "plain":
        return False
    return bool(record.etag or record.modified) if record.pieces else None

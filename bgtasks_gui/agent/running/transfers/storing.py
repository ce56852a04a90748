"""What is stored of a run when an attempt of its transfer is over."""

from __future__ import annotations

from datetime import datetime

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.running.transfers.conveyance import UNIT
from bgtasks_gui.agent.running.transfers.settling import Settled
from bgtasks_gui.core import progress, runs, transfers

_S = runs.RunState


async def store(
    book: ledger.Ledger,
    run: runs.Run,
    record: transfers.Record,
    settled: Settled | None,
    now: datetime,
) -> None:
    """Move the run to where it goes; done once that is safe and told."""
    if settled is None:
        # The agent stops: the run goes on with the next one.
        await book.keep(run.id, transfer=record)
        return
    changes = _changes(run, record, settled, now)
    if run.state is settled.state:
        await book.amend(run.id, **changes)
    else:
        await book.move(run.id, settled.state, **changes)


async def cancelled(book: ledger.Ledger, run: runs.Run, now: datetime) -> runs.Run:
    """A cancel that the last agent did not live to finish is over."""
    return await book.move(
        run.id, _S.CANCELED, completed_at=now, cleaning_up=False, grace_ends_at=None
    )


def _changes(
    run: runs.Run, record: transfers.Record, settled: Settled, now: datetime
) -> dict[str, object]:
    changes: dict[str, object] = {
        "transfer": record, "retry_at": settled.retry_at, "reason": settled.reason,
    }  # fmt: skip
    match settled.state:
        case _S.SUSPENDED:
            changes["suspended_count"] = run.suspended_count + 1
        case _S.WAITING:
            changes["attempt"] = run.attempt + (settled.reason is not None)
        case _:
            changes |= {"completed_at": now, "waits_for": None, "result": settled.result}
    if settled.state is _S.COMPLETED:
        changes["progress"] = _whole(record)
    elif run.progress is not None:
        # It shows how far it is while it stands still, and that nothing moves.
        changes["progress"] = msgspec.structs.replace(run.progress, rate=None, eta=None)
    return changes


def _whole(record: transfers.Record) -> progress.Progress:
    size = record.length if record.length is not None else record.done
    return progress.Progress(done=size, total=size, unit=UNIT)

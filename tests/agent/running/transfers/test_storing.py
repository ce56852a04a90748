from __future__ import annotations

import msgspec

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.running.transfers import settling, storing
from bgtasks_gui.core import events, progress, reasons, runs, transfers
from tests.core.samples import NOW, make_task
from tests.fakes.manual_clock import ManualClock
from tests.fakes.memory_store import MemoryStore

RECORD = transfers.Record(url="https://example.org/a", length=10)
FIGURE = progress.Progress(done=4, total=10, unit="bytes", rate=2.0, eta=3.0)
_S = runs.RunState


async def stored(settled: settling.Settled | None) -> tuple[runs.Run, list[events.AnyEvent]]:
    """The run after an attempt that ended so, and what was told of that."""
    hub = bus.Bus()
    book = ledger.Ledger(MemoryStore(), hub, ManualClock())
    run = book.make_run(make_task(kind="download"), runs.Firing(type="manual"))
    await book.add([run])
    await book.move(run.id, _S.RUNNING, progress=FIGURE)
    told: list[events.AnyEvent] = []
    hub.subscribe(told.append)
    current = book.find(run.id)
    assert current is not None
    await storing.store(book, current, RECORD, settled, NOW)
    await book.drain()
    after = book.find(run.id) or await book.store.run(run.id)
    assert after is not None
    return after, told


async def test_an_agent_that_stops_keeps_the_record_and_tells_nobody() -> None:
    run, told = await stored(None)
    assert (run.state, run.transfer, told) == (_S.RUNNING, RECORD, [])


async def test_a_whole_file() -> None:
    result = msgspec.Raw(b'{"bytes":10}')
    run, told = await stored(settling.Settled(state=_S.COMPLETED, result=result))
    assert (run.state, bytes(run.result), run.completed_at) == (_S.COMPLETED, bytes(result), NOW)
    assert run.progress == progress.Progress(done=10, total=10, unit="bytes")
    assert [type(one) for one in told] == [events.RunFinished]


async def test_what_stands_still_shows_no_speed() -> None:
    reason = reasons.make(reasons.Code.USER_SUSPEND, NOW)
    run, _ = await stored(settling.Settled(state=_S.SUSPENDED, reason=reason))
    assert (run.state, run.reason, run.suspended_count) == (_S.SUSPENDED, reason, 1)
    assert run.progress == progress.Progress(done=4, total=10, unit="bytes")


async def test_another_attempt_has_the_next_number() -> None:
    reason = reasons.make(reasons.Code.CONNECTION, NOW, "cut")
    run, _ = await stored(settling.Settled(state=_S.WAITING, reason=reason, retry_at=NOW))
    assert (run.state, run.attempt, run.retry_at) == (_S.WAITING, 2, NOW)
    moved, _ = await stored(settling.Settled(state=_S.WAITING))
    assert moved.attempt == 1, "another address is no other attempt"


async def test_a_cancel_that_was_not_lived_to_is_over() -> None:
    book = ledger.Ledger(MemoryStore(), bus.Bus(), ManualClock())
    run = book.make_run(make_task(kind="download"), runs.Firing(type="manual"))
    await book.add([run])
    await book.move(run.id, _S.RUNNING)
    reason = reasons.make(reasons.Code.USER_CANCEL, NOW)
    canceling = await book.move(run.id, _S.CANCELING, reason=reason, grace_ends_at=NOW)
    ended = await storing.cancelled(book, canceling, NOW)
    assert (ended.state, ended.reason, ended.completed_at) == (_S.CANCELED, reason, NOW)
    assert ended.grace_ends_at is None

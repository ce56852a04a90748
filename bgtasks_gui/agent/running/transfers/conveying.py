"""Transfers, one by one: started, suspended, resumed, cancelled, and settled as they end."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import msgspec

from bgtasks_gui import settings
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import activity
from bgtasks_gui.agent.running.transfers import leftovers, logbook, places, settling, storing
from bgtasks_gui.agent.running.transfers.conveyance import Conveyance
from bgtasks_gui.agent.running.transfers.engines import LazyEngine, MakeEngine, make_engine
from bgtasks_gui.agent.running.transfers.roaming import Roaming
from bgtasks_gui.agent.running.transfers.waiting import Waiting
from bgtasks_gui.core import ports, reasons, runs, tasks, transfers

_log = logging.getLogger(__name__)
_S = runs.RunState


class Host(activity.Host, Protocol):
    """What transfers ask of the runner."""

    @property
    def store(self) -> ports.Store: ...
    def begun(self, task: tasks.Task) -> None: ...
    def ended(self, run: runs.Run) -> None: ...
    def suspend(self, run_id: str, reason: reasons.Reason) -> asyncio.Future[None]: ...
    def cancel(self, run_id: str, reason: reasons.Reason) -> asyncio.Future[None]: ...


#: What is told of a mistake of this program.
_FAULT: Final = "Background Tasks has a fault here, its log tells it"


class Conveying:
    """Gives transfers to the engine and hears of them; a `transfer_ports.TransferListener`.

    `on_waiting(run)` is called when a run may be decided over again.
    """

    def __init__(self, host: Host, catalog: Catalog, make: MakeEngine = make_engine) -> None:
        self._host = host
        self._catalog = catalog
        self._engine = LazyEngine(self, make)
        self._found: dict[str, Conveyance] = {}
        self._logbook = logbook.Logbook(host.home)
        self.places = places.Places()
        self.waiting = Waiting(host, self.places, catalog)
        self.roaming = Roaming(self.refresh)
        self.on_waiting: Callable[[runs.Run], None] = lambda run: None

    # What there is

    def has(self, run_id: str) -> bool:
        """Whether the engine has this run, or is about to get it."""
        return run_id in self._found

    def find(self, run_id: str) -> activity.Activity | None:
        found = self._found.get(run_id)
        return None if found is None else found.activity

    @property
    def count(self) -> int:
        return len(self._found)

    def is_transfer(self, task: tasks.Task) -> bool:
        return self._catalog.transfer_kind(task.kind) is not None

    # What is asked for

    def start(self, run: runs.Run, task: tasks.Task) -> None:
        """Start a run that may start now, or go on with it."""
        kind, payload = self.waiting.known(task)
        spec = kind.transfer(payload, task, run)
        found = Conveyance(self._host, run.id, task, kind.attempts(payload))
        self._found[run.id] = found
        self.places.take(run.id, places.host_of(kind.address(payload)))
        self.roaming.follow(True, moves=True)
        self._host.spawn(self._start(run, found, spec))

    async def suspend(self, run_id: str, reason: reasons.Reason) -> None:
        """Stop one that moves; done once no connection is open and its bytes are safe."""
        found = self._found.get(run_id)
        if found is None or found.is_settling:
            # What became of it is on its way to the store; then it is a run like any other.
            await self._until_over(found)
            await self._host.suspend(run_id, reason)
            return
        found.wishes.suspend = found.wishes.suspend or reason
        self._stop(found)
        await self._until_over(found)

    async def cancel(self, run_id: str, reason: reasons.Reason) -> None:
        """Give one up that moves; done once that is told."""
        found = self._found.get(run_id)
        if found is None or found.is_settling:
            await self._until_over(found)
            await self._host.cancel(run_id, reason)
        elif found.wishes.cancel is None:
            found.wishes.cancel = reason
            if found.is_moving:
                told = self._host.ledger.move(run_id, _S.CANCELING, reason=reason)
                self._stop(found)
                await told

    async def resume(self, run: runs.Run) -> None:
        """Let one that stands still wait for its place again."""
        held_s = activity.held_seconds(run, self._host.clock.now())
        self.waiting.forget(run.id)
        fresh = await self._host.ledger.move(
            run.id, _S.WAITING, reason=None, retry_at=None, suspended_s=held_s
        )
        self.on_waiting(fresh)

    async def readdress(self, run: runs.Run, url: str) -> None:
        """Go on from another address, with the bytes that are there (wishes W17)."""
        while (found := self._found.get(run.id)) is not None:
            if not found.is_settling:  # else the next may follow at once
                found.wishes.address = url
                self._stop(found)
            await self._until_over(found)
            if found.wishes.address is not None:
                return
        current = self._host.ledger.find(run.id)
        if current is None:
            return
        record = current.transfer or transfers.Record(url=url)
        record = msgspec.structs.replace(record, url=url, failures=0)
        fresh = await self._host.ledger.amend(run.id, transfer=record, retry_at=None)
        if fresh.state is _S.SUSPENDED:
            await self.resume(fresh)
        else:
            self.on_waiting(fresh)

    async def limit(self, run: runs.Run, rate: int | None) -> None:
        """Bytes a second for the rest of this run; None is what all together may."""
        if run.id in self._found:
            self._found[run.id].rate = rate or 0
            self._engine.get().limit(rate, run.id)
        task = await self._host.store.task(run.task_id)
        current = self._host.ledger.find(run.id)
        if current is None or task is None:
            return
        record = current.transfer or transfers.Record(url=self.waiting.address(task))
        record = msgspec.structs.replace(record, rate=rate or 0)
        await self._host.ledger.keep(run.id, transfer=record)

    def apply(self, limits: settings.Settings) -> None:
        """Settings that are in force from now on."""
        self.places.limits = limits
        self._engine.limit_all(limits.rate_limit)

    def refresh(self) -> None:
        """The network is another one, or the machine woke: try everything at once (W19)."""
        self._engine.refresh()
        for run in self.waiting.retries():
            self._host.spawn(self._try_now(run))

    def take_up(self, run: runs.Run) -> None:
        """A run of the last agent, which was killed: it goes on by itself (wishes W18)."""
        if run.state is _S.RUNNING:
            self._host.ledger.move(run.id, _S.WAITING, retry_at=None)
        elif run.state is _S.CANCELING:
            self._host.spawn(self._finish_cancel(run))
        elif run.state is _S.SUSPENDED:
            self.waiting.watch_again(run, self.resume)

    async def close(self) -> None:
        """Stop everything, so that the next agent goes on from here."""
        self.waiting.close()
        self.roaming.follow(False)
        await self._engine.close()
        await self._logbook.end()

    # What the engine tells

    def moved(self, figures: Mapping[str, transfers.Figure]) -> None:
        for run_id, figure in figures.items():
            if run_id in self._found:
                self._found[run_id].moved(figure)

    def recorded(self, run_id: str, record: transfers.Record) -> None:
        found = self._found.get(run_id)
        if found is None or self._host.ledger.find(run_id) is None:
            return
        record = found.with_wishes(record)
        change = (
            self._host.ledger.amend if found.is_news(record.receipt) else self._host.ledger.keep
        )
        change(run_id, transfer=record)

    def said(self, run_id: str, line: str) -> None:
        found = self._found.get(run_id)
        if found is not None:
            self._logbook.write(run_id, self._host.clock.now(), line, found.activity.printed)

    def ended(self, run_id: str, record: transfers.Record, outcome: transfers.Outcome) -> None:
        found = self._found.get(run_id)
        if found is not None:
            self._host.spawn(self._settle(found, found.with_wishes(record), outcome))

    # Inside

    def _stop(self, found: Conveyance) -> None:
        if found.is_moving:
            self._engine.get().stop(found.run_id)

    async def _until_over(self, found: Conveyance | None) -> None:
        if found is not None:
            await asyncio.shield(found.over)

    async def _finish_cancel(self, run: runs.Run) -> None:
        task = await self._host.store.task(run.task_id)
        await leftovers.put_away(run.transfer, run.reason)
        if task is not None:
            kind, payload = self.waiting.known(task)
            await leftovers.sweep(kind.folder(payload), run.id)
        self._host.ended(await storing.cancelled(self._host.ledger, run, self._host.clock.now()))

    async def _start(self, run: runs.Run, found: Conveyance, spec: transfers.Spec) -> None:
        record = run.transfer or transfers.Record(url=spec.url)
        outcome: transfers.Outcome | None = None
        try:
            if leftovers.is_blank(record, spec.url):
                record = await leftovers.find(self._host.store, found.task, run, record)
            if found.wishes.is_any or self._host.ledger.find(run.id) is None:
                outcome = transfers.Stopped()
            else:
                self._begin(run, found, spec, record)
        except Exception:
            _log.exception("a transfer cannot be started", extra={"run_id": run.id})
            outcome = transfers.Failed(code=reasons.Code.CANNOT_START, detail=_FAULT)
        if outcome is not None:
            await self._settle(found, found.with_wishes(record), outcome)

    def _begin(
        self, run: runs.Run, found: Conveyance, spec: transfers.Spec, record: transfers.Record
    ) -> None:
        now = self._host.clock.now()
        engine = self._engine.get()
        self._host.ledger.move(
            run.id, _S.RUNNING, started_at=run.started_at or now, attempt_started_at=now,
            retry_at=None, reason=None, waits_for=None, transfer=record,
        )  # fmt: skip
        # A suspension must not give it its whole time once more.
        found.activity.watch(record.used_s)
        found.is_moving = True
        engine.start(run.id, found.at_rate(spec, record.rate), record)
        self._host.begun(found.task)

    async def _settle(
        self, found: Conveyance, record: transfers.Record, outcome: transfers.Outcome
    ) -> None:
        """The attempt is over: store what became of the run, and let others have its place."""
        found.is_settling = True
        run, now = self._host.ledger.find(found.run_id), self._host.clock.now()
        if self.roaming.excuses(record.url, outcome):
            record = msgspec.structs.replace(record, failures=0)
        settled = settling.settle(
            outcome, wishes=found.wishes, failures=record.failures,
            policy=settling.policy_of(found.task, found.attempts), now=now, draw=random.random(),
        )  # fmt: skip
        found.activity.end()
        self._logbook.close(found.run_id)
        try:
            if run is not None:
                if settled is not None and settled.state is _S.CANCELED:
                    # Before it counts as cancelled: after a crash nobody would look for it.
                    await leftovers.put_away(record, settled.reason)
                await storing.store(self._host.ledger, run, record, settled, now)
                if isinstance(outcome, transfers.Held) and outcome.needs:
                    self.waiting.watch(run.id, outcome, self.resume)
        finally:
            del self._found[found.run_id]
            self.places.give_back(found.run_id)
            found.over.set_result(None)
        after = self._host.ledger.find(found.run_id) or await self._host.store.run(found.run_id)
        if after is not None and settled is not None:
            self._host.ended(after)
            if after.is_waiting:
                self.on_waiting(after)
        self._call_next()

    async def _try_now(self, run: runs.Run) -> None:
        self.on_waiting(await self._host.ledger.amend(run.id, retry_at=None))

    def _call_next(self) -> None:
        moves = bool(self._found)
        self.roaming.follow(moves or bool(self.waiting.retries()), moves=moves)
        for run_id in self.places.next_ones():
            run = self._host.ledger.find(run_id)
            if run is not None and run.is_waiting:
                self.on_waiting(run)

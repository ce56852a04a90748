"""Transfers, one by one: started, suspended, resumed, cancelled, and settled as they end."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from bgtasks_gui import settings
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import activity
from bgtasks_gui.agent.running.transfers import leftovers, logbook, places, settling, storing
from bgtasks_gui.agent.running.transfers.conveyance import Conveyance
from bgtasks_gui.agent.running.transfers.roaming import Roaming
from bgtasks_gui.agent.running.transfers.waiting import Waiting
from bgtasks_gui.core import (
    ports,
    reasons,
    runs,
    tasks,
    transfer_ports,
    transfers,
)

_log = logging.getLogger(__name__)
_S = runs.RunState

MakeEngine = Callable[[transfer_ports.TransferListener], transfer_ports.TransferEngine]


class Host(activity.Host, Protocol):
    """What transfers ask of the runner."""

    @property
    def store(self) -> ports.Store: ...
    def begun(self, task: tasks.Task) -> None: ...
    def ended(self, run: runs.Run) -> None: ...


def make_engine(listener: transfer_ports.TransferListener) -> transfer_ports.TransferEngine:
    """The real one, loaded when the first transfer starts."""
    from bgtasks_gui.transfers.engine import Engine

    return Engine(asyncio.get_running_loop(), listener)


class Conveying:
    """Gives transfers to the engine and hears of them; a `transfer_ports.TransferListener`.

    `on_waiting(run)` is called when a run may be decided over again.
    """

    def __init__(self, host: Host, catalog: Catalog, make: MakeEngine = make_engine) -> None:
        self._host = host
        self._catalog = catalog
        self._make = make
        self._engine: transfer_ports.TransferEngine | None = None
        self._found: dict[str, Conveyance] = {}
        self._logbook = logbook.Logbook(host.home)
        self.places = places.Places()
        self.waiting = Waiting(host, self.places, catalog)
        self._roaming = Roaming(self.refresh)
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
        kind = self._catalog.transfer_kind(task.kind)
        assert kind is not None
        payload = self._catalog.payload(task.kind, task.payload)
        found = Conveyance(self._host, run.id, task, kind.attempts(payload))
        self._found[run.id] = found
        self.places.take(run.id, places.host_of(kind.address(payload)))
        self._roaming.follow(True)
        self._host.spawn(self._start(run, found, kind.transfer(payload, task, run)))

    async def suspend(self, run_id: str, reason: reasons.Reason) -> None:
        """Stop one that moves; done once no connection is open and its bytes are safe."""
        found = self._found[run_id]
        found.wishes.suspend = found.wishes.suspend or reason
        if found.is_moving:
            self.engine.stop(run_id)
        await asyncio.shield(found.over)

    async def cancel(self, run_id: str, reason: reasons.Reason) -> None:
        """Give one up that moves; done once that is told."""
        found = self._found[run_id]
        if found.wishes.cancel is not None:
            return
        found.wishes.cancel = reason
        if found.is_moving:
            told = self._host.ledger.move(run_id, _S.CANCELING, reason=reason)
            self.engine.stop(run_id)
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
        found = self._found.get(run.id)
        if found is not None:
            found.wishes.address = url
            if found.is_moving:
                self.engine.stop(run.id)
            await asyncio.shield(found.over)
            return
        record = run.transfer or transfers.Record(url=url)
        record = msgspec.structs.replace(record, url=url, failures=0)
        await self._host.ledger.amend(run.id, transfer=record, retry_at=None)
        if run.state is _S.SUSPENDED:
            await self.resume(msgspec.structs.replace(run, transfer=record))
        else:
            self.on_waiting(run)

    async def limit(self, run: runs.Run, rate: int | None) -> None:
        """Bytes a second for the rest of this run; None is what all together may."""
        if run.id in self._found:
            self._found[run.id].rate = rate or 0
            self.engine.limit(rate, run.id)
        record = run.transfer
        if record is not None:
            record = msgspec.structs.replace(record, rate=rate or 0)
            await self._host.ledger.keep(run.id, transfer=record)

    def apply(self, limits: settings.Settings) -> None:
        """Settings that are in force from now on."""
        is_slower = limits.rate_limit != self.places.limits.rate_limit
        self.places.limits = limits
        if self._engine is not None and is_slower:
            self._engine.limit(limits.rate_limit)

    def refresh(self) -> None:
        """The network is another one, or the machine woke: try everything at once (W19)."""
        if self._engine is not None:
            self._engine.refresh()
        for run in self.waiting.retries():
            self._host.spawn(self._try_now(run))

    def take_up(self, run: runs.Run) -> None:
        """A run of the last agent, which was killed: it goes on by itself (wishes W18)."""
        if run.state is _S.RUNNING:
            self._host.ledger.move(run.id, _S.WAITING, retry_at=None)
        elif run.state is _S.CANCELING:
            self._host.ledger.move(
                run.id, _S.CANCELED, completed_at=self._host.clock.now(), cleaning_up=False,
                grace_ends_at=None,
            )  # fmt: skip
            self._host.spawn(leftovers.put_away(run.transfer))
        elif run.state is _S.SUSPENDED:
            self.waiting.watch_again(run, self.resume)

    async def close(self) -> None:
        """Stop everything, so that the next agent goes on from here."""
        self.waiting.close()
        self._roaming.follow(False)
        if self._engine is not None:
            await self._engine.close()
        await self._logbook.end()

    @property
    def engine(self) -> transfer_ports.TransferEngine:
        if self._engine is None:
            self._engine = self._make(self)
            self._engine.limit(self.places.limits.rate_limit)
        return self._engine

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

    async def _start(self, run: runs.Run, found: Conveyance, spec: transfers.Spec) -> None:
        ledger, now = self._host.ledger, self._host.clock.now()
        record = run.transfer
        if record is None:
            record = await leftovers.find(self._host.store, found.task, run, spec.url)
        if found.wishes.is_any or ledger.find(run.id) is None:
            await self._settle(found, record, transfers.Stopped())
            return
        if record.rate is not None:
            spec = msgspec.structs.replace(spec, rate=record.rate or None)
        found.rate = record.rate
        ledger.move(
            run.id, _S.RUNNING, started_at=run.started_at or now, attempt_started_at=now,
            retry_at=None, reason=None, waits_for=None, transfer=record,
        )  # fmt: skip
        found.activity.watch()
        found.is_moving = True
        self.engine.start(run.id, spec, record)
        self._host.begun(found.task)

    async def _settle(
        self, found: Conveyance, record: transfers.Record, outcome: transfers.Outcome
    ) -> None:
        """The attempt is over: store what became of the run, and let others have its place."""
        run, now = self._host.ledger.find(found.run_id), self._host.clock.now()
        if self._roaming.excuses(record.url, outcome):
            record = msgspec.structs.replace(record, failures=0)
        settled = settling.settle(
            outcome, wishes=found.wishes, failures=record.failures,
            policy=settling.policy_of(found.task, found.attempts), now=now, draw=random.random(),
        )  # fmt: skip
        found.activity.end()
        self._logbook.close(found.run_id)
        try:
            if run is not None:
                await storing.store(self._host.ledger, run, record, settled, now)
                if found.wishes.cancel is not None:
                    await leftovers.put_away(record)
                if isinstance(outcome, transfers.Held) and outcome.needs:
                    self.waiting.watch(run.id, outcome, self.resume)
        finally:
            del self._found[found.run_id]
            self.places.give_back(found.run_id)
            found.over.set_result(None)
        after = await self._current(found.run_id)
        if after is not None and settled is not None:
            self._host.ended(after)
            if after.is_waiting:
                self.on_waiting(after)
        self._call_next()

    async def _current(self, run_id: str) -> runs.Run | None:
        return self._host.ledger.find(run_id) or await self._host.store.run(run_id)

    async def _try_now(self, run: runs.Run) -> None:
        self.on_waiting(await self._host.ledger.amend(run.id, retry_at=None))

    def _call_next(self) -> None:
        self._roaming.follow(bool(self._found or self.waiting.retries()))
        for run_id in self.places.next_ones():
            run = self._host.ledger.find(run_id)
            if run is not None and run.is_waiting:
                self.on_waiting(run)

"""Everything that tells, over surfaces that remember and a store in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.telling import archive, showing, teller
from bgtasks_gui.core import events, ports, reasons, runs, tasks
from bgtasks_gui.core.notices import notice, orders, rules
from tests.agent.telling.fakes.recording import Messages
from tests.agent.telling.fakes.scenes import take_turns
from tests.agent.telling.fakes.troubled_store import TroubledStore
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_task

S = timedelta(seconds=1)
_S = runs.RunState


class Whole:
    """What happens goes in by the ledger and the bus; what is told comes out on the surfaces."""

    def __init__(
        self,
        *ways: Messages,
        how: rules.Rules | None = None,
        store: TroubledStore | None = None,
    ) -> None:
        self.ways = ways or (Messages(),)
        self.clock = ManualClock()
        self.store = store or TroubledStore()
        self.bus = bus.Bus()
        self.ledger = ledger.Ledger(self.store, self.bus, self.clock)
        self.rules = how or rules.Rules()
        self.acts: list[orders.Act] = []
        self.on_act: Callable[[orders.Act], None] = self.acts.append
        self.noted: list[events.NoticeChanged] = []
        self.bus.subscribe(self._note, (events.NoticeChanged,))
        self.showing = showing.Showing(self.ways, self.clock)
        kept = archive.Archive(self.store, self.bus, self.clock)
        self.teller = teller.Teller(
            self.ledger, self.bus, self.clock, self.showing, kept,
            make_rules=lambda: self.rules, on_act=lambda asked: self.on_act(asked),
        )  # fmt: skip

    def _note(self, event: events.AnyEvent) -> None:
        assert isinstance(event, events.NoticeChanged)
        self.noted.append(event)

    async def start(self) -> None:
        await self.teller.start()
        await self.showing.start()
        await take_turns()

    async def close(self) -> None:
        for way in self.ways:
            way.answer()
        self.store.answer()
        await self.teller.close()
        await self.showing.close()
        await self.ledger.drain()

    # What happens

    async def task(self, number: int = 1, **fields: object) -> tasks.Task:
        one = a_task(number, **fields)
        await self.ledger.put_task(one, (), ())
        return one

    async def run(self, task: tasks.Task) -> runs.Run:
        """A run of the task, which has begun."""
        run = self.ledger.make_run(task, runs.Firing(type="manual"))
        await self.ledger.add([run])
        return await self.ledger.move(run.id, _S.RUNNING, started_at=self.clock.now())

    async def fail(self, run: runs.Run) -> None:
        reason = reasons.make(reasons.Code.EXIT_STATUS, self.clock.now(), "1")
        at = self.clock.now()
        await self.ledger.move(run.id, _S.FAILED, reason=reason, completed_at=at)

    async def complete(self, run: runs.Run) -> None:
        await self.ledger.move(run.id, _S.COMPLETED, completed_at=self.clock.now())

    async def after(self, passed: timedelta = S) -> None:
        await self.clock.advance_async(passed)
        await take_turns()

    def local(self, ahead: timedelta) -> str:
        """The time on the person's clock, so far from now."""
        return f"{(self.clock.now() + ahead).astimezone():%H:%M}"

    # What is told

    @property
    def up(self) -> list[str]:
        """What the first surface shows."""
        return list(self.ways[0].up)

    async def records(self) -> list[notice.Record]:
        """All of the history, oldest first."""
        await take_turns()
        found = await self.store.notices(ports.ToldQuery(limit=1000))
        return [msgspec.json.decode(one, type=notice.Record) for one in reversed(found)]

    async def outcomes(self) -> dict[str, str]:
        return {one.notice.key: str(one.outcome) for one in await self.records()}

"""Hears what happens, lets `core.notices` decide what the person is told, and sees it done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.telling import archive, showing
from bgtasks_gui.core import events, ports
from bgtasks_gui.core.notices import desk, orders, programs, rules, surface

_log = logging.getLogger(__name__)

#: Moves that wait to be looked at. They are looked at as fast as tasks can be read, which is much
#: faster than runs begin and end.
INBOX: Final = 100_000
_MOVES: Final = (events.RunEvent, events.TaskEvent, events.ContinuousChanged)


class Teller:
    """Between what happens and the surfaces. Nothing that happens waits for it.

    `on_act` is given what the person asks for by a notice.
    """

    def __init__(
        self,
        book: ledger.Ledger,
        hub: bus.Bus,
        clock: ports.Clock,
        shown: showing.Showing,
        kept: archive.Archive,
        *,
        make_rules: Callable[[], rules.Rules],
        on_act: Callable[[orders.Act], None],
    ) -> None:
        self._ledger = book
        self._bus = hub
        self._clock = clock
        self._showing = shown
        self._archive = kept
        self._make_rules = make_rules
        self._on_act = on_act
        self._desk = desk.Desk(make_rules())
        self._timer: ports.Timer | None = None
        self._work: asyncio.Task[None] | None = None
        self._inbox: bus.Inbox | None = None
        self._figures: bus.Subscription | None = None
        shown.on_heard = self._heard

    async def start(self) -> None:
        """From now on what happens is told; what goes on already is told as it stands."""
        await self._archive.restore()
        self._inbox = self._bus.open_inbox(_MOVES, size=INBOX)
        self._figures = self._bus.subscribe(self._take_figures, (events.RunProgressed,))
        self._work = asyncio.get_running_loop().create_task(self._listen(self._inbox))

    async def close(self) -> None:
        for heard in (self._inbox, self._figures):
            if heard is not None:
                heard.close()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
        await self._archive.close()

    def apply(self) -> None:
        """The settings have changed."""
        self._desk.rules = self._make_rules()
        self._tick()

    # How it stands

    @property
    def held_back(self) -> int:
        return self._archive.held_back

    @property
    def is_quiet(self) -> bool:
        return self._desk.rules.is_quiet(self._local())

    @property
    def quiet_until(self) -> datetime | None:
        return self._desk.rules.quiet_turns_at(self._local()) if self.is_quiet else None

    # Hearing

    async def _listen(self, inbox: bus.Inbox) -> None:
        await self._hear_all()
        async for event in inbox:
            try:
                if isinstance(event, bus.Lagged):
                    await self._hear_all()
                else:
                    await self._hear(event)
            except Exception:
                _log.exception("something was not told", extra={"action": "tell"})

    async def _hear_all(self) -> None:
        """As it stands: everything that runs, and what is shown though it does not any more."""
        now = self._clock.now()
        for told in self._desk.up:
            if told.run_id is not None and self._ledger.find(told.run_id) is None:
                ended = await self._ledger.store.run(told.run_id)
                if ended is not None:
                    await self._hear(events.RunFinished(at=now, run=ended))
        for run in self._ledger.live():
            await self._hear(events.RunChanged(at=now, run=run))

    async def _hear(self, event: events.AnyEvent) -> None:
        now = self._clock.now()
        if isinstance(event, events.ContinuousChanged):
            if not event.task.is_automatic:
                is_over = event.what in ("stopped", "canceled")
                told = None if is_over else programs.told(event.task, now)
                self._follow(self._desk.continuous(event.task.id, told, now))
            return
        task = None
        if isinstance(event, events.RunEvent):
            task = await self._ledger.store.task(event.run.task_id)
        self._follow(self._desk.hear(event, task, now, self.is_quiet))

    def _take_figures(self, event: events.AnyEvent) -> None:
        self._follow(self._desk.hear(event, None, self._clock.now(), self.is_quiet))

    def _heard(self, heard: surface.Heard) -> None:
        self._follow(self._desk.heard(heard, self._clock.now()))

    def _tick(self) -> None:
        self._follow(self._desk.tick(self._clock.now(), self.is_quiet))

    # Doing

    def _follow(self, found: Iterable[orders.Order]) -> None:
        for order in found:
            match order:
                case orders.Show(notice=told, moves_only=True):
                    self._showing.show(told, moves_only=True)
                case orders.Show(notice=told):
                    self._archive.shown(told, self._showing.show(told))
                case orders.Withdraw(key=key, outcome=outcome):
                    self._showing.withdraw(key)
                    self._archive.closed(key, outcome)
                case orders.HoldBack(notice=told, why=why):
                    self._archive.held(told, why)
                case orders.Act():
                    self._on_act(order)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        turns = self._desk.rules.quiet_turns_at(self._local())
        wanted = [at for at in (self._desk.next_at, turns) if at is not None]
        if wanted:
            left_s = (min(wanted) - self._clock.now()).total_seconds()
            self._timer = self._clock.call_later(max(0.0, left_s), self._tick)

    def _local(self) -> datetime:
        return self._clock.now().astimezone()

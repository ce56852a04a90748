"""Hears what happens, lets `core.notices` decide what the person is told, and sees it done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.telling import archive, showing
from bgtasks_gui.core import events, ports, runs, tasks
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.notices import desk, notice, orders, programs, rules, surface

_log = logging.getLogger(__name__)

#: Moves that wait to be looked at. They are looked at as fast as tasks can be read, which is much
#: faster than runs begin and end.
INBOX: Final = 100_000
_MOVES: Final = (events.RunEvent, events.TaskEvent, events.ContinuousChanged)
#: Timers stand still while the machine sleeps, and the end of quiet hours does not wait for them:
#: the longest time between two looks at the clock while something is to come.
LONGEST_WAIT_S: Final = 60.0


class Teller:
    """Between what happens and the surfaces. Nothing that happens waits for it.

    `on_act` is given what the person asks for by a notice. `going` may be set, before `start`, to
    what says which continuous tasks go on.
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
        self.going: Callable[[], Iterable[continuous.ContinuousTask]] | None = None
        self._desk = desk.Desk(make_rules())
        #: Runs that were heard of and have not ended.
        self._runs: set[str] = set()
        #: Numbers of the continuous tasks that go on.
        self._continuous: set[int] = set()
        #: Runs that ended under the last agent, which did not come to tell of them.
        self._untold: tuple[str, ...] = ()
        self._timer: ports.Timer | None = None
        self._work: asyncio.Task[None] | None = None
        self._inbox: bus.Inbox | None = None
        self._figures: bus.Subscription | None = None
        self._is_closed = False
        shown.on_heard = self._heard
        shown.on_moved = lambda told, names: kept.moved(told.key, names)

    def listen(self) -> None:
        """What happens from now on is kept until `start`, and told then."""
        self._inbox = self._bus.open_inbox(_MOVES, size=INBOX)

    async def start(self) -> None:
        """From now on what happens is told; what goes on already is told as it stands."""
        if self._inbox is None:
            self.listen()
        self._figures = self._bus.subscribe(self._take_figures, (events.RunProgressed,))
        try:
            self._untold = await self._archive.restore()
        except Exception:
            # An old history is no reason to tell nothing new.
            _log.exception("the history of notices is not read", extra={"action": "restore"})
        if not self._is_closed:
            assert self._inbox is not None
            self._work = asyncio.get_running_loop().create_task(self._listen(self._inbox))

    async def close(self) -> None:
        self._is_closed = True
        self._showing.on_heard = lambda heard: None
        self._showing.on_moved = lambda told, names: None
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
        if not self._is_closed:
            self._tick()
            if self._inbox is not None:
                # What stands still tells nothing by itself, and may be told or not told now.
                self._inbox.look_anew()

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
        await self._hear_untold()
        await self._try(self._hear_all())
        async for event in inbox:
            if isinstance(event, bus.Lagged):
                await self._try(self._hear_all())
            else:
                await self._try(self._hear(event))

    async def _hear_untold(self) -> None:
        if self._untold:
            for run_id in self._untold:
                await self._try(self._hear_end(run_id))
            # What is not to be told any more is not kept for the next agent.
            self._archive.untold(self._desk.take_untold() or ())
            self._untold = ()

    async def _try(self, hearing: Awaitable[None]) -> None:
        try:
            await hearing
        except Exception:
            # What comes next is told all the same.
            _log.exception("something was not told", extra={"action": "tell"})

    async def _hear_all(self) -> None:
        """As it stands: everything that goes on, and what ended unheard."""
        for run_id in [one for one in self._runs if self._ledger.find(one) is None]:
            await self._try(self._hear_end(run_id))
        await self._try(self._look_at(self._ledger.live()))
        if self.going is None:
            return
        going = {task.id: task for task in self.going() if not task.is_automatic}
        for number in self._continuous - going.keys():
            self._say_continuous(number, None)
        for number, task in going.items():
            self._say_continuous(number, task)

    async def _hear_end(self, run_id: str) -> None:
        self._runs.discard(run_id)
        ended = await self._ledger.store.run(run_id)
        if ended is not None and ended.has_ended:
            await self._hear(events.RunFinished(at=self._clock.now(), run=ended))

    async def _hear(self, event: events.AnyEvent) -> None:
        if isinstance(event, events.ContinuousChanged):
            if not event.task.is_automatic:
                self._hear_continuous(event)
            return
        task = None
        if isinstance(event, events.RunEvent):
            note = self._runs.discard if event.run.has_ended else self._runs.add
            note(event.run.id)
            task = await self._ledger.store.task(event.run.task_id)
        # Asked for the time only now: to read may take long.
        self._follow(self._desk.hear(event, task, self._clock.now(), self.is_quiet))
        if isinstance(event, events.TaskChanged):
            edited = event.standing.task.id
            await self._look_at(run for run in self._ledger.live() if run.task_id == edited)

    async def _look_at(self, going: Iterable[runs.Run]) -> None:
        """Runs as they stand; what stands still may be told now, or not any more."""
        found = list(going)
        known = dict[str, tasks.Task | None]()
        for task_id in dict.fromkeys(run.task_id for run in found):
            await self._try(self._read(task_id, known))
        # To read may take long, and what ends meanwhile is heard of by itself.
        now = [self._ledger.find(run.id) for run in found if run.task_id in known]
        live = [(run, known[run.task_id]) for run in now if run is not None]
        self._runs.update(run.id for run, _ in live)
        self._follow(self._desk.look(live, self._clock.now(), self.is_quiet))

    async def _read(self, task_id: str, known: dict[str, tasks.Task | None]) -> None:
        known[task_id] = await self._ledger.store.task(task_id)

    def _hear_continuous(self, event: events.ContinuousChanged) -> None:
        task, why, now = event.task, event.reason, self._clock.now()
        if task.run_id is None and why is not None and why.actor != "user":
            # Of what belongs to a run the end of that run tells.
            self._continuous.discard(task.id)
            told = programs.ended(task, why, now)
            self._follow(self._desk.ended(task.id, told, now, self.is_quiet))
        else:
            is_over = event.what in ("stopped", "canceled")
            self._say_continuous(task.id, None if is_over else task)

    def _say_continuous(self, number: int, task: continuous.ContinuousTask | None) -> None:
        now = self._clock.now()
        if task is None:
            self._continuous.discard(number)
            self._follow(self._desk.continuous(number, None, now, self.is_quiet))
        else:
            self._continuous.add(number)
            said = self._in_its_words(task, now)
            self._follow(self._desk.continuous(number, said, now, self.is_quiet))

    def _in_its_words(self, task: continuous.ContinuousTask, now: datetime) -> notice.Notice:
        # In place of what is told of its run: of one task there is one notice.
        run = None if task.run_id is None else self._ledger.find(task.run_id)
        return programs.told(task, now, run)

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
                    self._act(order)
        # Until all is heard that is there from before, it stays as it is.
        untold = None if self._untold else self._desk.take_untold()
        if untold is not None:
            self._archive.untold(untold)
        self._set_timer()

    def _act(self, asked: orders.Act) -> None:
        try:
            self._on_act(asked)
        except Exception:
            _log.exception("a notice's button failed", extra={"action": asked.action})

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        turns = self._desk.rules.quiet_turns_at(self._local())
        wanted = [at for at in (self._desk.next_at, turns) if at is not None]
        if wanted:
            left_s = (min(wanted) - self._clock.now()).total_seconds()
            wait_s = min(max(0.0, left_s), LONGEST_WAIT_S)
            self._timer = self._clock.call_later(wait_s, self._tick)

    def _local(self) -> datetime:
        return self._clock.now().astimezone()

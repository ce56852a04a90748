"""The agent put together: built, started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from bgtasks_gui import paths, settings
from bgtasks_gui.agent import bus, checker, dispatcher, ledger, lock, pause, wallclock, watchers
from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.agent.api import office, server, views
from bgtasks_gui.agent.api import system as system_door
from bgtasks_gui.agent.api.doors import hall
from bgtasks_gui.agent.background import service as background
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.line import launch, supervision
from bgtasks_gui.agent.running import adoption, runner
from bgtasks_gui.agent.telling import service as telling
from bgtasks_gui.agent.upkeep import continuance, downtime, housekeeping, lookout
from bgtasks_gui.core import errors, events, ports, reasons, runs, tasks
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.machine import make_machine
from bgtasks_gui.store import SqliteStore
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import shapes

_log = logging.getLogger(__name__)


class Agent:
    """One agent over one home. `await start()`, then it lives until `await stop()`.

    Embedded (design 3): with `serve=False` there is no socket; `app` answers in-process.
    `supervisor` is one that comes up already.
    """

    def __init__(
        self,
        home: paths.Home,
        *,
        clock: ports.Clock | None = None,
        computer: ports.Machine | None = None,
        serve: bool = True,
        supervisor: launch.Launch | None = None,
    ) -> None:
        self._home = home
        self._serve = serve
        self._exits = contextlib.AsyncExitStack()
        self._line = supervision.Supervision(home, supervisor)
        self._is_stopping = False
        self.clock = clock or wallclock.WallClock()
        self.machine = computer or make_machine()
        self.bus = bus.Bus()
        self.stopped = asyncio.Event()
        self.store = SqliteStore(home.database)
        self.office: office.Office

    # Start

    async def start(self) -> None:
        """Bring everything up. Raises `errors.UserError` with a sentence where it cannot."""
        try:
            await self._start()
        except BaseException:
            await self._exits.aclose()
            raise

    async def _start(self) -> None:
        paths.make_home(self._home)
        self._exits.enter_context(lock.hold(self._home.agent_lock))
        self._exits.push_async_callback(self._close_line)
        preferences = settings.Keeper(self._home.settings)
        self._line.prepare()
        if self._serve:
            # While the supervisor comes up.
            server.load_ahead()
        await self.store.open()
        self._exits.push_async_callback(self.store.close)
        self._build(preferences)
        self._exits.push_async_callback(self.ledger.drain)
        known = await self._open_line()
        self._wire(preferences)
        await self._restore(known)
        await self._serve_api()
        await self._begin()
        _log.info("the agent serves %s", self._home.root, extra={"action": "start"})

    def _build(self, preferences: settings.Keeper) -> None:
        self.catalog = Catalog(TRIGGERS, KINDS)
        self.ledger = ledger.Ledger(self.store, self.bus, self.clock)
        self.runner = runner.Runner(self.ledger, self.catalog, self.clock, self._home)
        self.pause = pause.Pause(self.ledger, self.runner, self.clock)
        self.dispatcher = dispatcher.Dispatcher(
            self.store, self.runner, self.catalog, self.pause, self.machine
        )
        self.timetable = timetables.Timetable(self.clock, self.dispatcher.due)
        self.continuance = continuance.Continuance(
            self.store, self.runner, self.pause, self.dispatcher
        )
        self.watchers = watchers.Watchers(self.store, self.catalog, self.dispatcher)
        self.background = background.Background(
            self.ledger, self.bus, self.runner, self.machine, self.clock
        )
        self.telling = telling.Telling(
            self.ledger, self.bus, self.clock, lambda: preferences.settings.rules
        )
        self.downtime = downtime.Downtime(self.clock)
        self.lookout = lookout.Lookout(
            self.machine,
            self.timetable,
            self.downtime,
            self.clock,
            self.continuance.check,
            on_jump=self.runner.transfers.refresh,
        )
        self.housekeeping = housekeeping.Housekeeping(
            self.store, self._home, self.clock, lambda: preferences.settings.history
        )

    async def _begin(self) -> None:
        """Everything is in place: let time go on."""
        self.dispatcher.start()
        self.dispatcher.reconsider()
        self._exits.push_async_callback(self.dispatcher.close)
        self.timetable.start()
        self._exits.callback(self.timetable.close)
        self.lookout.start()
        self._exits.push_async_callback(self.lookout.close)
        self.background.start()
        self.telling.start()
        self._exits.push_async_callback(self.telling.close)
        self.housekeeping.start()
        self._exits.push_async_callback(self.housekeeping.close)
        self.runner.spawn(self._tell_started())

    async def _open_line(self) -> list[supervision.Known]:
        known = await self._use(self._line)
        self._exits.push_async_callback(self._close_line)
        self._exits.push_async_callback(self._let_go)
        return known

    async def _let_go(self) -> None:
        """Nothing new begins any more: finish what is under way, and leave the runs alone."""
        await self.runner.transfers.close()
        await self.runner.settle()
        self.runner.release_all()

    async def _close_line(self) -> None:
        # Looked up at the end: it may be another line by then.
        await self._line.close()

    def _wire(self, preferences: settings.Keeper) -> None:
        self.office = office.Office(
            home=self._home,
            clock=self.clock,
            store=self.store,
            ledger=self.ledger,
            runner=self.runner,
            dispatcher=self.dispatcher,
            catalog=self.catalog,
            pause=self.pause,
            timetable=self.timetable,
            checker=checker.MachineChecker(self.runner),
            preferences=preferences,
        )
        self.dispatcher.timetable = self.timetable
        self.dispatcher.max_running = preferences.settings.max_running
        self.runner.transfers.apply(preferences.settings)
        self.runner.transfers.on_waiting = self.dispatcher.call
        self.runner.transfers.waiting.on_room = self.dispatcher.reconsider
        self.dispatcher.cause_of = self.downtime.cause_of
        self.dispatcher.on_considered = self.continuance.depend
        self.dispatcher.on_time = self._look_again
        self.continuance.on_wanted = self.lookout.watch_facts
        self.pause.on_lifted = self.continuance.check
        self.runner.on_begun = self._run_begun
        self.runner.on_ended = self._run_ended
        self.runner.on_aborted = self._run_aborted

    async def _restore(self, known: list[supervision.Known]) -> None:
        self.ledger.restore(await self.store.open_runs())
        await self.pause.restore(self.store)
        self._exits.callback(self.pause.close)
        await adoption.Adoption(self.store, self.runner).adopt(known)
        await self.background.restore(self.store)
        self._exits.push_async_callback(self.background.close)
        self.timetable.load(await self.store.all_planned())

    async def _serve_api(self) -> None:
        system = system_door.SystemDoor(
            self.office, self.bus, self.watchers, notices=self._notices, stop=self._asked_to_stop
        )
        doors = hall.make_doors(self.office, system, self.background, self.telling)
        self.app = server.make_app(doors, self.bus, view=self._view_event, clock=self.clock)
        self._exits.callback(self.app.close)
        system.newest_seq = lambda: self.app.seq
        if self._serve:
            api = server.Server(self.app, self._home.agent_socket)
            await api.start()
            self._exits.push_async_callback(api.stop)

    async def _tell_started(self) -> None:
        boot = adoption.own_boot_id()
        before = await self.store.fact(watchers.BOOT_FACT)
        await self.watchers.started(boot, before)
        if boot != before:
            await self.ledger.keep_fact(watchers.BOOT_FACT, boot)

    # While it lives

    def _look_again(self) -> None:
        self.runner.spawn(self.continuance.check())

    def _run_begun(self, task: tasks.Task) -> None:
        if task.conditions:
            # One of them may have been lost while the process was started.
            self._look_again()

    def _run_ended(self, run: runs.Run) -> None:
        self.dispatcher.make_room(run)
        if run.has_ended:
            self.runner.spawn(self._tell_ended(run))

    async def _tell_ended(self, run: runs.Run) -> None:
        await self.watchers.ended(run)

    def _run_aborted(self, task_id: str, why: str) -> None:
        self.runner.spawn(self.office.unschedule(task_id, why))

    def _lost_line(self) -> None:
        if not self._is_stopping:
            self.runner.spawn(self._find_line_again())

    async def _find_line_again(self) -> None:
        """The supervisor is gone: start another, and settle what it can no longer tell."""
        _log.error("the supervisor is gone; starting another", extra={"action": "supervise"})
        self.runner.release_all()
        known = await self._open_line_again()
        if known is not None:
            await adoption.Adoption(self.store, self.runner).adopt(known)
            await self.continuance.check()

    async def _open_line_again(self) -> list[supervision.Known] | None:
        delay = 0.1
        while not self._is_stopping:
            await self._line.close()
            try:
                return await self._use(supervision.Supervision(self._home))
            except errors.SupervisorLost as error:
                _log.error("%s Trying again.", error.message, extra={"action": "supervise"})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.stopped.wait(), delay)
                delay = min(delay * 2, 30.0)
        return None

    async def _use(self, line: supervision.Supervision) -> list[supervision.Known]:
        self._line = line
        line.on_event, line.on_lost = self.runner.hear, self._lost_line
        known = await line.open()
        self.runner.connect(line)
        return known

    def _view_event(self, event: events.AnyEvent, seq: int) -> shapes.EventView:
        return views.event_view(event, seq, catalog=self.catalog, home=self._home)

    def _notices(self) -> tuple[str, ...]:
        said = (self.store.notice, self.store.degraded)
        return tuple(sentence for sentence in said if sentence)

    # Stop

    async def _asked_to_stop(self, cancel: bool) -> int:
        if cancel:
            await self.cancel_all()
        self.stopped.set()
        return sum(run.is_alive for run in self.ledger.live())

    async def cancel_all(self) -> None:
        """End every run, because the agent is asked to stop together with its work."""
        self.dispatcher.max_running = 0
        for run in self.ledger.live():
            if run.state in runs.ALIVE or self.runner.is_busy(run.id):
                reason = reasons.make(reasons.Code.TERMINATING, self.clock.now())
                await self.runner.cancel(run.id, reason)
        while any(run.is_alive or self.runner.is_busy(run.id) for run in self.ledger.live()):
            await self.runner.wait_for_an_end()
        # Not only decided: what became of each run is stored and told.
        await self.ledger.drain()

    async def stop(self) -> None:
        """Take everything down in order. Runs go on under the supervisor."""
        self._is_stopping = True
        self.stopped.set()
        await self._exits.aclose()
        _log.info("the agent has stopped", extra={"action": "stop"})

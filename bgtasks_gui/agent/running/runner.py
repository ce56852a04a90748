"""Runs, one by one: started, suspended, resumed, watched, ended and tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Final

import msgspec

from bgtasks_gui import paths
from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.line import environment, supervision
from bgtasks_gui.agent.running import (
    activity,
    finishing,
    hearing,
    holding,
    stopping,
    work,
)
from bgtasks_gui.agent.running.transfers import conveying, leftovers
from bgtasks_gui.core import errors, ports, processes, reasons, runs, tasks
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)
_S = runs.RunState
#: Starts that are asked for and not answered, at most.
MOST_STARTING: Final = 32
#: No process at all: with it a run's processes are found by their mark alone.
_NOBODY: Final = processes.Identity(pid=0, start_ticks=0, boot_id="")


class Runner:
    """Carries out what the dispatcher decides and hears what the supervisor tells.

    `on_begun(task)` is called when a run has its process, `on_ended(run)` when it left the
    machine: ended, or waits for a retry. `on_aborted(task_id, why)` when its own program asked
    not to be started again (concepts R11).
    """

    def __init__(
        self, book: ledger.Ledger, catalog: Catalog, clock: ports.Clock, home: paths.Home
    ) -> None:
        self.ledger = book
        self.clock = clock
        self.home = home
        self._catalog = catalog
        self._activities: dict[str, activity.Activity] = {}
        self._line: supervision.Supervision | None = None
        #: Events that wait until adoption is over; None after that.
        self._held: list[codec.JsonObject] | None = []
        #: Runs whose start was not answered, and the pid of the supervisor that was asked.
        self._unanswered: dict[str, int | None] = {}
        #: Few starts are asked for at a time, so that a cancel does not stand behind a thousand.
        self._starting = asyncio.Semaphore(MOST_STARTING)
        self._work = work.Work()
        self._left = asyncio.Event()
        self._hearing = hearing.Hearing(self)
        self._holding = holding.Holding(self)
        self.stopping = stopping.Stopping(self)
        self.finishing = finishing.Finishing(self)
        self.transfers = conveying.Conveying(self, catalog)
        self.on_begun: Callable[[tasks.Task], None] = lambda task: None
        self.on_ended: Callable[[runs.Run], None] = lambda run: None
        self.on_aborted: Callable[[str, str], None] = lambda task_id, why: None

    # The line to the supervisor

    @property
    def line(self) -> supervision.Supervision:
        if self._line is None:
            raise errors.SupervisorLost
        return self._line

    def connect(self, line: supervision.Supervision) -> None:
        """Speak over this line. What is heard waits for `go_on`."""
        self._line = line

    def release_all(self) -> None:
        """The line is gone: what its runs became is settled by adoption (wishes W14)."""
        self._held = []
        for found in list(self._activities.values()):
            self.release(found)

    def go_on(self) -> None:
        """Adoption is over: hear what was told meanwhile, and from now on all at once."""
        held, self._held = self._held or [], None
        for message in held:
            self._hearing.hear(message)

    def hear(self, message: codec.JsonObject) -> None:
        """An event of the supervisor."""
        if self._held is None:
            self._hearing.hear(message)
        else:
            self._held.append(message)

    # Starting

    def is_busy(self, run_id: str) -> bool:
        """Whether this run is being started or has a process."""
        return run_id in self._activities or self.transfers.has(run_id)

    @property
    def busy_count(self) -> int:
        return len(self._activities) + self.transfers.count

    def find(self, run_id: str) -> activity.Activity | None:
        return self._activities.get(run_id) or self.transfers.find(run_id)

    @property
    def store(self) -> ports.Store:
        return self.ledger.store

    def release(self, found: activity.Activity) -> bool:
        """Watch it no more; False where that was so already."""
        if self._activities.get(found.run_id) is not found:
            return False
        del self._activities[found.run_id]
        found.end()
        return True

    def start(self, run: runs.Run, task: tasks.Task) -> None:
        """Start a run that may start now; what becomes of it is told by the ledger."""
        if self.transfers.is_transfer(task):
            self.transfers.start(run, task)
            return
        found = activity.Activity(self, run.id, task)
        self._activities[run.id] = found
        self.spawn(self._start(run, found))

    async def _start(self, run: runs.Run, found: activity.Activity) -> None:
        try:
            async with self._starting:
                if self._activities.get(run.id) is not found:
                    return
                identity = await self._ask_to_start(run, found.task)
        except errors.SupervisorLost:
            # Not started, or not known to be; it waits for the next supervisor.
            self.release(found)
        except errors.UserError as error:
            self.finishing.not_started(found, error)
        except Exception:
            _log.exception("a run cannot be started", extra={"run_id": run.id})
            fault = errors.CannotStart("Background Tasks has a fault here, its log tells it.")
            self.finishing.not_started(found, fault)
        else:
            # Where the line broke behind the answer, the run is started anew.
            if self._activities.get(run.id) is found:
                del self._unanswered[run.id]
                self._begin(run, found, identity)

    async def _ask_to_start(self, run: runs.Run, task: tasks.Task) -> processes.Identity:
        line, spec = self.line, self._spec(run, task)
        if self._unanswered.get(run.id, line.pid) != line.pid:
            # The supervisor that died may have started it, and nothing runs twice at a time.
            await line.signal(run.id, _NOBODY, "kill")
        self._unanswered[run.id] = line.pid
        return await line.start(run.id, spec, task.resources)

    def _spec(self, run: runs.Run, task: tasks.Task) -> processes.ProcessSpec:
        payload = self._catalog.payload(task.kind, task.payload)
        spec = self._catalog.process_kind(task.kind).process(payload, task, run)
        env = environment.for_run(spec.env, task, run, self.home)
        return msgspec.structs.replace(spec, env=env)

    def _begin(self, run: runs.Run, found: activity.Activity, identity: processes.Identity) -> None:
        now = self.clock.now()
        self.ledger.move(
            run.id, _S.RUNNING, process=identity, started_at=run.started_at or now,
            attempt_started_at=now, retry_at=None, reason=None, waits_for=None, progress=None,
            exit_code=None, cpu_s=None, max_rss=None,
        )  # fmt: skip
        found.begin(identity)
        if found.cancel_wanted is not None:
            self.cancel(run.id, found.cancel_wanted)
        elif found.suspend_wanted is not None:
            self.suspend(run.id, found.suspend_wanted)
        self.begun(found.task)
        for message in found.early:
            self._hearing.hear(message)

    def adopt(self, run: runs.Run, task: tasks.Task, known: supervision.Known | None) -> None:
        """Take over a run that outlived the last agent (wishes W14)."""
        assert run.process is not None
        found = activity.Activity(self, run.id, task)
        self._activities[run.id] = found
        found.begin(run.process, used_s=activity.used_seconds(run, self.clock))
        if run.state is _S.SUSPENDED and found.limits is not None:
            found.limits.pause()
        if known is not None:
            for said in known.messages:
                self._hearing.hear_worker(found, said)
            if known.total:
                found.printed(known.total, known.lost)
        if run.state is _S.CANCELING:
            self.stopping.take_over(found, run)
        if known is not None and known.exit is not None:
            self.process_ended(found, known.exit)

    # Suspending and resuming

    def suspend(self, run_id: str, reason: reasons.Reason) -> asyncio.Future[None]:
        """Stop a run where it stands; done once that is safe and told."""
        if self.transfers.has(run_id):
            return self.spawn(self.transfers.suspend(run_id, reason))
        return self.spawn(self._suspend(run_id, reason))

    async def _suspend(self, run_id: str, reason: reasons.Reason) -> None:
        # It may have been started meanwhile.
        by = self.transfers if self.transfers.has(run_id) else self._holding
        await by.suspend(run_id, reason)

    def resume(self, run_id: str) -> asyncio.Future[None]:
        """Let a suspended run go on, or wait again for its start."""
        run = self.ledger.find(run_id)
        if run is not None and run.transfer is not None and run.state is _S.SUSPENDED:
            return self.spawn(self.transfers.resume(run))
        return self.spawn(self._holding.resume(run_id))

    # Ending

    def cancel(self, run_id: str, reason: reasons.Reason) -> asyncio.Future[None]:
        """Ask a run to end; done once `canceling` (or the end) is safe and told."""
        if self.transfers.has(run_id):
            return self.spawn(self.transfers.cancel(run_id, reason))
        return self.spawn(self._cancel(run_id, reason))

    async def _cancel(self, run_id: str, reason: reasons.Reason) -> None:
        if self.transfers.has(run_id):
            # It was started meanwhile.
            await self.transfers.cancel(run_id, reason)
            return
        run = self.ledger.find(run_id)
        await self.stopping.cancel(run_id, reason)
        if run is not None:
            await leftovers.put_away(run.transfer, reason)

    def exceeded(self, run_id: str, reason: reasons.Reason) -> None:
        self.cancel(run_id, reason)

    def process_ended(self, found: activity.Activity, exit_: processes.Exit) -> None:
        """The main process of a run is gone."""
        run = self.ledger.find(found.run_id)
        if found.is_asking:
            # It overtook the answer, and only that tells whether the cancel came in time.
            found.exit = exit_
        elif run is not None and run.state is _S.CANCELING and exit_.leftover and not found.forced:
            found.exit = exit_
            self.spawn(self.stopping.outwait(found))
        else:
            self.finishing.finish(found, exit_)

    def aborted(self, task_id: str, why: str) -> None:
        self.on_aborted(task_id, why)

    def left(self, stored: asyncio.Future[runs.Run]) -> None:
        """A run leaves the machine; told once that is stored."""
        self.spawn(self._tell_left(stored))

    async def _tell_left(self, stored: asyncio.Future[runs.Run]) -> None:
        run = await stored
        self._unanswered.pop(run.id, None)
        self.ended(run)
        self.forget(run.id)

    def begun(self, task: tasks.Task) -> None:
        """A run of this task is under way."""
        self.on_begun(task)

    def ended(self, run: runs.Run) -> None:
        """A run has left the machine, and that is stored."""
        self._left.set()
        self.on_ended(run)

    def forget(self, run_id: str) -> None:
        try:
            self.line.forget([run_id])
        except errors.SupervisorLost:
            _log.info("an exit stays in the journal", extra={"run_id": run_id})

    async def wait_for_an_end(self) -> None:
        """Return when some run has left the machine."""
        self._left.clear()
        await self._left.wait()

    # Work of its own

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do something beside."""
        return self._work.spawn(work)

    async def settle(self) -> None:
        """Wait until nothing is under way any more but the runs themselves."""
        await self._work.settle()

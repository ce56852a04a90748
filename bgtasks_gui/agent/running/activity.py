"""One running attempt as the agent sees it: its output, its progress, its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Final, Protocol

import msgspec

from bgtasks_gui import paths
from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.line import supervision
from bgtasks_gui.agent.running import limits, output, throttle
from bgtasks_gui.core import errors, ports, processes, progress, reasons, runs, tasks
from bgtasks_gui.wire import codec

#: How often a run that told its progress is looked at again, in seconds.
STALL_CHECK_S: Final = 5.0


class Host(Protocol):
    """What an activity asks of the runner."""

    ledger: ledger.Ledger
    clock: ports.Clock
    home: paths.Home

    @property
    def line(self) -> supervision.Supervision: ...
    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]: ...
    def exceeded(self, run_id: str, reason: reasons.Reason) -> None: ...


class Activity:
    """Everything about one attempt that is not stored.

    `terminated` says that a cancel has reached the process; `forced` that it was killed.
    """

    def __init__(self, host: Host, run_id: str, task: tasks.Task) -> None:
        self._host = host
        self.run_id = run_id
        self.task = task
        self.identity: processes.Identity | None = None
        self.terminated = False
        self.forced = False
        #: Whether a cancel is on its way to the process, and what it found is not known yet.
        self.is_asking = False
        #: An exit that waits for that, or for the rest of its tree to end.
        self.exit: processes.Exit | None = None
        #: Asked for while the process was being started.
        self.cancel_wanted: reasons.Reason | None = None
        self.suspend_wanted: reasons.Reason | None = None
        #: What its function said last of its deferrals.
        self.deferral = Deferral()
        #: Whose turn it is to stop or continue it.
        self.turn = asyncio.Lock()
        self.limits: limits.Limits | None = None
        #: What was told of it before it was known that it began.
        self.early: list[codec.JsonObject] = []
        self._timers: dict[str, ports.Timer] = {}
        self._meter = progress.Meter()
        self._told = throttle.Throttle[progress.Progress](
            host.clock, output.TELL_INTERVAL_S, lambda figure: self._tell(figure)
        )
        self.output = output.Output(
            host.home.run_log_text(run_id),
            task.progress_pattern,
            host.clock,
            on_progress=self.came_to,
            on_printed=lambda total: host.ledger.tell_printed(run_id, total),
        )

    def begin(self, identity: processes.Identity, used_s: float = 0.0) -> None:
        """The process exists; its limits count from now."""
        self.identity = identity
        self.watch(used_s)

    def watch(self, used_s: float = 0.0) -> None:
        """Let its limits count, so many seconds being used up already."""
        self.limits = limits.Limits(self.task, self._host.clock, self, used_s=used_s)

    def end(self) -> None:
        """The process is gone: tell what is held back and watch no more."""
        self.output.end()
        self._told.flush()
        if self.limits is not None:
            self.limits.stop()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def printed(self, total: int, lost: int) -> None:
        self.sign_of_life()
        self.output.grew(total, lost)

    def came_to(self, figure: progress.Progress) -> None:
        """The run said how far it is; rate and remaining time are worked out here."""
        self.sign_of_life()
        self._told.offer(self._meter.measure(self._host.clock.monotonic(), figure))
        if "stall" not in self._timers:
            self.call_later("stall", STALL_CHECK_S, self._look_for_stall)

    def _look_for_stall(self) -> None:
        """A run that says nothing more must not keep its last remaining time (wishes W22)."""
        figure = self._meter.read(self._host.clock.monotonic())
        if figure is not None and (figure.rate is not None or figure.eta is not None):
            self._told.offer(figure)
            self.call_later("stall", STALL_CHECK_S, self._look_for_stall)

    def sign_of_life(self) -> None:
        if self.limits is not None:
            self.limits.alive()

    def call_later(self, name: str, delay_s: float, call: Callable[[], object]) -> None:
        """Call unless the run has ended by then; replaces an earlier call of this name."""

        def is_due() -> None:
            del self._timers[name]
            call()

        before = self._timers.get(name)
        if before is not None:
            before.cancel()
        self._timers[name] = self._host.clock.call_later(max(delay_s, 0.0), is_due)

    async def signal(self, action: supervision.Action) -> bool:
        """Act on the whole tree; False when the main process had ended."""
        if self.identity is None:
            return False
        return await self._host.line.signal(self.run_id, self.identity, action)

    # For its limits

    async def usage(self) -> supervision.Usage | None:
        if self.identity is None or self._host.ledger.find(self.run_id) is None:
            return None
        try:
            return await self._host.line.usage(self.run_id, self.identity)
        except errors.UserError:
            return None

    def warn(self, warning: str) -> None:
        if self._host.ledger.find(self.run_id) is not None:
            self._host.ledger.warn(self.run_id, warning)

    def exceeded(self, code: reasons.Code, detail: str) -> None:
        reason = reasons.make(code, self._host.clock.now(), detail)
        self._host.exceeded(self.run_id, reason)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        self._host.spawn(work)

    def _tell(self, figure: progress.Progress) -> None:
        self._host.ledger.tell_progress(self.run_id, figure)


class Deferral(msgspec.Struct, frozen=True, kw_only=True):
    """How many deferrals a function holds, and the time it asked for to clean up."""

    open: int = 0
    seconds: float | None = None


class WorkerWord(msgspec.Struct, frozen=True, kw_only=True):
    """What a Python function says while it runs."""

    type: str
    done: int | float | None = None
    total: int | float | None = None
    unit: str | None = None
    message: str | None = None
    open: int = 0
    seconds: float | None = None


def used_seconds(run: runs.Run, clock: ports.Clock) -> float:
    """How long an adopted attempt has run already, suspensions left out."""
    if run.attempt_started_at is None:
        return 0.0
    now = clock.now()
    stood_s = held_seconds(run, now)
    return max((now - run.attempt_started_at).total_seconds() - stood_s, 0.0)


def held_seconds(run: runs.Run, now: datetime) -> float:
    """How long a run has stood still, over all attempts; its present suspension included."""
    if run.state is not runs.RunState.SUSPENDED or run.reason is None:
        return run.suspended_s
    return run.suspended_s + max((now - run.reason.at).total_seconds(), 0.0)


def check_watched(run: runs.Run) -> None:
    """Raises `errors.SupervisorLost` where a process exists that nobody can reach at present."""
    if run.is_alive:
        raise errors.SupervisorLost("The run cannot be reached just now; try again in a moment.")

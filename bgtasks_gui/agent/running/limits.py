"""Watches one running attempt against its task's limits: time, idleness, memory."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Final, Protocol

from bgtasks_gui.agent.line import supervision
from bgtasks_gui.core import durations, ports, reasons, tasks

#: A limit is warned of when this share of it is used up (wishes W9).
WARN_AT: Final = 0.9
#: How often a tree's memory is measured against its limit, in seconds.
MEMORY_INTERVAL_S: Final = 0.5
#: CPU seconds since the last sign of work that count as another one.
WORKING_CPU_S: Final = 0.05
#: How often within an idle limit the CPU is looked at, and the shortest time between, in seconds.
IDLE_LOOKS: Final = 4
SHORTEST_LOOK_S: Final = 0.25


class Watched(Protocol):
    """What the limits of a run ask for and say."""

    async def usage(self) -> supervision.Usage | None:
        """What its tree uses, or None when that cannot be said."""
        ...

    def warn(self, warning: str) -> None: ...
    def exceeded(self, code: reasons.Code, detail: str) -> None: ...
    def spawn(self, work: Coroutine[None, None, None]) -> None: ...


class Limits:
    """The limits of one attempt. Time spent suspended counts for nothing."""

    def __init__(
        self, task: tasks.Task, clock: ports.Clock, watched: Watched, *, used_s: float = 0.0
    ) -> None:
        self._task = task
        self._clock = clock
        self._watched = watched
        self._used_s = used_s
        self._since = clock.monotonic()
        self._sign_at = clock.monotonic()
        self._cpu_s = 0.0
        self._timers: dict[str, ports.Timer] = {}
        self._arm()

    def alive(self) -> None:
        """The run showed a sign of life: output or progress."""
        self._sign_at = self._clock.monotonic()

    def pause(self) -> None:
        """The run stands still; no limit runs."""
        self._used_s += self._clock.monotonic() - self._since
        self.stop()

    def go_on(self) -> None:
        """The run goes on after a pause."""
        self._since = self._sign_at = self._clock.monotonic()
        self._arm()

    def stop(self) -> None:
        """Watch no more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _arm(self) -> None:
        limit = self._task.time_limit
        if limit is not None:
            left = limit.total_seconds() - self._used_s
            warn_in = left - limit.total_seconds() * (1 - WARN_AT)
            if warn_in > 0:
                self._after("warn", warn_in, lambda: self._warn(limit))
            self._after("time", left, lambda: self._time_is_up(limit))
        if self._task.idle_limit is not None:
            self._watch_idle(self._task.idle_limit)
        if self._task.resources.memory_max is not None:
            self._watch_memory(self._task.resources.memory_max)

    def _after(self, name: str, delay_s: float, call: Callable[[], None]) -> None:
        before = self._timers.get(name)
        if before is not None:
            before.cancel()
        self._timers[name] = self._clock.call_later(max(delay_s, 0.0), call)

    def _warn(self, limit: timedelta) -> None:
        said = durations.say_duration(limit)
        self._watched.warn(f"90 % of its time limit of {said} is used up")

    def _time_is_up(self, limit: timedelta) -> None:
        self._watched.exceeded(reasons.Code.TIME_LIMIT, durations.say_duration(limit))

    def _watch_idle(self, limit: timedelta) -> None:
        limit_s = limit.total_seconds()
        left_s = limit_s - self._quiet_s
        look_in_s = min(left_s, max(limit_s / IDLE_LOOKS, SHORTEST_LOOK_S))
        self._after("idle", look_in_s, lambda: self._watched.spawn(self._judge_idle(limit)))

    async def _judge_idle(self, limit: timedelta) -> None:
        usage = await self._watched.usage()
        if "idle" not in self._timers:
            return
        if usage is not None and usage.cpu_s - self._cpu_s >= WORKING_CPU_S:
            self._cpu_s = usage.cpu_s
            self.alive()
        if self._quiet_s < limit.total_seconds():
            self._watch_idle(limit)
        else:
            self._watched.exceeded(reasons.Code.IDLE_TASK, durations.say_duration(limit))

    @property
    def _quiet_s(self) -> float:
        return self._clock.monotonic() - self._sign_at

    def _watch_memory(self, limit: int) -> None:
        call = self._judge_memory
        self._after("memory", MEMORY_INTERVAL_S, lambda: self._watched.spawn(call(limit)))

    async def _judge_memory(self, limit: int) -> None:
        usage = await self._watched.usage()
        if "memory" not in self._timers:
            return
        if usage is not None and usage.rss > limit:
            used, allowed = durations.say_size(usage.rss), durations.say_size(limit)
            detail = f"it used {used} of memory, its limit is {allowed}"
            self._watched.exceeded(reasons.Code.RESOURCE_REVOKED, detail)
        else:
            self._watch_memory(limit)

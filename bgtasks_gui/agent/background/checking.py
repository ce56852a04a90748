"""Whether continuous tasks do what they declare, and nothing else (concepts R106, R108, R110).

It tells; what is ended for it, and how, is for others to do. What cannot be checked counts as
done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Final

from bgtasks_gui.core import durations, ports, reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import finding

#: How often is looked while something is open, in seconds.
LOOK_S: Final = 30.0
#: What is declared may rest this long, and has this long to begin.
GRACE_S: Final = 60.0
#: A data transfer may stand still this long (R108).
STALLED_S: Final = 600.0

Look = Callable[[Mode, frozenset[int]], Awaitable[finding.Finding]]
#: The processes of the work as they are now; none where they are not known.
PidsOf = Callable[[], Awaitable[frozenset[int]]]

_NOT_YET: Final = finding.Finding(used=None, sentence="It has not been looked at yet.")
_NOBODY: Final = frozenset[int]()
_RECORDING: Final = frozenset({Mode.AUDIO_RECORDING, Mode.VOIP})

_log = logging.getLogger(__name__)


class _Open:
    """One continuous task, and what was seen of it. Times are monotonic seconds."""

    def __init__(self, declared: Iterable[Mode], pids_of: PidsOf, now: float) -> None:
        self.pids_of = pids_of
        self.is_held = False
        self.declared: tuple[Mode, ...] = ()
        self.findings: dict[Mode, finding.Finding] = {}
        #: When each mode was last seen used, or could not be told.
        self.since: dict[Mode, float] = {}
        self.rate: float | None = None
        #: Since when it has been too slow.
        self.slow_since: float | None = None
        self.declare(declared, now)

    def declare(self, declared: Iterable[Mode], now: float) -> None:
        """What is declared anew has its whole grace; the rest goes on."""
        self.declared = tuple(declared)
        self.since = {mode: self.since.get(mode, now) for mode in self.declared}
        self.findings = {mode: self.findings.get(mode, _NOT_YET) for mode in self.declared}

    def begin_anew(self, now: float) -> None:
        """Everything has its whole grace again."""
        self.since = dict.fromkeys(self.declared, now)
        self.slow_since = None


class Checking:
    """Looks at what is open, and at nothing while nothing is.

    `on_unused(id, code, detail)`: a declared mode is not used; of several the first one's code.
    It is told again where the task is still open a grace later. `on_misuse(id, detail)`: its
    processes do what it did not declare; told at every look that sees it.
    """

    def __init__(
        self,
        clock: ports.Clock,
        look: Look,
        on_unused: Callable[[int, reasons.Code, str], object],
        on_misuse: Callable[[int, str], object],
        *,
        slowest_per_s: float = 0.0,
    ) -> None:
        self._clock = clock
        self._look = look
        self._on_unused = on_unused
        self._on_misuse = on_misuse
        #: Bytes a second below which a data transfer is too slow. No such threshold is published,
        #: so none holds unless one is set (R108).
        self._slowest_per_s = slowest_per_s
        self._open: dict[int, _Open] = {}
        self._timer: ports.Timer | None = None
        self._looking: asyncio.Task[None] | None = None

    # What its owner tells

    def opened(self, continuous_id: int, declared: Iterable[Mode], pids_of: PidsOf) -> None:
        """A continuous task began; one that declares nothing is not looked at."""
        one = _Open(declared, pids_of, self._clock.monotonic())
        if one.declared:
            self._open[continuous_id] = one
            self._arm()

    def changed(self, continuous_id: int, declared: Iterable[Mode]) -> None:
        """It declares other modes now."""
        if (one := self._open.get(continuous_id)) is not None:
            one.declare(declared, self._clock.monotonic())

    def held(self, continuous_id: int, is_held: bool) -> None:
        """Its work is suspended, so it cannot do anything; or it goes on, with a whole grace."""
        if (one := self._open.get(continuous_id)) is not None and one.is_held != is_held:
            one.is_held = is_held
            one.begin_anew(self._clock.monotonic())

    def closed(self, continuous_id: int) -> None:
        """It is over."""
        self._open.pop(continuous_id, None)
        if not self._open and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def progressed(self, continuous_id: int, rate: float | None = None) -> None:
        """Its data transfer got further; `rate` in bytes a second, where that is known."""
        one = self._open.get(continuous_id)
        if one is None or Mode.DATA_TRANSFER not in one.declared:
            return
        now = self._clock.monotonic()
        one.since[Mode.DATA_TRANSFER] = now
        one.findings[Mode.DATA_TRANSFER] = finding.used("It makes progress.")
        one.rate = rate
        if rate is None or rate >= self._slowest_per_s:
            one.slow_since = None
        elif one.slow_since is None:
            one.slow_since = now

    def findings(self, continuous_id: int) -> dict[Mode, finding.Finding]:
        """The latest of each declared mode, in the order they were declared."""
        one = self._open.get(continuous_id)
        return {} if one is None else dict(one.findings)

    async def close(self) -> None:
        """Look no more."""
        for continuous_id in list(self._open):
            self.closed(continuous_id)
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    # Looking

    def _arm(self) -> None:
        is_looking = self._looking is not None and not self._looking.done()
        if self._open and self._timer is None and not is_looking:
            self._timer = self._clock.call_later(LOOK_S, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._looking = asyncio.get_running_loop().create_task(self._look_around())
        self._looking.add_done_callback(lambda _: self._arm())

    async def _look_around(self) -> None:
        """One look at everything that is open; what is asked twice is looked at once."""
        opened = dict(self._open)
        pids = {id: await self._pids(one) for id, one in opened.items()}
        seen: dict[tuple[Mode, frozenset[int]], finding.Finding] = {}
        for id, one in opened.items():
            for mode in self._wanted(one, pids[id]):
                if (mode, pids[id]) not in seen:
                    seen[mode, pids[id]] = await self._see(mode, pids[id])
        recorded = self._undeclared(opened, pids, seen)
        for id, one in opened.items():
            # It may have ended, or been suspended, while somebody looked.
            if self._open.get(id) is one and not one.is_held:
                self._judge(id, one, {mode: seen.get((mode, pids[id])) for mode in one.declared})
            if self._open.get(id) is one and (found := recorded.get(id)):
                self._on_misuse(id, f"sound is recorded by process {min(found)}")

    def _wanted(self, one: _Open, pids: frozenset[int]) -> Iterable[Mode]:
        """What to look at: the modes declared, and whether it records though it did not say so."""
        if one.is_held:
            return
        yield from (mode for mode in one.declared if mode is not Mode.DATA_TRANSFER)
        if pids and _RECORDING.isdisjoint(one.declared):
            yield Mode.AUDIO_RECORDING

    async def _pids(self, one: _Open) -> frozenset[int]:
        try:
            return await one.pids_of()
        except Exception:
            _log.exception("the processes are not known", extra={"action": "check_modes"})
            return _NOBODY

    async def _see(self, mode: Mode, pids: frozenset[int]) -> finding.Finding:
        try:
            return await self._look(mode, pids)
        except Exception:
            _log.exception("a mode was not checked", extra={"action": "check_modes"})
            return finding.unknown("the check failed")

    def _undeclared(
        self,
        opened: dict[int, _Open],
        pids: dict[int, frozenset[int]],
        seen: dict[tuple[Mode, frozenset[int]], finding.Finding],
    ) -> dict[int, frozenset[int]]:
        """The processes of each that record, though nothing they belong to declares it."""
        may = [pids[id] for id, one in opened.items() if not _RECORDING.isdisjoint(one.declared)]
        allowed = _NOBODY.union(*may)
        found = {id: seen.get((Mode.AUDIO_RECORDING, own)) for id, own in pids.items()}
        return {
            id: ((one.pids or _NOBODY) & pids[id]) - allowed
            for id, one in found.items()
            if one is not None and one.used
        }

    # Judging

    def _judge(
        self, continuous_id: int, one: _Open, seen: dict[Mode, finding.Finding | None]
    ) -> None:
        now = self._clock.monotonic()
        faults = []
        for mode in one.declared:
            if mode is Mode.DATA_TRANSFER:
                fault = self._judge_transfer(one, now)
            else:
                fault = _judge_use(one, mode, seen.get(mode), now)
            if fault is not None:
                faults.append(fault)
        if faults:
            one.begin_anew(now)
            self._on_unused(continuous_id, *faults[0])

    def _judge_transfer(self, one: _Open, now: float) -> tuple[reasons.Code, str] | None:
        idle_s = now - one.since[Mode.DATA_TRANSFER]
        idle = durations.say_duration(timedelta(seconds=idle_s))
        if idle_s >= GRACE_S:
            code = reasons.Code.NO_PROGRESS
            still = finding.unused(code, f"No progress for {idle}.")
            one.findings[Mode.DATA_TRANSFER] = still
        if idle_s >= STALLED_S:
            return reasons.Code.NO_PROGRESS, idle
        if one.slow_since is not None and now - one.slow_since >= GRACE_S:
            rate, least = int(one.rate or 0), int(self._slowest_per_s)
            measured = f"{durations.say_rate(rate)}, not {durations.say_rate(least)}"
            return reasons.Code.LOW_SPEED, measured
        return None


def _judge_use(
    one: _Open, mode: Mode, found: finding.Finding | None, now: float
) -> tuple[reasons.Code, str] | None:
    """Why a mode is to be ended for, in a code and a phrase."""
    if found is None:
        # Declared while somebody looked.
        return None
    one.findings[mode] = found
    if found.used is not False or found.code is None:
        # Nothing is ended on a doubt, nor on what came before it.
        one.since[mode] = now
        return None
    if now - one.since[mode] < GRACE_S:
        return None
    phrase = found.sentence.rstrip(".")
    return found.code, phrase[:1].lower() + phrase[1:]

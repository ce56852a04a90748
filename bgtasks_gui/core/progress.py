"""How far a run has come: done, total, unit; rate and remaining time (wishes W21, W22)."""

from __future__ import annotations

import math
from typing import Final

import msgspec

#: A sample this many seconds old counts half: shorter jumps about, longer lags behind.
HALF_LIFE_S: Final = 20.0
#: No remaining time is shown before this: the first seconds say little.
QUIET_S: Final = 5.0
#: The remaining time is redrawn at most this often.
REDRAW_S: Final = 1.0
#: Without an advance for this long a run is stalled, unless its advances come further apart.
STALLED_S: Final = 20.0
#: Reports less than this apart count as one.
MOMENT_S: Final = 0.001
#: Numbers above this are no measure of anything.
LARGEST: Final = 2**63


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One figure a person can look at. Any unsigned numbers (concepts R72)."""

    done: int | float
    #: None where the whole is not known.
    total: int | float | None = None
    #: "%", "bytes", "files", ... or None.
    unit: str | None = None
    message: str | None = None
    #: Units a second, averaged; 0 when stalled, None while it is not known.
    rate: float | None = None
    #: Seconds that remain, if the rate stays; None while it is not known.
    eta: float | None = None


class Meter:
    """Works out rate and remaining time from what a run reports.

    Times are monotonic seconds, so that a test hands them in. What it gives is never above the
    total and never below zero.
    """

    def __init__(self) -> None:
        self._latest: Progress | None = None
        self._restart(0.0)

    def _restart(self, at_s: float) -> None:
        self._began_s = self._advanced_s = at_s
        #: The longest usual distance between two advances.
        self._gap_s = 0.0
        self._rate = self._weight = 0.0
        self._eta: float | None = None
        self._drawn_s = -math.inf
        self._went_back = False

    def measure(self, at_s: float, figure: Progress) -> Progress:
        """What to show after this report. A step back, or another unit, begins anew."""
        total = figure.total
        total = total if total is not None and 0 <= total <= LARGEST else None
        # A comparison with NaN is never true, so it becomes 0 here.
        done = min(figure.done, LARGEST if total is None else total) if figure.done > 0 else 0
        before, latest = self._latest, msgspec.structs.replace(figure, done=done, total=total)
        if before is None or before.unit != latest.unit or done < before.done:
            self._restart(at_s)
            self._went_back = before is not None and before.unit == latest.unit
        elif done > before.done:
            self._advance(at_s, done - before.done)
        self._latest = latest
        return self._shown(latest, at_s)

    def read(self, at_s: float) -> Progress | None:
        """What to show now, when nothing new was reported; None before the first report."""
        return None if self._latest is None else self._shown(self._latest, at_s)

    def _advance(self, at_s: float, amount: int | float) -> None:
        passed_s = at_s - self._advanced_s
        if passed_s < MOMENT_S:
            # Several reports at one moment: as if the amount had come with the step before.
            self._rate += amount * math.log(2) / HALF_LIFE_S
            return
        kept = 0.5 ** (passed_s / HALF_LIFE_S)
        self._rate = self._rate * kept + amount / passed_s * (1 - kept)
        # Without the weight the first samples would be drawn towards zero.
        self._weight = self._weight * kept + (1 - kept)
        self._gap_s = max(passed_s, self._gap_s * kept)
        self._advanced_s = at_s

    def _shown(self, latest: Progress, at_s: float) -> Progress:
        if at_s - self._advanced_s > max(STALLED_S, 3 * self._gap_s):
            rate: float | None = 0.0
        else:
            rate = self._rate / self._weight if self._weight else None
        is_fresh = at_s - self._began_s < QUIET_S
        if is_fresh or not rate or latest.total is None:
            self._eta, self._drawn_s = None, -math.inf
        elif at_s - self._drawn_s >= REDRAW_S:
            self._eta, self._drawn_s = (latest.total - latest.done) / rate, at_s
        message = latest.message
        if message is None and self._went_back and is_fresh:
            message = "restarted"
        return msgspec.structs.replace(latest, message=message, rate=rate, eta=self._eta)

"""What becomes of a run when an attempt of its transfer is over: a decision, from values alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import reasons, retry, runs, tasks, transfers

_S = runs.RunState

#: How a transfer is tried again, where its task does not say it (design 9).
BACKOFF: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=15)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run goes, and why."""

    state: runs.RunState
    reason: reasons.Reason | None = None
    retry_at: datetime | None = None
    result: msgspec.Raw = runs.NULL


class Wishes(msgspec.Struct, kw_only=True):
    """What was asked for while it moved; the newest of each."""

    suspend: reasons.Reason | None = None
    cancel: reasons.Reason | None = None
    #: Go on from there.
    address: str | None = None

    @property
    def is_any(self) -> bool:
        return (self.suspend, self.cancel, self.address) != (None, None, None)


def settle(
    outcome: transfers.Outcome,
    *,
    wishes: Wishes,
    failures: int,
    policy: tasks.Retry,
    now: datetime,
    draw: float,
) -> Settled | None:
    """None where the agent itself stops: the run then goes on with the next one."""
    if isinstance(outcome, transfers.Done):
        # It was faster than whoever asked for something else (wishes W12).
        return Settled(state=_S.COMPLETED, result=outcome.result)
    if wishes.cancel is not None:
        return Settled(state=_S.CANCELED, reason=wishes.cancel)
    if wishes.address is not None and not isinstance(outcome, transfers.Exceeded):
        # However the old address ended.
        outcome = transfers.Stopped()
    match outcome:
        case transfers.Exceeded(code=code, detail=detail):
            return Settled(state=_S.CANCELED, reason=reasons.make(code, now, detail))
        case transfers.Held(code=code, detail=detail):
            return Settled(state=_S.SUSPENDED, reason=reasons.make(code, now, detail))
        case transfers.Failed() if not outcome.is_passing:
            reason = reasons.make(outcome.code, now, outcome.detail)
            return Settled(state=_S.FAILED, reason=reason)
    if wishes.suspend is not None:
        return Settled(state=_S.SUSPENDED, reason=wishes.suspend)
    if wishes.address is not None:
        return Settled(state=_S.WAITING)
    if isinstance(outcome, transfers.Failed):
        return _tried_again(outcome, failures, policy, now, draw)
    return None


def policy_of(task: tasks.Task, attempts: int) -> tasks.Retry:
    """The task's own, or the usual one with so many attempts in a row that may bring nothing."""
    if task.retry.attempts:
        return task.retry
    return tasks.Retry(attempts=attempts - 1, backoff=BACKOFF, max_delay=LONGEST, jitter=True)


def _tried_again(
    outcome: transfers.Failed, failures: int, policy: tasks.Retry, now: datetime, draw: float
) -> Settled:
    reason = reasons.make(outcome.code, now, outcome.detail)
    # One that timed out, or brought something first, begins the count anew.
    at = retry.next_attempt(policy, max(failures, 1), now, draw)
    if at is None:
        return Settled(state=_S.FAILED, reason=reason)
    if outcome.wait_s is not None:
        at = max(at, now + timedelta(seconds=outcome.wait_s))
    return Settled(state=_S.WAITING, reason=reason, retry_at=at)

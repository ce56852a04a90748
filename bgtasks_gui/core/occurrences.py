"""Planned times that came due: which of them start, which were missed, and for which is asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from bgtasks_gui.core import durations, reasons, tasks

#: A single planned time this much in the past is started as if it were on time.
LATE_GRACE: Final = timedelta(seconds=60)
#: Planned times walked one by one; beyond it the oldest are left uncounted.
WALK_LIMIT: Final = 100_000
_SECOND: Final = timedelta(seconds=1)

NextTime = Callable[[datetime], datetime | None]


def until_expiry(task: tasks.Task, next_time: NextTime) -> NextTime:
    """The same planned times, as long as the task has not expired."""

    def find(after: datetime) -> datetime | None:
        at = next_time(after)
        return None if at is None or task.has_expired(at) else at

    return find


class Elapsed(msgspec.Struct, frozen=True, kw_only=True):
    """The planned times that have come since the last one that was dealt with."""

    #: The newest ones, oldest first.
    times: tuple[datetime, ...] = ()
    #: How many older ones there are beside them.
    folded: int = 0
    #: Whether `folded` is their number; else there are more than that.
    is_exact: bool = True
    folded_first: datetime | None = None
    folded_last: datetime | None = None
    #: The first planned time still to come.
    next_at: datetime | None = None


class PlannedStart(msgspec.Struct, frozen=True):
    """A planned time that is started now."""

    planned_at: datetime
    #: Whether the run makes up for a time that was missed (wishes W2).
    caught_up: bool = False


class MissedTime(NamedTuple):
    """A planned time that is stored as missed."""

    planned_at: datetime
    code: reasons.Code
    detail: str | None


class CatchUp(msgspec.Struct, frozen=True, kw_only=True):
    """What is done about elapsed times. Each of them is in exactly one of these."""

    #: Oldest first.
    starts: tuple[PlannedStart, ...] = ()
    missed: tuple[MissedTime, ...] = ()
    #: At most one: the run for it waits until a person answers.
    ask: tuple[datetime, ...] = ()


class _Walked(NamedTuple):
    newest: deque[datetime]
    steps: int
    #: The first time that was not walked: after `now`, or beyond the limit of steps.
    following: datetime | None


def gather(next_time: NextTime, first: datetime, now: datetime, limit: int = 1000) -> Elapsed:
    """The planned times from `first` (itself one) to `now`: the newest `limit`, the rest folded.

    The work is bounded, also for a time each second over years: beyond `WALK_LIMIT` the newest
    are looked for from `now` backwards, and what lies between stays uncounted.
    """
    # One more than is kept, since the last folded time is told.
    wanted = limit + 1
    oldest = newest = _walk(next_time, first, now, wanted, WALK_LIMIT)
    if oldest.following is not None and oldest.following <= now:
        start = _start_of_newest(next_time, oldest.newest[0], now, wanted)
        newest = _walk(next_time, start, now, wanted, WALK_LIMIT)
    times = tuple(newest.newest)[-limit:]
    if len(newest.newest) <= limit:
        return Elapsed(times=times, next_at=newest.following)
    return Elapsed(
        times=times,
        folded=oldest.steps - sum(at >= times[0] for at in oldest.newest),
        is_exact=oldest.following is None or oldest.following >= times[0],
        folded_first=first,
        folded_last=newest.newest[0],
        next_at=newest.following,
    )


def _walk(next_time: NextTime, first: datetime, now: datetime, keep: int, limit: int) -> _Walked:
    newest, steps = deque[datetime](maxlen=keep), 0
    at: datetime | None = first
    while at is not None and at <= now and steps < limit:
        newest.append(at)
        steps += 1
        at = next_time(at)
    return _Walked(newest, steps, at)


def _start_of_newest(
    next_time: NextTime, earliest: datetime, now: datetime, wanted: int
) -> datetime:
    """A planned time from which at least `wanted` follow up to `now`, yet not many more."""
    enough = 4 * wanted

    def steps_from(moment: datetime) -> int:
        at = next_time(moment)
        return 0 if at is None else _walk(next_time, at, now, 1, enough).steps

    # Reach back twice as far each time until there are enough, then come nearer again.
    reach, longest = _SECOND, now - earliest
    while reach < longest and steps_from(now - reach) < wanted:
        reach *= 2
    far, near = max(earliest, now - reach), now - reach / 2
    while near - far > _SECOND and steps_from(far) >= enough:
        middle = far + (near - far) / 2
        if steps_from(middle) >= wanted:
            far = middle
        else:
            near = middle
    start = next_time(far)
    assert start is not None, "enough planned times follow"
    return start


def plan_missed(
    elapsed: Elapsed,
    policy: tasks.Missed,
    now: datetime,
    flex: timedelta,
    cause: reasons.Code,
) -> CatchUp:
    """What is done about the planned times that came due, by the task's policy.

    A single time no later than `LATE_GRACE` and `flex` allow is an ordinary start; so is the
    newest of several when only the program itself was slow (`missed_late`), else a busy
    computer would keep a task with the policy `skip` from ever running. `cause` says why the
    others were missed.
    """
    times = elapsed.times
    if not times:
        return CatchUp()
    newest, older = times[-1], times[:-1]
    is_alone = not older and not elapsed.folded
    is_on_time = now - newest <= LATE_GRACE + flex
    if is_on_time and (is_alone or cause is reasons.Code.MISSED_LATE):
        missed = _missed(elapsed, older, cause, "a later planned time was started")
        return CatchUp(starts=(PlannedStart(newest),), missed=missed)
    if policy.policy is tasks.MissedPolicy.ASK:
        missed = _missed(elapsed, older, cause, "you are asked about the newest missed time")
        return CatchUp(missed=missed, ask=(newest,))
    made_up, detail = _made_up(policy)
    split = max(len(times) - made_up, 0)
    return CatchUp(
        starts=tuple(PlannedStart(at, True) for at in times[split:]),
        missed=_missed(elapsed, times[:split], cause, detail),
    )


def _made_up(policy: tasks.Missed) -> tuple[int, str | None]:
    """How many of the newest times are made up for, and what is said of the others."""
    if policy.policy is tasks.MissedPolicy.ONCE:
        return 1, "one run makes up for all missed times"
    if policy.policy is tasks.MissedPolicy.ALL:
        return policy.limit, f"only the newest {policy.limit} missed times are made up for"
    return 0, None


def _missed(
    elapsed: Elapsed, times: tuple[datetime, ...], cause: reasons.Code, detail: str | None
) -> tuple[MissedTime, ...]:
    left_out = tuple(MissedTime(at, cause, detail) for at in times)
    if elapsed.folded_first is None or elapsed.folded_last is None:
        return left_out
    first = durations.say_time(elapsed.folded_first, elapsed.folded_last)
    more = "" if elapsed.is_exact else "more than "
    folded = f"this stands for {more}{elapsed.folded:,} planned times since {first}"
    return (MissedTime(elapsed.folded_last, cause, folded), *left_out)

"""May this run start, go on? One judgement, from which both the answer and its reasons come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.core import blockers, durations, overlap, reasons, runs, tasks, verdicts
from bgtasks_gui.core.blockers import PLACES as PLACES
from bgtasks_gui.core.blockers import Blocker as Blocker
from bgtasks_gui.core.blockers import Load as Load
from bgtasks_gui.core.blockers import Places as Places
from bgtasks_gui.core.blockers import Situation as Situation

_S = runs.RunState
_C = reasons.Code
#: Obstacles that end a run instead of keeping it waiting, the strongest first.
_FINAL: Final = ("expired", "disabled", "unscheduled")
#: Obstacles that a person set up: nothing is decided behind their back meanwhile.
_PERSONAL: Final = frozenset({"suspended", "ask"})
#: Obstacles that are gone once an earlier run is replaced.
_FREED: Final = frozenset({"overlap", "slots", *blockers.PLACES})


class Chance(msgspec.Struct, frozen=True):
    """A time at which a run may start, as far as is known beforehand."""

    at: datetime
    note: str | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a task's run starts now or does not (design 8)."""

    task_id: str
    can_start: bool
    #: What is in the way, the strongest first.
    blockers: tuple[Blocker, ...]
    #: Every condition, met or not, in the task's order.
    checks: tuple[verdicts.Verdict, ...]
    next: tuple[Chance, ...]


class Start(msgspec.Struct, frozen=True):
    """Start the run now."""


class Wait(msgspec.Struct, frozen=True):
    """Let it wait; ask again at `check_at`, and whenever a fact of the situation changes."""

    blockers: tuple[Blocker, ...]
    check_at: datetime | None


class End(msgspec.Struct, frozen=True):
    """It does not start any more."""

    state: runs.RunState
    reason: reasons.Reason


class Replace(msgspec.Struct, frozen=True):
    """Cancel these runs in its favour, let it wait, and ask again once they have ended."""

    run_ids: tuple[str, ...]


Decision = Start | Wait | End | Replace


def explain(
    task: tasks.Task,
    situation: Situation,
    *,
    run: runs.Run | None = None,
    planned: Sequence[Chance] = (),
) -> Explanation:
    """Why this run, or one that a trigger would ask for now, starts or not.

    `planned` are the task's coming times; to them the times are added at which something that
    is in the way of `run` changes by itself.
    """
    checks = blockers.judge_all(task, situation)
    found = blockers.obstacles(task, situation, run, checks)
    chances = [Chance(one.at, one.note) for one in found if one.at and run is not None]
    if task.is_scheduled:
        chances += planned
    coming = {chance.at: chance for chance in chances if not task.has_expired(chance.at)}
    return Explanation(
        task_id=task.id,
        can_start=not found,
        blockers=tuple(one.blocker for one in found),
        checks=checks,
        next=tuple(coming[at] for at in sorted(coming)),
    )


def admit(task: tasks.Task, situation: Situation, run: runs.Run) -> Decision:
    """What is to be done with a run that is pending or waits."""
    found = blockers.obstacles(task, situation, run, blockers.judge_all(task, situation))
    if not found:
        return Start()
    codes = {one.blocker.code for one in found}
    if not codes.isdisjoint(_FINAL):
        return _end(task, situation, run, next(code for code in _FINAL if code in codes))
    if "overlap" in codes and codes.isdisjoint(_PERSONAL):
        others = overlap.ahead(task, run, situation.active)
        answer = overlap.answer(task, run, others)
        if answer is overlap.Answer.SKIP:
            return _end(
                task, situation, run, "overlap", blockers.standing_since(others[0], situation.now)
            )
        is_ready = codes <= _FREED
        replaced = overlap.to_replace(others, is_ready=is_ready)
        if answer is overlap.Answer.REPLACE and replaced:
            return Replace(replaced)
    changes = [one.at for one in found if one.at]
    if task.expires_at is not None:
        changes.append(task.expires_at)
    return Wait(tuple(one.blocker for one in found), min(changes, default=None))


def lost(task: tasks.Task, situation: Situation, run: runs.Run) -> reasons.Reason | None:
    """Why this run may not go on, or None.

    A fact that is not known never stops a run that is under way: only a known contrary does.
    """
    if task.stop_on_condition_loss is tasks.ConditionLoss.IGNORE:
        return None
    if run.state not in (_S.RUNNING, _S.SUSPENDED):
        return None
    state, now = situation.machine, situation.now
    contrary = [
        verdicts.loss(condition, state, now)
        for condition in task.conditions
        if _is_contrary(verdicts.judge(condition, state, now))
    ]
    if not contrary:
        return None
    return reasons.make(_C.CONDITION_LOSS, now, "; ".join(contrary))


def regained(task: tasks.Task, situation: Situation, run: runs.Run) -> bool:
    """Whether a run that was suspended for a lost condition or a pause may go on.

    After a lost condition all must be known to hold again; after a pause none may be known not
    to (then `lost` gives the reason that now keeps it).
    """
    if (
        run.state is not _S.SUSPENDED
        or run.reason is None
        or run.reason.code not in blockers.PASSING
    ):
        return False
    if blockers.is_paused(situation):
        return False
    if task.stop_on_condition_loss is tasks.ConditionLoss.IGNORE:
        return True
    checks = blockers.judge_all(task, situation)
    if run.reason.code is _C.PAUSED:
        return not any(_is_contrary(check) for check in checks)
    return all(check.holds for check in checks)


def next_change(task: tasks.Task, situation: Situation) -> datetime | None:
    """When a condition of the task begins or ceases to hold by itself: look again then."""
    changes = (check.next_at for check in blockers.judge_all(task, situation))
    return min((at for at in changes if at is not None), default=None)


def _is_contrary(check: verdicts.Verdict) -> bool:
    return check.is_known and not check.holds


def _end(
    task: tasks.Task, situation: Situation, run: runs.Run, code: str, detail: str | None = None
) -> End:
    if code == "expired" and task.expires_at is not None:
        detail = f"at {durations.say_time(task.expires_at, situation.now)}"
    if code == "unscheduled":
        code, detail = "disabled", f"the task took itself out of the schedule ({task.unscheduled})"
    # A run between two attempts did start once, so it was not skipped.
    state = _S.SKIPPED if run.started_at is None else _S.CANCELED
    return End(state, reasons.make(_C(code), situation.now, detail))

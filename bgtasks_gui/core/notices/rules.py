"""What the person wants to be told, and when not: policies, quiet hours, how much at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import blockers, conditions, overlap, policies, reasons, runs, tasks
from bgtasks_gui.core.notices import notice

_P = policies.NoticePolicy
_S = runs.RunState
_C = reasons.Code

#: Kinds that move data, and are shown while they do.
TRANSFERS: Final = frozenset({"download", "upload"})
#: A run suspended for one of these goes on by itself.
_PASSING: Final = blockers.PASSING | {_C.QUIET_HOURS, _C.ENERGY_SAVER}
#: A missed time for one of these was made up for, or given up by the person.
_SETTLED: Final = frozenset({_C.MERGED, _C.DECLINED})
_DAY: Final = timedelta(days=1)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How the person wants to be told."""

    policy: policies.NoticePolicy = _P.AUTO
    #: Of the tasks of a group, in place of `policy`.
    groups: dict[str, policies.NoticePolicy] = {}
    #: Local "HH:MM"; an end that is not after the begin goes over midnight. Both or neither.
    quiet_from: str | None = None
    quiet_to: str | None = None
    #: Seconds in which news is gathered: more often comes soon after the first.
    burst_s: float = 1.0
    #: More news at once than this becomes one digest.
    most_single: int = 3
    #: More live notices than this become one that sums up.
    most_live: int = 3
    #: What is over sooner gets no live notice.
    live_after_s: float = 2.0
    #: Seconds between two updates of a live notice in which only its figures moved.
    progress_every_s: float = 1.0
    #: Seconds until the person is reminded who asked for that.
    snooze_s: float = 3600.0

    def policy_for(self, task: tasks.Task | None) -> policies.NoticePolicy:
        """A task's own choice before its group's before the choice for all."""
        if task is None:
            return self.policy
        if task.notice is not _P.AUTO:
            return task.notice
        return self.groups.get(task.group, self.policy)

    def is_quiet(self, now_local: datetime) -> bool:
        """Whether the person chose to be told nothing at this local time."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        begin, end = conditions.clock(self.quiet_from), conditions.clock(self.quiet_to)
        now = now_local.time()
        return begin <= now < end if begin < end else now >= begin or now < end

    def quiet_turns_at(self, now_local: datetime) -> datetime | None:
        """When quiet hours begin or end next, so that somebody looks again then."""
        if self.quiet_from is None or self.quiet_to is None:
            return None
        coming = (
            datetime.combine(
                now_local.date() + days, conditions.clock(edge), tzinfo=now_local.tzinfo
            )
            for days in (timedelta(0), _DAY)
            for edge in (self.quiet_from, self.quiet_to)
        )
        return min(at for at in coming if at > now_local)

    def shows_live(self, run: runs.Run, task: tasks.Task | None) -> bool:
        """Whether this run is shown for as long as it goes on."""
        policy = self.policy_for(task)
        if policy is _P.NEVER:
            return False
        declares = task is not None and bool(task.modes)
        return declares or run.kind in TRANSFERS or policy is _P.ALWAYS

    def told_end(self, run: runs.Run, task: tasks.Task | None) -> notice.Kind | None:
        """As what the end of this run is told; None where it is not."""
        policy = self.policy_for(task)
        if policy is _P.NEVER or (run.reason is not None and run.reason.actor == "user"):
            return None
        is_always, code = policy is _P.ALWAYS, None if run.reason is None else run.reason.code
        match run.state:
            case _S.FAILED:
                return notice.Kind.FAILED
            case _S.CANCELED:
                # To be replaced by a newer run is what its task is set to.
                is_meant = code is _C.REPLACED and not is_always
                return None if is_meant else notice.Kind.FAILED
            case _S.COMPLETED if is_always:
                return notice.Kind.ENDED
            case _S.MISSED if is_always and code not in _SETTLED:
                return notice.Kind.WARNING
        return None

    def needs_person(self, run: runs.Run, task: tasks.Task | None) -> bool:
        """Whether this run stands still until the person does something."""
        if run.state is not _S.SUSPENDED or run.reason is None:
            return False
        is_theirs = run.reason.actor == "user" or run.reason.code in _PASSING
        return not is_theirs and self.policy_for(task) is not _P.NEVER

    def asks_person(self, run: runs.Run, task: tasks.Task | None) -> bool:
        """Whether this run waits for the answer whether to make up for a missed time."""
        if task is None or run.has_ended or self.policy_for(task) is _P.NEVER:
            return False
        return overlap.is_unanswered(task, run)

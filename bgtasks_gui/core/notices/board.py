"""The live notices: which are up, when each is brought up to date, and when one sums up all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import progress, reasons, runs, tasks
from bgtasks_gui.core.notices import live, news, notice, orders, rules

#: What changes more often than anybody can read is shown in full, with a new pop-up where the
#: desktop makes one, no more often than this.
_FULL_EVERY: Final = timedelta(seconds=10)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Board:
    """The work that goes on, and what is shown of it."""

    def __init__(self) -> None:
        self._runs: dict[str, live.RunWork] = {}
        self._told: dict[str, live.ToldWork] = {}
        self._up: dict[str, live.Shown] = {}
        #: What the desktop took down, and how it stood then: it comes again when there is more to
        #: say than figures. None: not at all.
        self._gone: dict[str, live.Stance | None] = {}
        #: By task: the key of what is shown of its runs, in which one follows another.
        self._keys: dict[str, str] = {}
        #: Keys that quiet hours keep back.
        self._held: set[str] = set()
        self._sums_up = False
        self._was_quiet = False
        self._looked_at = _LONG_AGO
        #: When to look again; long ago when something changed.
        self._wake_at: datetime | None = None

    @property
    def up(self) -> dict[str, notice.Notice]:
        """What is shown, by key."""
        return {key: shown.told for key, shown in self._up.items()}

    @property
    def next_at(self) -> datetime | None:
        """When there will be something to show."""
        return self._wake_at

    # What goes on

    def stir(self) -> None:
        """Something changed: look at all of it."""
        self._wake_at = _LONG_AGO

    def keep(self, run: runs.Run, task: tasks.Task | None, now: datetime, how: rules.Rules) -> None:
        """A run goes on, in this state."""
        known = self._runs.get(run.id)
        if known is None:
            due_at = (run.started_at or now) + timedelta(seconds=how.live_after_s)
            self._runs[run.id] = live.RunWork(run, task, due_at)
        else:
            known.run, known.task = run, task or known.task
        self.stir()

    def keep_told(self, told: notice.Notice, now: datetime, how: rules.Rules) -> None:
        """A continuous task of a program goes on, in these words."""
        known = self._told.get(told.key)
        run = self._runs.get(told.run_id or "")
        if run is not None:
            # So that the run itself is not shown beside it.
            told = msgspec.structs.replace(told, task_id=run.task_id)
        if known is None:
            self._told[told.key] = live.ToldWork(told, now)
            self.stir()
        else:
            known.told = told
            self._move(how)

    def progressed(self, run_id: str, figure: progress.Progress, how: rules.Rules) -> None:
        """Figures of a run moved."""
        known = self._runs.get(run_id)
        if known is not None:
            known.run = msgspec.structs.replace(known.run, progress=figure)
            self._move(how)

    def edited(self, task: tasks.Task) -> None:
        """A task was changed; its runs go on."""
        for work in self._runs.values():
            if work.task_id == task.id:
                work.task = task
                self.stir()

    def ended(self, run_id: str) -> None:
        """A run is over."""
        if self._runs.pop(run_id, None) is not None:
            self.stir()

    def ended_told(self, key: str) -> None:
        """A continuous task is over."""
        if self._told.pop(key, None) is not None:
            self.stir()

    def _move(self, how: rules.Rules) -> None:
        # In quiet hours nothing moves.
        if not self._was_quiet:
            self._wake(self._looked_at + timedelta(seconds=how.progress_every_s))

    def _wake(self, at: datetime) -> None:
        self._wake_at = at if self._wake_at is None else min(self._wake_at, at)

    # What is shown

    def close(self, key: str, outcome: notice.Outcome) -> orders.Withdraw:
        """Take down what is up."""
        del self._up[key]
        return orders.Withdraw(key=key, outcome=outcome)

    def expired(self, key: str) -> orders.Withdraw:
        """The desktop took it down; nobody asked for that, and nothing ends."""
        shown = self._up[key]
        self._gone[key] = None if shown.wanted.may_wait else shown.stance
        return self.close(key, notice.Outcome.EXPIRED)

    def acted(self, key: str) -> None:
        """The person did something to it: if it is taken down for that, it comes again at once."""
        self._up[key] = msgspec.structs.replace(self._up[key], again_at=None)

    def withdrawn(self, key: str) -> None:
        """The desktop took it down, as many do after an action, but the work goes on, and its
        notice with it (concepts R103).
        """
        self._up[key] = msgspec.structs.replace(self._up[key], is_away=True)
        self.stir()

    def dismissed(self, key: str) -> Iterator[orders.Order]:
        """The person took it down: it stays away, and continuous work ends (concepts R104)."""
        shown = self._up[key]
        for work in shown.wanted.works:
            work.is_hidden = True
        self.stir()
        yield self.close(key, notice.Outcome.REMOVED)
        if shown.told.ends_work:
            yield orders.Act(
                action=notice.Action.CANCEL,
                run_id=shown.told.run_id,
                task_id=shown.told.task_id,
                continuous_id=shown.told.continuous_id,
                reason=reasons.Code.USER_REMOVED_NOTICE,
            )

    def settle(self, now: datetime, how: rules.Rules, is_quiet: bool) -> Iterator[orders.Order]:
        """What is to be done now, so that what is up is what should be."""
        is_due = self._wake_at is not None and not self._looked_at <= now < self._wake_at
        if not is_due and is_quiet is self._was_quiet:
            return
        self._was_quiet, self._looked_at, self._wake_at = is_quiet, now, None
        wanted = self._wanted(now, how, is_quiet)
        for key in [key for key in self._up if key not in wanted]:
            yield self.close(key, notice.Outcome.CLEARED)
        self._gone = {key: stance for key, stance in self._gone.items() if key in wanted}
        self._held = self._held & wanted.keys() if is_quiet else set()
        for one in wanted.values():
            yield from self._hold(one, now) if is_quiet else self._show(one, now, how)

    def _wanted(self, now: datetime, how: rules.Rules, is_quiet: bool) -> dict[str, live.Wanted]:
        ready: list[live.Work] = list(self._told.values())
        longest = timedelta(seconds=how.live_after_s)
        for work in self._runs.values():
            if not work.is_wanted(how):
                continue
            # More than the whole wait is left only where the clock was set back.
            if timedelta(0) < work.due_at - now <= longest:
                self._wake(work.due_at)
            else:
                ready.append(work)
        works = live.one_each(ready)
        if not is_quiet:
            # Once it sums up it goes on to, while there is more than one: with work that comes
            # and goes it would change for ever.
            most = min(1, how.most_live) if self._sums_up else how.most_live
            self._sums_up = len(works) > most
        if self._sums_up and works:
            return {live.ALL: live.Wanted(live.ALL, tuple(works))}
        return {key: live.Wanted(key, (work,)) for key, work in self._keyed(works).items()}

    def _keyed(self, works: Iterable[live.Work]) -> dict[str, live.Work]:
        alive = {work.task_id for work in self._runs.values()}
        self._keys = {task: key for task, key in self._keys.items() if task in alive}
        found = dict[str, live.Work]()
        for work in works:
            key = work.key
            if isinstance(work, live.RunWork):
                # A hundred runs of one task that end in turn are not a hundred notices.
                key = self._keys.setdefault(work.task_id, key)
            found[key] = work
        return found

    def _hold(self, wanted: live.Wanted, now: datetime) -> Iterator[orders.Order]:
        key = wanted.key
        if key not in self._up and key not in self._held and key not in self._gone:
            self._held.add(key)
            yield orders.HoldBack(notice=wanted.make(now), why=news.QUIET)

    def _show(self, wanted: live.Wanted, now: datetime, how: rules.Rules) -> Iterator[orders.Order]:
        key, told, stance = wanted.key, wanted.make(now), wanted.stance
        shown = self._up.get(key)
        if shown is not None:
            again_at = now if shown.is_away else shown.again_at
            after = live.Shown(told, wanted, stance, now, now, again_at=again_at)
            update = self._show_again if shown.is_away else self._update
            yield from update(shown, after, how)
        elif key not in self._gone or self._gone[key] not in (None, stance):
            self._gone.pop(key, None)
            self._up[key] = live.Shown(told, wanted, stance, now, now)
            yield orders.Show(notice=told)

    def _show_again(
        self, before: live.Shown, after: live.Shown, _how: rules.Rules
    ) -> Iterator[orders.Order]:
        # A service that takes down whatever it is given would be asked for ever.
        is_same = after.wanted.may_wait or before.stance == after.stance
        if is_same and before.again_at is not None:
            ready_at = live.wait(before.again_at, after.at, _FULL_EVERY)
            if ready_at is not None:
                self._wake(ready_at)
                return
        self._up[after.wanted.key] = after
        yield orders.Show(notice=after.told)

    def _update(
        self, before: live.Shown, after: live.Shown, how: rules.Rules
    ) -> Iterator[orders.Order]:
        now, key, may_wait = after.at, after.wanted.key, after.wanted.may_wait
        stands = before.stance == after.stance
        full_at = live.wait(before.stood_at, now, _FULL_EVERY) if may_wait and not stands else None
        moves_only = stands or full_at is not None
        if full_at is not None:
            self._wake(full_at)
        if moves_only:
            ready_at = live.wait(before.at, now, timedelta(seconds=how.progress_every_s))
            if before.is_same(after.told):
                self._up[key] = msgspec.structs.replace(before, wanted=after.wanted)
                return
            if ready_at is not None:
                self._wake(ready_at)
                return
            after = msgspec.structs.replace(after, stance=before.stance, stood_at=before.stood_at)
        self._up[key] = after
        yield orders.Show(notice=after.told, is_update=True, moves_only=moves_only)

"""The desk: hears what happens, and says which notices to show, change, take down and keep back.

It has no clock of its own. After each call `next_at` says when `tick` is wanted; beside that it is
wanted when quiet hours begin or end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from bgtasks_gui.core import events, runs, tasks
from bgtasks_gui.core.notices import board, news, notice, orders, reminders, surface, words
from bgtasks_gui.core.notices import rules as ruling

_A = notice.Action


class Desk:
    """All that is told, and all that is up."""

    def __init__(self, rules: ruling.Rules | None = None) -> None:
        self._rules = rules or ruling.Rules()
        self._board = board.Board()
        self._news = news.News()
        self._reminders = reminders.Reminders()
        #: What is told of each run that needs the person.
        self._needing: dict[str, notice.Notice] = {}
        self._is_quiet = False
        self._held_back = 0

    @property
    def rules(self) -> ruling.Rules:
        return self._rules

    @rules.setter
    def rules(self, rules: ruling.Rules) -> None:
        """Takes effect with the next call; `next_at` asks for one."""
        self._rules = rules
        self._board.stir()

    @property
    def next_at(self) -> datetime | None:
        """When `tick` is wanted; None while nothing waits."""
        found = (self._board.next_at, self._news.next_at, self._reminders.next_at)
        return min((at for at in found if at is not None), default=None)

    @property
    def up(self) -> tuple[notice.Notice, ...]:
        """All that should be shown now: for a surface that comes, or comes back."""
        return (*self._board.up.values(), *self._news.up.values())

    @property
    def held_back(self) -> int:
        """How many notices were kept back."""
        return self._held_back

    def take_untold(self) -> tuple[str, ...] | None:
        """The runs of news that is not told yet; None where they are the same as before."""
        return self._news.take_untold()

    def hear(
        self, event: events.AnyEvent, task: tasks.Task | None, now: datetime, is_quiet: bool
    ) -> tuple[orders.Order, ...]:
        """Something happened, to this task where it is about one.

        Runs that go on when the agent starts are told as `RunChanged`.
        """
        found: list[orders.Order] = []
        match event:
            case events.RunProgressed():
                self._board.progressed(event.run_id, event.progress, self._rules)
            case events.RunWarned():
                self._warn(event, task, now)
            case events.RunEvent():
                found += self._hear_run(event.run, task, now)
            case events.TaskRemoved():
                found += self._news.forget_task(event.standing.task.id)
            case events.TaskEvent():
                self._board.edited(event.standing.task)
            case _:
                # Nothing is told of what a run prints, nor of the machine.
                pass
        return self._settle(found, now, is_quiet)

    def look(
        self,
        going: Iterable[tuple[runs.Run, tasks.Task | None]],
        now: datetime,
        is_quiet: bool,
    ) -> tuple[orders.Order, ...]:
        """These runs go on, as they stand now; the same as to hear of each."""
        found: list[orders.Order] = []
        for run, task in going:
            found += self._hear_run(run, task, now)
        return self._settle(found, now, is_quiet)

    def tick(self, now: datetime, is_quiet: bool) -> tuple[orders.Order, ...]:
        """Time has passed, or quiet hours began or ended."""
        return self._settle([], now, is_quiet)

    def continuous(
        self, number: int, told: notice.Notice | None, now: datetime, is_quiet: bool | None = None
    ) -> tuple[orders.Order, ...]:
        """A continuous task of a program has this to tell of itself; None: it is over.

        Without a word about quiet hours they are as they were.
        """
        key = f"continuous:{number}"
        if told is None:
            self._board.ended_told(key)
        else:
            # Whatever it says, to dismiss it ends it (concepts R104).
            whole = msgspec.structs.replace(
                told, key=key, kind=notice.Kind.LIVE, continuous_id=number, is_resident=True,
                ends_work=True,
            )  # fmt: skip
            self._board.keep_told(whole, now, self._rules)
        return self._settle([], now, self._is_quiet if is_quiet is None else is_quiet)

    def ended(
        self, number: int, told: notice.Notice, now: datetime, is_quiet: bool
    ) -> tuple[orders.Order, ...]:
        """A continuous task of a program was ended by somebody else than the person."""
        self._board.ended_told(f"continuous:{number}")
        if self._rules.policy is not tasks.NoticePolicy.NEVER:
            self._tell(told, told.title, now)
        return self._settle([], now, is_quiet)

    def heard(self, heard: surface.Heard, now: datetime) -> tuple[orders.Order, ...]:
        """The person did something to a notice, or it is closed.

        One that is not up is none of ours, and one that is lost with its service, or was taken
        down after an action, is still to be shown: none of that is an answer.
        """
        live, told = self._board.up.get(heard.key), self._news.up.get(heard.key)
        found: list[orders.Order] = []
        if live is not None:
            found += self._heard_live(live, heard)
        elif told is not None:
            found += self._heard_news(told, heard, now)
        return self._settle(found, now, self._is_quiet)

    # What happened

    def _hear_run(
        self, run: runs.Run, task: tasks.Task | None, now: datetime
    ) -> Iterator[orders.Order]:
        if run.has_ended:
            self._board.ended(run.id)
        elif run.started_at is not None:
            self._board.keep(run, task, now, self._rules)
        yield from self._hear_needs(run, task, now)
        yield from self._hear_question(run, task, now)
        if not run.has_ended:
            return
        yield from self._news.retract(f"{notice.Kind.WARNING}:{run.id}")
        kind = self._rules.told_end(run, task)
        if kind is not None:
            self._tell(words.ended(run, task, kind, now), run.task_name, now)

    def _hear_needs(
        self, run: runs.Run, task: tasks.Task | None, now: datetime
    ) -> Iterator[orders.Order]:
        before = self._needing.pop(run.id, None)
        if self._rules.needs_person(run, task):
            told = words.needs_you(run, task, now)
            if before is None or msgspec.structs.replace(told, at=before.at) != before:
                self._tell(told, run.task_name, now)
                before = told
            self._needing[run.id] = before
        elif before is not None:
            yield from self._news.retract(before.key)

    def _hear_question(
        self, run: runs.Run, task: tasks.Task | None, now: datetime
    ) -> Iterator[orders.Order]:
        if task is not None and self._rules.asks_person(run, task):
            self._reminders.ask(run, task, now)
            return
        key = self._reminders.answered(run)
        if key is not None:
            yield from self._news.retract(key)

    def _warn(self, event: events.RunWarned, task: tasks.Task | None, now: datetime) -> None:
        if self._rules.policy_for(task) is not tasks.NoticePolicy.NEVER:
            told = words.warned(event.run, task, event.warning, now)
            self._tell(told, event.run.task_name, now)

    def _tell(self, told: notice.Notice, name: str, now: datetime) -> None:
        self._news.add(told, name, now, self._rules)

    # What the person did

    def _heard_live(self, live: notice.Notice, heard: surface.Heard) -> Iterator[orders.Order]:
        if heard.action is not None:
            self._board.acted(live.key)
            yield from _act(live, heard)
        match heard.closed:
            case surface.Closed.DISMISSED:
                yield from self._board.dismissed(live.key)
            case surface.Closed.EXPIRED:
                yield self._board.expired(live.key)
            case surface.Closed.WITHDRAWN:
                self._board.withdrawn(live.key)

    def _heard_news(
        self, told: notice.Notice, heard: surface.Heard, now: datetime
    ) -> Iterator[orders.Order]:
        is_question = told.task_id is not None and told.key == reminders.key_of(told.task_id)
        if is_question and told.task_id is not None:
            told = msgspec.structs.replace(told, run_id=self._reminders.newest(told.task_id))
        done = tuple(_act(told, heard))
        is_over = bool(done) or heard.closed is surface.Closed.DISMISSED
        if is_question and told.task_id is not None:
            if heard.action is _A.SNOOZE:
                # Put off here, so nothing is left to do.
                done = ()
                self._reminders.put_off(told.task_id, self._snoozed(now))
            elif is_over and not done:
                self._reminders.put_off(told.task_id, None)
        yield from done
        if is_over:
            # What led to an action has done its work.
            yield self._news.close(told.key, notice.Outcome.REMOVED)
        elif heard.closed is surface.Closed.EXPIRED:
            yield self._news.close(told.key, notice.Outcome.EXPIRED)

    def _snoozed(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._rules.snooze_s)

    # What follows

    def _settle(
        self, found: list[orders.Order], now: datetime, is_quiet: bool
    ) -> tuple[orders.Order, ...]:
        self._is_quiet = is_quiet
        for question, name in self._reminders.settle(now):
            self._tell(question, name, now)
        found += self._board.settle(now, self._rules, is_quiet)
        found += self._news.settle(now, self._rules, is_quiet)
        self._held_back += sum(isinstance(order, orders.HoldBack) for order in found)
        return tuple(found)


def _act(told: notice.Notice, heard: surface.Heard) -> Iterator[orders.Order]:
    """What a button does; one that the notice does not have any more does nothing."""
    action = heard.action
    if action is not None and (action is _A.SHOW or action in told.actions):
        yield orders.Act(
            action=action,
            run_id=told.run_id,
            task_id=told.task_id,
            continuous_id=told.continuous_id,
            token=heard.token,
        )

"""The desk hears anything in any order; what a surface would show of it always makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bgtasks_gui.core import events, overlap, progress, reasons, runs, tasks
from bgtasks_gui.core.notices import desk, notice, orders, rules, surface
from tests.core import samples

K, S, P = notice.Kind, runs.RunState, tasks.NoticePolicy
SECOND = timedelta(seconds=1)
#: What a service takes down again and again comes back no more often, where nothing is new.
AGAIN = 10 * SECOND
ASK = tasks.Missed(policy=tasks.MissedPolicy.ASK)


def make_task(number: int, **fields: object) -> tasks.Task:
    return samples.make_task(id=samples.run_id(10_000 + number), name=f"task {number}", **fields)


TASKS = (
    *(make_task(number, kind="download") for number in range(4)),
    make_task(4, modes=("audioPlayback",)),
    make_task(5, notice=P.ALWAYS, group="work"),
    make_task(6, notice=P.NEVER, kind="download"),
    make_task(7, missed=ASK),
)
LOUD = TASKS[5]
WHY = {
    S.SUSPENDED: ("user_suspend", "address_expired", "resource_revoked", "condition_loss"),
    S.FAILED: ("connection", "exit_status"),
    S.CANCELED: ("user_cancel", "user_removed_notice", "time_limit", "replaced"),
    S.MISSED: ("missed_asleep", "declined"),
}
ONE_EACH = (K.LIVE, K.FAILED, K.ENDED, K.WARNING)
KINDS = st.sampled_from(TASKS)
SPANS = st.sampled_from([0, 0.1, 0.5, 1, 2, 30, 100_000])


class Shown(NamedTuple):
    told: notice.Notice
    at: datetime


class Telling(RuleBasedStateMachine):
    """A desk, the work it hears of, and a surface that does as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = desk.Desk()
        self.now = samples.NOW
        self.is_quiet = False
        self.runs: dict[str, runs.Run] = {}
        self.tasks: dict[str, tasks.Task] = {}
        self.shown: dict[str, Shown] = {}
        self.continuous: set[int] = set()
        self.count = self.held = self.failures = self.told_failures = 0
        #: Of each digest, how many failures it has told of.
        self.digests: dict[str, int] = {}
        #: Live notices that the person dismissed.
        self.dismissed: set[str] = set()
        #: Those that the service took down for itself, though the work goes on.
        self.away: dict[str, Shown] = {}
        #: When they came back last, unless the person has done something to them since.
        self.again_at: dict[str, datetime] = {}

    # What a surface does with it

    def take(self, found: tuple[orders.Order, ...]) -> tuple[orders.Order, ...]:
        for order in found:
            match order:
                case orders.Show():
                    self.show(order)
                case orders.Withdraw(key=key):
                    assert (key in self.shown) is not (key in self.away)
                    self.again_at.pop(key, None)
                    del (self.away if key in self.away else self.shown)[key]
                case orders.HoldBack():
                    assert self.is_quiet
                    self.held += 1
        assert self.desk.next_at is None or self.desk.next_at > self.now
        return found

    def show(self, order: orders.Show) -> None:
        told, before = order.notice, self.shown.get(order.notice.key)
        assert not self.is_quiet
        assert told.key not in self.dismissed
        assert order.is_update is (before is not None)
        if told.key in self.away:
            self.show_again(told, self.away.pop(told.key).told)
        if order.moves_only:
            assert before is not None
            assert self.now - before.at >= SECOND
        assert told.title
        assert told.body
        self.shown[told.key] = Shown(told, self.now)
        if told.kind is K.FAILED:
            self.told_failures += 1
        elif told.kind is K.DIGEST:
            number = failed_of(told.title)
            self.told_failures += number - self.digests.get(told.key, 0)
            self.digests[told.key] = number

    def show_again(self, told: notice.Notice, before: notice.Notice) -> None:
        came_at = self.again_at.get(told.key)
        if came_at is not None and self.now < came_at + AGAIN:
            assert told.run_id is not None
            assert msgspec.structs.replace(told, at=before.at) != before
        self.again_at[told.key] = self.now

    # What happens

    def hear(self, run: runs.Run) -> tuple[orders.Order, ...]:
        before = self.runs.get(run.id)
        self.runs[run.id] = run
        task = self.tasks[run.id]
        ends = self.desk.rules.told_end(run, task) if run.has_ended else None
        self.failures += ends is K.FAILED
        event = events.of_move(before.state if before else None, run, self.now)
        return self.take(self.desk.hear(event, task, self.now, self.is_quiet))

    def begin(self, task: tasks.Task, **fields: object) -> runs.Run:
        self.count += 1
        run = samples.make_run(
            self.count, task_id=task.id, task_name=task.name, kind=task.kind, **fields
        )
        self.tasks[run.id] = task
        return run

    def alive(self) -> list[runs.Run]:
        return [run for run in self.runs.values() if not run.has_ended]

    @rule(task=KINDS)
    def a_run_is_asked_for(self, task: tasks.Task) -> None:
        self.hear(self.begin(task, firing=samples.make_firing(caught_up=True)))

    @rule(task=KINDS, ago=st.sampled_from([0, 60]))
    def a_run_begins(self, task: tasks.Task, ago: int) -> None:
        started_at = self.now - timedelta(seconds=ago)
        self.hear(self.begin(task, state="running", started_at=started_at))

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def a_run_moves(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self.alive()))
        to = data.draw(st.sampled_from([run.state, *sorted(runs.MOVES[run.state])]))
        code = data.draw(st.sampled_from(WHY[to])) if to in WHY else None
        self.hear(self.moved(run, to, code))

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), code=st.sampled_from(["address_expired", "resource_revoked"]))
    def a_run_gets_stuck(self, data: st.DataObject, code: str) -> None:
        run = data.draw(st.sampled_from(self.alive()))
        if S.SUSPENDED in runs.MOVES[run.state]:
            self.hear(self.moved(run, S.SUSPENDED, code))
            self.time_passes(1)

    def moved(self, run: runs.Run, to: S, code: str | None) -> runs.Run:
        started = run.started_at or (self.now if to is S.RUNNING else None)
        reason = None if code is None else samples.make_reason(code)
        return msgspec.structs.replace(run, state=to, reason=reason, started_at=started)

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), done=st.integers(min_value=0, max_value=100))
    def a_run_comes_further(self, data: st.DataObject, done: int) -> None:
        run = data.draw(st.sampled_from(self.alive()))
        figure = progress.Progress(done=done, total=100, unit="bytes")
        moved = events.RunProgressed(
            at=self.now, run_id=run.id, task_id=run.task_id, progress=figure
        )
        self.take(self.desk.hear(moved, self.tasks[run.id], self.now, self.is_quiet))

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def a_run_is_warned(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self.alive()))
        warned = events.RunWarned(at=self.now, run=run, warning="90 % is used up")
        self.take(self.desk.hear(warned, self.tasks[run.id], self.now, self.is_quiet))

    @rule(number=st.integers(min_value=1, max_value=3), text=st.sampled_from("ab"))
    def a_program_tells(self, number: int, text: str) -> None:
        self.continuous.add(number)
        told = notice.Notice(key="", kind=K.LIVE, at=self.now, title="Player", body=text)
        self.take(self.desk.continuous(number, told, self.now))

    @rule(number=st.integers(min_value=1, max_value=3))
    def a_program_stops(self, number: int) -> None:
        self.continuous.discard(number)
        self.dismissed.discard(f"continuous:{number}")
        self.take(self.desk.continuous(number, None, self.now))

    @rule(span=SPANS)
    def time_passes(self, span: float) -> None:
        self.now += timedelta(seconds=span)
        self.take(self.desk.tick(self.now, self.is_quiet))

    @precondition(lambda self: self.desk.next_at is not None)
    @rule()
    def its_time_comes(self) -> None:
        assert self.desk.next_at is not None
        self.now = self.desk.next_at
        self.take(self.desk.tick(self.now, self.is_quiet))

    @rule()
    def quiet_hours_turn(self) -> None:
        self.is_quiet = not self.is_quiet
        self.take(self.desk.tick(self.now, self.is_quiet))

    @rule(policy=st.sampled_from(list(P)), most=st.integers(min_value=0, max_value=4))
    def the_person_chooses(self, policy: P, most: int) -> None:
        self.desk.rules = rules.Rules(policy=policy, groups={"work": P.NEVER}, most_live=most)
        self.take(self.desk.tick(self.now, self.is_quiet))

    @precondition(lambda self: not self.is_quiet)
    @rule(number=st.integers(min_value=5, max_value=40))
    def much_fails_at_once(self, number: int) -> None:
        self.time_passes(100)
        found: list[orders.Order] = []
        for _ in range(number):
            self.now += SECOND / number
            run = self.begin(LOUD, state="failed", reason=samples.make_reason("connection"))
            found += self.hear(run)
        self.now += SECOND
        found += self.take(self.desk.tick(self.now, is_quiet=False))
        kinds = [order.notice.kind for order in found if isinstance(order, orders.Show)]
        assert (kinds.count(K.DIGEST), kinds.count(K.FAILED)) == (1, 0)

    # What the person does

    @rule(data=st.data(), action=st.sampled_from(list(notice.Action)))
    def a_button_is_pressed(self, data: st.DataObject, action: notice.Action) -> None:
        key = data.draw(st.sampled_from([*sorted(self.shown), "failed:none"]))
        before = self.shown.get(key)
        self.again_at.pop(key, None)
        wanted = [before.told.run_id] if before is not None else []
        if key.startswith("missed:") and before is not None:
            wanted = self.asking(before.told)
        found = self.take(self.desk.heard(surface.Heard(key=key, action=action), self.now))
        acts = [order for order in found if isinstance(order, orders.Act)]
        if before is None or action not in (notice.Action.SHOW, *before.told.actions):
            assert acts == []
        elif action is not notice.Action.SNOOZE:
            assert [act.action for act in acts] == [action]
            assert acts[0].run_id in wanted

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), closed=st.sampled_from(list(surface.Closed)))
    def a_notice_is_closed(self, data: st.DataObject, closed: surface.Closed) -> None:
        key = data.draw(st.sampled_from(sorted(self.shown)))
        told = self.shown[key].told
        if closed is surface.Closed.DISMISSED and told.kind is K.LIVE and key != "live:all":
            self.dismissed.add(key)
        is_withdrawn = closed is surface.Closed.WITHDRAWN and told.kind is K.LIVE
        if is_withdrawn:
            self.away[key] = self.shown.pop(key)
        found = self.take(self.desk.heard(surface.Heard(key=key, closed=closed), self.now))
        acts = [order for order in found if isinstance(order, orders.Act)]
        if closed is surface.Closed.DISMISSED and told.ends_work:
            (act,) = acts
            assert (act.action, act.reason) == (
                notice.Action.CANCEL, reasons.Code.USER_REMOVED_NOTICE
            )  # fmt: skip
            assert (act.run_id, act.continuous_id) == (told.run_id, told.continuous_id)
        else:
            assert acts == []
        if is_withdrawn:
            assert [type(order) for order in found] in ([], [orders.Show])

    # What always holds

    @invariant()
    def the_desk_knows_what_is_up(self) -> None:
        assert {told.key: told for told in self.desk.up} == {
            key: shown.told for key, shown in (self.shown | self.away).items()
        }

    @invariant()
    def what_was_taken_down_for_nothing_comes_back_at_once(self) -> None:
        for key in [] if self.is_quiet else self.away:
            assert self.now < self.again_at[key] + AGAIN

    @invariant()
    def of_a_task_there_is_one_of_each(self) -> None:
        seen = [
            (told.kind, told.task_id) for told in self.up()
            if told.kind in ONE_EACH and told.task_id is not None
        ]  # fmt: skip
        assert len(seen) == len(set(seen))

    @invariant()
    def nothing_live_is_up_of_what_is_over_or_needs_the_person(self) -> None:
        needing = {told.run_id for told in self.up() if told.kind is K.NEEDS_YOU}
        for told in self.up():
            if told.kind is K.LIVE and told.run_id is not None:
                assert not self.runs[told.run_id].has_ended
                assert told.run_id not in needing
            if told.continuous_id is not None:
                assert told.continuous_id in self.continuous

    @invariant()
    def what_needs_the_person_still_does(self) -> None:
        for told in self.up():
            if told.kind is K.NEEDS_YOU and told.run_id is not None:
                run = self.runs[told.run_id]
                if told.key.startswith("missed:"):
                    assert self.asking(told)
                else:
                    assert run.state is S.SUSPENDED
                    assert run.reason is not None
                    assert run.reason.actor != "user"

    @invariant()
    def live_notices_are_few(self) -> None:
        live = [told for told in self.up() if told.kind is K.LIVE]
        if "live:all" in self.shown:
            assert len(live) == 1
        if not self.is_quiet:
            assert len(live) <= max(self.desk.rules.most_live, 1)

    @invariant()
    def what_is_held_back_is_counted(self) -> None:
        assert self.desk.held_back == self.held

    def asking(self, told: notice.Notice) -> list[str]:
        """The runs of its task that wait for an answer."""
        return [
            run.id
            for run in self.alive()
            if run.task_id == told.task_id and overlap.is_unanswered(self.tasks[run.id], run)
        ]

    def up(self) -> Iterator[notice.Notice]:
        return (shown.told for shown in self.shown.values())

    def teardown(self) -> None:
        self.is_quiet = False
        for _ in range(3):
            self.time_passes(2)
        # Each failure was told exactly once, by itself or in a digest.
        assert self.told_failures == self.failures


def failed_of(title: str) -> int:
    """Of how many failures the title of a digest tells."""
    found = re.search(r"(\d+)(?: runs?)? failed", title)
    return int(found[1]) if found else 0


Telling.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTelling = Telling.TestCase

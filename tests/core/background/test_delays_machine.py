"""Owners ask, leave and come back in any order: the book agrees with one that counts seconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bgtasks_gui.core.background import budgets, codes, delays
from tests.core.samples import NOW

S = timedelta(seconds=1)
DAY_S = 86_400
OWNERS = st.sampled_from(["editor", "player"])
CALLBACKS = st.sampled_from(["a", "b", "c", "d"])
RUNS = st.sampled_from([None, "run 1", "run 2"])
STEPS = st.sampled_from([1, 4, 5, 6, 16, 30, 54, 60, 174, 180, 584, 43_000, DAY_S])


@dataclass
class Asked:
    id: int
    owner: str
    callback: str
    run: str | None
    left: int
    warned: bool = False


@dataclass
class Naive:
    """Counts every second on its own."""

    second: int = 0
    next_id: int = 1
    screen: bool = True
    front: set[str] = field(default_factory=set)
    left_at: dict[str, int] = field(default_factory=dict)
    used: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    open: list[Asked] = field(default_factory=list)
    over: list[int] = field(default_factory=list)

    def counting(self) -> list[Asked]:
        return [one for one in self.open if one.owner not in self.front or not self.screen]

    def pass_by(self, seconds: int) -> None:
        end = self.second + seconds
        while self.second < end and self.counting():
            for one in self.counting():
                self.used[one.owner].add(self.second)
                one.left -= 1
            self.over += [one.id for one in self.open if one.left == 0]
            self.open = [one for one in self.open if one.left]
            self.second += 1
        self.second = end

    def of(self, owner: str) -> list[Asked]:
        return [one for one in self.open if one.owner == owner]

    def spent(self, owner: str) -> list[int]:
        return sorted(at for at in self.used[owner] if at >= self.second - DAY_S)

    def refusal(self, owner: str, callback: str) -> codes.Causes | None:
        if callback in [one.callback for one in self.of(owner)]:
            return codes.Causes.CALLBACK_IN_USE
        if self.second - self.left_at.get(owner, self.second) > 5:
            return codes.Causes.TOO_LATE
        if len(self.of(owner)) == 3:
            return codes.Causes.TOO_MANY_DELAYS
        return codes.Causes.USED_UP if 600 - len(self.spent(owner)) < 16 else None


class Delays(RuleBasedStateMachine):
    """The book beside the naive one."""

    def __init__(self) -> None:
        super().__init__()
        self.book = delays.Book()
        self.naive = Naive()
        self.start = NOW

    @property
    def now(self) -> datetime:
        return self.start + self.naive.second * S

    @rule(seconds=STEPS)
    def time_passes(self, seconds: int) -> None:
        self.naive.pass_by(seconds)

    @rule(owner=OWNERS, callback=CALLBACKS, run=RUNS, low=st.booleans())
    def ask(self, owner: str, callback: str, run: str | None, low: bool) -> None:
        cause = self.naive.refusal(owner, callback)
        asked = (owner, "saving", callback)
        more = {"run_id": run, "now": self.now, "is_low_battery": low}
        if cause is not None:
            with pytest.raises(codes.DelayRefused) as caught:
                self.book.request(*asked, **more)
            assert caught.value.cause is cause.value
            return
        granted = min(60 if low else 180, 600 - len(self.naive.spent(owner)))
        delay = self.book.request(*asked, **more)
        assert (delay.id, delay.granted) == (self.naive.next_id, granted * S)
        self.naive.open.append(Asked(delay.id, owner, callback, run, granted))
        self.naive.next_id += 1

    @rule(number=st.integers(-1, 12), owner=OWNERS)
    def cancel(self, number: int, owner: str) -> None:
        found = [one for one in self.naive.of(owner) if one.id == number]
        if found:
            assert self.book.cancel(number, owner, self.now).left == found[0].left * S
            self.naive.open.remove(found[0])
            return
        with pytest.raises(codes.BadParameter if number <= 0 else codes.DelayCallerRefused):
            self.book.cancel(number, owner, self.now)

    @rule(owner=OWNERS, front=st.booleans())
    def come_or_leave(self, owner: str, front: bool) -> None:
        self.book.set_front(owner, front, self.now)
        if front:
            self.naive.front.add(owner)
            self.naive.left_at.pop(owner, None)
        elif owner in self.naive.front:
            self.naive.front.remove(owner)
            self.naive.left_at[owner] = self.naive.second

    @rule(on=st.booleans())
    def switch_screen(self, on: bool) -> None:
        self.book.set_screen(on, self.now)
        self.naive.screen = on

    @rule(run=st.sampled_from(["run 1", "run 2"]))
    def end_run(self, run: str) -> None:
        # What ended before is told first, as the one who uses it does.
        self.tell()
        dropped = [one.id for one in self.naive.open if one.run == run]
        assert [delay.id for delay in self.book.drop_run(run, self.now)] == dropped
        self.naive.open = [one for one in self.naive.open if one.run != run]

    @rule()
    def tell(self) -> None:
        due = self.book.due(self.now)
        near = [one for one in self.naive.counting() if one.left <= 6 and not one.warned]
        assert [delay.id for delay in due.expiring] == [one.id for one in near]
        assert [delay.id for delay in due.ended] == sorted(self.naive.over)
        self.naive.over.clear()
        for one in near:
            one.warned = True

    @rule(away=STEPS)
    def restart(self, away: int) -> None:
        kept = self.book.encode(self.now)
        self.naive.front.clear()
        self.naive.screen = True
        self.naive.pass_by(away)
        self.book = delays.Book.decode(kept)

    @rule(seconds=STEPS)
    def set_clock_back(self, seconds: int) -> None:
        self.book.next_at(self.now)
        self.start -= seconds * S

    @invariant()
    def they_agree(self) -> None:
        known = {budget.owner: budget for budget in self.book.overview(self.now)}
        for owner in ("editor", "player"):
            spent, open_now = self.naive.spent(owner), self.naive.of(owner)
            assert (owner in known) == bool(spent or open_now)
            if owner in known:
                self.compare(known[owner], spent, open_now)

    def compare(self, budget: budgets.Budget, spent: list[int], open_now: list[Asked]) -> None:
        assert budget.used == len(spent) * S <= budget.limit
        assert [(delay.id, delay.left) for delay in budget.open] == [
            (one.id, one.left * S) for one in open_now
        ]
        frees_at = self.start + (spent[0] + DAY_S) * S if spent else None
        assert budget.frees_at == frees_at
        # So that no delay ever outlasts the ten minutes.
        assert all(delay.left <= budget.limit - budget.used for delay in budget.open)
        assert all(delay.remaining_ms > 0 for delay in budget.open)

    @invariant()
    def it_is_known_when_to_look_again(self) -> None:
        waits = [max(one.left - 6 * (not one.warned), 0) for one in self.naive.counting()]
        waits += [0 for _ in self.naive.over]
        expected = self.now + min(waits) * S if waits else None
        assert self.book.next_at(self.now) == expected


TestDelays = Delays.TestCase
TestDelays.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

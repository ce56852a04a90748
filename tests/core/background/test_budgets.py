from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.core.background import budgets, codes
from tests.core.samples import NOW

S = timedelta(seconds=1)
DAY = timedelta(days=1)


def delay(number: int = 1, left: int = 180, **changes: object) -> budgets.Delay:
    known = {
        "id": number, "owner": "editor", "reason": "saving", "callback": f"cb{number}",
        "run_id": None, "requested_at": NOW, "granted": 180 * S, "left": left * S,
    }  # fmt: skip
    return budgets.Delay(**(known | changes))


def account(**changes: object) -> budgets.Account:
    return budgets.Account(**({"as_of": NOW} | changes))


def span(start: int, end: int) -> budgets.Span:
    return budgets.Span(NOW + start * S, NOW + end * S)


def test_what_is_left_in_milliseconds() -> None:
    one = delay(granted=timedelta(seconds=90, microseconds=500_900), left=1)
    assert (one.granted_ms, one.remaining_ms) == (90_500, 1000)


def test_overlapping_delays_count_once_and_the_longest_is_the_measure() -> None:
    one = account(open=(delay(1, 30), delay(2, 50)))
    assert one.settle(NOW + 20 * S, counts=True) == ()
    assert one.used == 20 * S
    ended = one.settle(NOW + 1000 * S, counts=True)
    assert [(gone.id, gone.left) for gone in ended] == [(1, 0 * S), (2, 0 * S)]
    assert (one.used, one.spent) == (50 * S, (span(0, 50),))


def test_nothing_counts_in_front_or_without_a_delay() -> None:
    one = account(open=(delay(),))
    one.settle(NOW + 20 * S, counts=False)
    assert (one.used, one.open[0].left) == (0 * S, 180 * S)
    idle = account()
    idle.settle(NOW + 20 * S, counts=True)
    assert idle.spent == ()


def test_time_comes_back_a_day_later_piece_by_piece() -> None:
    one = account(spent=(span(0, 100), span(200, 500)))
    one.settle(NOW + 500 * S, counts=True)
    assert (one.used, one.frees_at()) == (400 * S, NOW + DAY)
    assert one.frees_at(100 * S) == NOW + DAY + 100 * S
    assert one.frees_at(150 * S) == NOW + DAY + 250 * S
    assert one.frees_at(401 * S) is None
    one.settle(NOW + DAY + 40 * S, counts=True)
    assert (one.used, one.frees_at()) == (360 * S, NOW + DAY + 40 * S)
    one.settle(NOW + DAY + 500 * S, counts=True)
    assert (one.used, one.spent, one.frees_at()) == (0 * S, (), None)


def test_a_clock_that_is_set_back_gives_nothing_back_and_takes_nothing() -> None:
    one = account(open=(delay(),))
    one.set_front(True)
    one.set_front(False)
    one.settle(NOW + 100 * S, counts=True)
    one.settle(NOW - 365 * DAY, counts=True)
    assert (one.used, one.open[0].left) == (100 * S, 80 * S)
    assert one.left_at == NOW - 365 * DAY - 100 * S
    one.settle(NOW - 365 * DAY + 10 * S, counts=True)
    assert (one.used, one.open[0].left) == (110 * S, 70 * S)
    assert len(one.spent) == 1
    assert one.frees_at() == NOW - 364 * DAY - 100 * S


def cause_of(one: budgets.Account, callback: str = "new") -> codes.Cause | None:
    with pytest.raises(codes.DelayRefused) as caught:
        one.require_room(callback)
    assert caught.value.number == 9900002
    return caught.value.cause


def test_a_callback_is_in_use_once() -> None:
    one = account(open=(delay(1),))
    assert cause_of(one, "cb1") is codes.Causes.CALLBACK_IN_USE.value
    one.require_room("cb2")


def test_five_seconds_after_the_front_it_is_too_late() -> None:
    one = account()
    one.set_front(True)
    one.settle(NOW + DAY, counts=False)
    one.require_room("new")
    one.set_front(False)
    one.settle(NOW + DAY + 5 * S, counts=True)
    one.require_room("new")
    one.settle(NOW + DAY + 5 * S + timedelta(milliseconds=1), counts=True)
    one.set_front(False)
    assert cause_of(one) is codes.Causes.TOO_LATE.value
    one.set_front(True)
    one.require_room("new")


def test_three_are_open_at_once() -> None:
    one = account(open=(delay(1), delay(2)))
    one.require_room("new")
    one.open += (delay(3),)
    assert cause_of(one) is codes.Causes.TOO_MANY_DELAYS.value


def test_sixteen_seconds_must_be_left() -> None:
    account(spent=(span(-584, 0),)).require_room("new")
    one = account(spent=(span(-10_000, -9_980), span(-565, 0)))
    assert cause_of(one) is codes.Causes.USED_UP.value
    with pytest.raises(codes.DelayRefused, match=r"are used up\. Ask again from Wed 25 Nov \d"):
        one.require_room("new")
    free = one.frees_at(S)
    assert free == NOW + DAY - 9_999 * S
    one.settle(free, counts=True)
    one.require_room("new")


def test_each_is_warned_of_once() -> None:
    one = account(open=(delay(1, 6), delay(2, 7)))
    assert [(near.id, near.is_warned, near.left) for near in one.warn()] == [(1, True, 6 * S)]
    assert one.warn() == ()
    assert [known.wait for known in one.open] == [6 * S, 1 * S]
    one.settle(NOW + 3 * S, counts=True)
    assert [near.id for near in one.warn()] == [2]


def test_what_is_worth_remembering() -> None:
    assert account().is_idle
    assert not account(is_front=True).is_idle
    assert not account(left_at=NOW).is_idle
    assert not account(spent=(span(0, 1),)).is_idle
    assert not account(open=(delay(),)).is_idle

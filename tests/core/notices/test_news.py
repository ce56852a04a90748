from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core.notices import news, notice, orders, rules
from tests.core.samples import NOW

K = notice.Kind
S = timedelta(seconds=1)
RULES = rules.Rules()


def piece(number: int, kind: notice.Kind = K.FAILED, task: int | None = None) -> notice.Notice:
    return notice.Notice(
        key=f"{kind}:{number}", kind=kind, at=NOW, title=f"{number} failed", body="So.",
        run_id=str(number), task_id=f"task {number if task is None else task}",
    )  # fmt: skip


class Told:
    """News with a hand on its clock; what it orders, in short."""

    def __init__(self) -> None:
        self.news = news.News()
        self.now = NOW

    def add(self, *told: notice.Notice) -> None:
        for one in told:
            self.news.add(one, one.title, self.now, RULES)

    def settle(self, after: timedelta = S, is_quiet: bool = False) -> list[str]:
        self.now += after
        return [short(order) for order in self.news.settle(self.now, RULES, is_quiet)]

    def retract(self, key: str) -> list[str]:
        return [short(order) for order in self.news.retract(key)]


def short(order: orders.Order) -> str:
    match order:
        case orders.Show():
            return f"{'update' if order.is_update else 'show'} {order.notice.key}"
        case orders.Withdraw():
            return f"{order.outcome} {order.key}"
        case orders.HoldBack():
            return f"hold {order.notice.key}"
    raise AssertionError(order)


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_few_are_told_one_by_one_when_the_burst_is_over(told: Told) -> None:
    told.add(piece(1), piece(2))
    assert told.news.next_at == NOW + S
    assert told.settle(S / 2) == []
    told.add(piece(3))
    assert told.settle(S / 2) == []
    assert told.settle(S / 2) == ["show failed:1", "show failed:2", "show failed:3"]
    assert told.news.next_at is None
    assert list(told.news.up) == ["failed:1", "failed:2", "failed:3"]


def test_more_are_one_digest(told: Told) -> None:
    told.add(*(piece(number) for number in range(500)))
    assert told.settle() == ["show digest:1"]
    assert told.news.up["digest:1"].title == "500 runs failed"


def test_a_burst_without_end_is_told_all_the_same(told: Told) -> None:
    shown = []
    for number in range(100):
        told.add(piece(number))
        shown += told.settle(S / 4)
    assert shown == ["show digest:1", "update digest:1"]
    assert told.news.up["digest:1"].title == "80 runs failed"


def test_a_digest_that_was_dismissed_or_is_old_grows_no_more(told: Told) -> None:
    told.add(*(piece(number) for number in range(4)))
    told.settle()
    told.news.close("digest:1", notice.Outcome.REMOVED)
    told.add(*(piece(number) for number in range(4)))
    assert told.settle() == ["show digest:2"]
    told.settle(timedelta(minutes=2))
    told.add(*(piece(number) for number in range(4)))
    assert told.settle() == ["show digest:3"]


def test_single_ones_that_come_and_come_are_one_digest_too(told: Told) -> None:
    shown = []
    for number in range(40):
        told.add(piece(number))
        shown += told.settle(2 * S)
    assert shown.count("show digest:1") == 1
    assert sum(order.startswith("show failed") for order in shown) == news.MOST_A_MINUTE
    assert shown[-1] == "update digest:1"


def test_a_clock_that_is_set_back_keeps_nothing(told: Told) -> None:
    told.add(piece(1))
    assert told.settle(-timedelta(hours=1)) == ["show failed:1"]


def test_of_a_task_only_the_newest_is_up(told: Told) -> None:
    told.add(piece(1, task=7))
    told.settle()
    told.add(piece(2, task=7), piece(3, K.NEEDS_YOU, task=7), piece(4, K.ENDED, task=7))
    assert told.settle() == [
        *("cleared failed:1", "show failed:2", "show needs_you:3", "show ended:4")
    ]


def test_the_same_again_takes_its_place(told: Told) -> None:
    told.add(piece(1, K.NEEDS_YOU))
    told.settle()
    told.add(piece(1, K.NEEDS_YOU))
    assert told.settle() == ["update needs_you:1"]
    told.add(*(piece(number, K.NEEDS_YOU) for number in range(4)))
    assert told.settle() == ["cleared needs_you:1", "show digest:1"]


def test_what_is_not_true_any_more_is_not_told_or_taken_down(told: Told) -> None:
    told.add(piece(1, K.NEEDS_YOU))
    assert told.retract("needs_you:1") == []
    assert told.news.next_at is None
    told.add(piece(2, K.NEEDS_YOU), piece(3, K.NEEDS_YOU))
    told.retract("needs_you:2")
    assert told.settle() == ["show needs_you:3"]
    assert told.retract("needs_you:3") == ["cleared needs_you:3"]
    assert told.news.up == {}


def test_not_too_many_are_up(told: Told) -> None:
    for number in range(news.MOST_UP + 1):
        told.add(piece(number, K.NEEDS_YOU))
        shown = told.settle(timedelta(minutes=1))
    assert shown == ["expired needs_you:0", f"show needs_you:{news.MOST_UP}"]


def test_quiet_hours_hold_all_back_and_one_digest_tells_it_after(told: Told) -> None:
    told.add(piece(1), piece(2), piece(3, K.NEEDS_YOU))
    assert told.settle(S * 0, is_quiet=True) == ["hold failed:1", "hold failed:2",
                                                "hold needs_you:3"]  # fmt: skip
    assert told.news.next_at is None
    assert told.settle(is_quiet=True) == []
    assert told.retract("needs_you:3") == []
    assert told.settle() == ["show digest:1"]
    assert told.news.up["digest:1"].body == "During quiet hours: 1 failed, 2 failed."
    assert told.settle() == []


def test_one_that_was_held_back_alone_tells_itself(told: Told) -> None:
    told.add(piece(1))
    told.settle(is_quiet=True)
    assert told.settle() == ["show failed:1"]


def test_nothing_is_told_where_all_that_was_held_back_passed(told: Told) -> None:
    told.add(piece(1, K.NEEDS_YOU))
    told.settle(is_quiet=True)
    told.retract("needs_you:1")
    assert told.settle() == []


def test_held_back_twice_is_told_once_and_the_older_state_is_taken_down(told: Told) -> None:
    told.add(piece(1, K.NEEDS_YOU))
    told.settle()
    told.add(piece(1, K.NEEDS_YOU))
    assert told.settle(is_quiet=True) == ["hold needs_you:1", "cleared needs_you:1"]
    told.add(piece(1, K.NEEDS_YOU), piece(2))
    told.settle(is_quiet=True)
    assert told.settle() == ["show digest:1"]
    assert told.news.up["digest:1"].title == "1 run failed, 1 needs you"


def one(kind: notice.Kind, number: int = 1) -> notice.Notice:
    return notice.Notice(key=f"{kind}:{number}", kind=kind, at=NOW, title="it", body="so",
                         run_id=str(number))  # fmt: skip


def count(**names: str) -> news.Tally:
    """A tally of names, each a letter."""
    counted = news.Tally()
    for kind, letters in names.items():
        for number, letter in enumerate(letters):
            counted.add(one(K(kind), number), letter)
    return counted


@pytest.mark.parametrize(
    ("names", "title", "body"),
    [
        ({"failed": "ABC", "ended": "DDDDDDDDD"}, "12 runs ended, 3 failed",
         "Failed: A, B and 1 other task. Done: D (9 times)."),
        ({"failed": "AAAAB"}, "5 runs failed", "A (4 times), B."),
        ({"ended": "ABCD"}, "4 runs ended", "A, B and 2 other tasks."),
        ({"needs_you": "AB"}, "2 need you", "A, B."),
        ({"needs_you": "A", "failed": "B", "warning": "C"}, "1 run failed, 1 needs you, 1 warning",
         "Failed: B. Need you: A. Warnings: C."),
        ({"warning": "CD"}, "2 warnings", "C, D."),
    ],
)  # fmt: skip
def test_many_are_told_in_one_and_what_failed_is_never_told_as_done(
    names: dict[str, str], title: str, body: str
) -> None:
    told = count(**names).sum_up("digest:7", NOW)
    assert (told.key, told.kind, told.title, told.body) == ("digest:7", K.DIGEST, title, body)


def test_it_says_of_when_it_tells() -> None:
    told = count(failed="AB").sum_up("digest:7", NOW, "During quiet hours")
    assert told.body == "During quiet hours: A, B."


def test_a_digest_stays_where_something_is_to_be_done() -> None:
    assert count(failed="AB").sum_up("digest:7", NOW).is_resident
    assert count(needs_you="AB").sum_up("digest:7", NOW).urgency == "normal"
    done = count(ended="AB").sum_up("digest:7", NOW)
    assert (done.is_resident, done.urgency) == (False, "low")


def test_one_alone_may_tell_itself() -> None:
    counted = news.Tally()
    counted.add(one(K.FAILED), "A")
    assert counted.only == one(K.FAILED)
    assert counted.sum_up("digest:7", NOW).title == "1 run failed"
    counted.add(one(K.FAILED), "A")
    assert counted.only is None


def test_a_click_leads_to_the_one_that_failed() -> None:
    assert count(failed="A", ended="BB").sum_up("digest:7", NOW).run_id == "0"
    assert count(failed="ABC").sum_up("digest:7", NOW).run_id is None


def test_what_is_no_news_any_more_is_not_counted() -> None:
    counted = count(needs_you="AAB")
    for name in "AB":
        counted.drop(K.NEEDS_YOU, name)
    assert counted.total == 1
    # Which one is left is not known any more.
    assert counted.only is None
    assert counted.sum_up("digest:7", NOW).title == "1 needs you"
    counted.drop(K.NEEDS_YOU, "A")
    assert (counted.total, counted.count(K.NEEDS_YOU)) == (0, 0)


def test_of_a_task_that_is_gone_nothing_can_be_run_again(told: Told) -> None:
    again = (notice.Action.RETRY, notice.Action.CANCEL)
    up, late, other = (
        msgspec.structs.replace(piece(number, task=task), actions=again)
        for number, task in ((1, 1), (2, 1), (3, 3))
    )
    told.add(up)
    assert told.settle() == ["show failed:1"]
    told.add(late, other)
    found = tuple(told.news.forget_task("task 1"))
    assert [short(order) for order in found] == ["update failed:1"]
    assert tuple(told.news.forget_task("task 1")) == ()
    told.settle()
    left = {key: one.actions for key, one in told.news.up.items()}
    assert left == {"failed:2": again[1:], "failed:3": again}


def test_of_which_runs_nothing_is_told_yet(told: Told) -> None:
    assert told.news.take_untold() is None
    told.add(piece(1), piece(2))
    assert told.news.take_untold() == ("1", "2")
    assert told.news.take_untold() is None
    told.settle(is_quiet=True)
    told.add(piece(3), piece(2), *map(piece, range(10, 10 + news.MOST_UNTOLD)))
    untold = told.news.take_untold()
    assert untold is not None
    # The newest, so that a night of failures stays small.
    assert (len(untold), untold[-1]) == (news.MOST_UNTOLD, str(9 + news.MOST_UNTOLD))
    told.settle(2 * S)
    assert told.news.take_untold() == ()

from __future__ import annotations

import pytest

from bgtasks_gui.core.notices import notice, tally
from tests.core.samples import NOW

K = notice.Kind


def piece(kind: notice.Kind, number: int = 1) -> notice.Notice:
    return notice.Notice(key=f"{kind}:{number}", kind=kind, at=NOW, title="it", body="so",
                         run_id=str(number))  # fmt: skip


def count(**names: str) -> tally.Tally:
    """A tally of names, each a letter."""
    counted = tally.Tally()
    for kind, letters in names.items():
        for number, letter in enumerate(letters):
            counted.add(piece(K(kind), number), letter)
    return counted


@pytest.mark.parametrize(
    ("names", "title", "body"),
    [
        ({"failed": "ABC", "ended": "DDDDDDDDD"}, "12 runs ended, 3 failed",
         "Failed: A, B and 1 more. Done: D (9 times)."),
        ({"failed": "AAAAB"}, "5 runs failed", "A (4 times), B."),
        ({"ended": "ABCD"}, "4 runs ended", "A, B and 2 more."),
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
    counted = tally.Tally()
    counted.add(piece(K.FAILED), "A")
    assert counted.only == piece(K.FAILED)
    assert counted.sum_up("digest:7", NOW).title == "1 run failed"
    counted.add(piece(K.FAILED), "A")
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

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import pytest

from bgtasks_gui.core.notices import notice as notices
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.columns import Words
from bgtasks_gui.gui.models.notices import notice_rows
from bgtasks_gui.gui.models.notices.notice_rows import NoticeRow
from bgtasks_gui.wire.notices import NoticeView
from tests.gui.fakes.notices import notice
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()
TITLES = {"freedesktop": "Desktop notifications"}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def said(column: str, told: NoticeView) -> Words:
    found = {one.name: one for one in notice_rows.columns(TITLES)}
    return found[column].words(NoticeRow(told), NOW)


@pytest.mark.parametrize("kind", [*map(str, notices.Kind), "unheard of"])
def test_every_kind_has_a_shape_and_a_word(kind: str) -> None:
    words = said("notice", notice(kind=kind))
    assert words.state in states.SHAPES
    assert words.meaning


def test_kinds_are_told_apart() -> None:
    found = [said("notice", notice(kind=str(kind))) for kind in notices.Kind]
    assert len({states.SHAPES[one.state].icon for one in found}) == len(notices.Kind)


def test_what_was_live_does_not_turn_for_ever() -> None:
    assert said("notice", notice(kind="live")).state == "running"
    assert said("notice", notice(kind="live", outcome="cleared")).state == "told"


def test_title_and_body_are_on_one_line_each() -> None:
    words = said("notice", notice(title="A\nname", body="65 % of\n\n1.2 GB"))
    assert words[:2] == ("A name", "65 % of 1.2 GB")


def test_every_outcome_has_a_word() -> None:
    assert set(notice_rows.OUTCOMES) == set(map(str, notices.Outcome))
    assert notice_rows.outcome(notice(outcome="lost"))[0] == "Lost"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (notice(), ("Shown", "")),
        (notice(surfaces=()), ("Not shown", "No service was there to show it.")),
        (
            notice(outcome="cleared", surfaces=("launcher",)),
            ("Not shown", "No service was there to show it."),
        ),
        (notice(kind="live", surfaces=("kde_jobs",)), ("Shown", "")),
        (notice(outcome="held_back"), ("Held back", "Quiet hours until 07:00.")),
        (notice(outcome="held_back", held_because=None), ("Held back", "")),
        (notice(outcome="expired", changed_at=views.stamp(11.4)), ("Expired", "after 10 s")),
        (notice(outcome="removed", changed_at=views.stamp(130)), ("Dismissed", "after 2 min")),
        (notice(outcome="cleared", changed_at=views.stamp(1.5)), ("Taken down", "at once")),
    ],
)
def test_outcome_in_words(told: NoticeView, words: tuple[str, str]) -> None:
    assert said("outcome", told)[:2] == words


def test_surfaces_by_their_titles() -> None:
    told = notice(surfaces=("freedesktop", "plasma"))
    assert said("surfaces", told).first == "Desktop notifications, plasma"
    assert said("surfaces", notice(surfaces=())).first == ""
    assert said("surfaces", notice(surfaces=("launcher",))).first == "", "that tells nothing"


def test_when_it_was_told() -> None:
    assert said("when", notice(at=views.stamp(540))).first == "1 min ago"
    assert said("when", notice(at=views.stamp(-7200))).first == "Today 13:00"


def test_it_is_found_by_everything_that_is_said() -> None:
    row = NoticeRow(notice(outcome="held_back", group="Backups"))
    for words in ("task 1 failed", "exit status", "backups", "held back", "quiet hours"):
        assert words in row.haystack
    assert "not shown" in NoticeRow(notice(surfaces=())).haystack


def test_columns_say_what_they_depend_on() -> None:
    changes: dict[str, object] = {
        "title": "other", "body": "other", "kind": "ended", "outcome": "expired",
        "changed_at": views.stamp(99), "held_because": "Other.", "surfaces": ("plasma",),
        "at": views.stamp(300),
    }  # fmt: skip
    for base in (notice(), notice(outcome="held_back"), notice(outcome="removed")):
        for field, value in changes.items():
            row = NoticeRow(msgspec.structs.replace(base, **{field: value}))
            for column in notice_rows.columns(TITLES):
                is_other = column.words(row, NOW) != column.words(NoticeRow(base), NOW)
                # How long it was shown follows from both times.
                assert not is_other or field in column.depends_on | {"at"}, (column.name, field)

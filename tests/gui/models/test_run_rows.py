from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import run_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Words
from bgtasks_gui.gui.models.run_rows import RunRow
from bgtasks_gui.gui.style import palette
from bgtasks_gui.wire import shapes
from tests.gui.support import depending, views
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()
ACTIVE = [str(state) for state in runs.RunState if state not in runs.ENDED]
ENDED = sorted(map(str, runs.ENDED))
HALF = views.progress(9, 20, rate=3.0, eta=120.0)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def asked(qtbot: QtBot) -> Asked:
    return Asked()


def active(column: str, run: shapes.RunView, asked: Asked) -> Words:
    columns = {one.name: one for one in run_rows.active_columns(asked)}
    return columns[column].words(RunRow(run), NOW)


def ended(column: str, run: shapes.RunView) -> Words:
    columns = {one.name: one for one in run_rows.ended_columns()}
    return columns[column].words(RunRow(run), NOW)


@pytest.mark.parametrize(
    ("run", "second", "role"),
    [
        (views.run(), "Running for 10 min", "second"),
        (views.run(state="waiting", waits_for="On battery."), "Waits: On battery.", "waiting"),
        (views.run(state="suspended", reason=views.reason("Metered.")), "Metered.", "second"),
        (views.run(state="canceling", grace_ends_at=views.stamp(606)),
         "Cancelling, 6 s left. ", "waiting"),
    ],
)  # fmt: skip
def test_name_of_a_run_under_way(asked: Asked, run: shapes.RunView, second: str, role: str) -> None:
    said = active("task", run, asked)
    assert said == Words("task 1", second.strip(), role, str(run.state))


def test_a_run_says_what_was_asked_of_it_and_of_no_other(asked: Asked) -> None:
    run, other = views.run(1), views.run(2)
    asked.mark(frozenset({run.id}), "Asked to cancel…")
    asked.mark(frozenset({other.task_id}), "Asked to run…")
    assert active("task", run, asked)[1:3] == ("Asked to cancel…", "running")
    assert active("task", other, asked).second == "Running for 10 min"


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (views.run(), Words("10 min ago")),
        (views.run(attempt=3), Words("10 min ago", "attempt 3")),
        (views.run(started_at=views.stamp(-2 * 86_400)), Words("Fri 20 Nov 15:00")),
        (views.run(state="waiting"), Words("Not started")),
    ],
)
def test_started(asked: Asked, run: shapes.RunView, words: Words) -> None:
    assert active("started", run, asked) == words


def test_who_asked_for_it(asked: Asked) -> None:
    assert active("trigger", views.run(), asked) == Words("10 min ago", "by hand")
    assert ended("when", views.run(1, "failed")) == Words("10 min ago", "by hand")


def test_progress_and_speed_are_those_of_the_run(asked: Asked) -> None:
    run = views.run(progress=HALF)
    assert active("progress", run, asked) == Words("45 %", "9 of 20")
    assert active("speed", run, asked) == Words("3/s", "2 min left")


@pytest.mark.parametrize(
    ("run", "second", "role"),
    [
        (views.run(1, "completed"), "Ended well.", "second"),
        (views.run(1, "failed", reason=views.reason("Exit 3.")), "Exit 3.", "failed"),
        (views.run(1, "missed", reason=views.reason("It was off.")), "It was off.", "waiting"),
        (views.run(1, "canceled", reason=views.reason("By you.")), "By you.", "second"),
        (views.run(1, "completed", forced=True), "It had to be killed (forced).", "second"),
    ],
)
def test_name_of_a_run_that_has_ended(run: shapes.RunView, second: str, role: str) -> None:
    assert ended("task", run) == Words("task 1", second, role, str(run.state))


@pytest.mark.parametrize(
    ("run", "words", "seconds"),
    [
        (views.run(1, "completed"), Words("3 min"), 180.0),
        (views.run(1, "completed", suspended_s=60.0), Words("3 min", "1 min paused"), 180.0),
        (views.run(1, "completed", suspended_s=0.4), Words("3 min"), 180.0),
        (views.run(1, "skipped"), Words(), None),
    ],
)
def test_how_long_it_took(run: shapes.RunView, words: Words, seconds: float | None) -> None:
    assert ended("took", run) == words
    columns = {one.name: one for one in run_rows.ended_columns()}
    assert columns["took"].key(RunRow(run)) == seconds


def test_outcome_and_what_it_is_sorted_by() -> None:
    run = views.run(1, "failed", exit_code=3)
    assert ended("outcome", run) == Words("Failed", "7 min ago, exit 3", "second", "failed")
    columns = {one.name: one for one in run_rows.ended_columns()}
    assert columns["outcome"].key(RunRow(run)) == "failed"
    assert columns["when"].key(RunRow(run)) == run.id


def test_a_search_finds_names_reasons_ids_and_states() -> None:
    run = views.run(1, "failed", reason=views.reason("DISK is full."))
    held = RunRow(run).haystack
    assert all(word in held for word in ("task 1", "disk is full", run.id, "failed"))
    waiting = views.run(2, "waiting", waits_for="On Battery.")
    assert "on battery" in RunRow(waiting).haystack


@pytest.mark.parametrize("state", [*ACTIVE, *ENDED])
def test_columns_know_colours_and_are_told_of_what_they_say(asked: Asked, state: str) -> None:
    columns = run_rows.active_columns(asked) if state in ACTIVE else run_rows.ended_columns()
    run = views.run(1, state, reason=views.reason("Why."), progress=HALF)
    for column in columns:
        assert column.words(RunRow(run), NOW).role in palette.ROLES
        key = column.key(RunRow(run))
        assert key is None or isinstance(key, str) is column.is_text
    assert list(depending.undeclared(columns, run, depending.RUN_FIELDS, RunRow)) == []

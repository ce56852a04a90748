from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client.phrases import runs
from bgtasks_gui.core.runs import ENDED, RunState
from bgtasks_gui.wire import shapes
from tests.cli.fakes import views

S = RunState
#: Ten minutes after what these views tell of.
NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
SOON = "2026-11-22T15:10:06.000Z"
OVERLAP = views.reason("Skipped: an earlier run was not over.")


def test_words_of_states() -> None:
    assert runs.word(S.CANCELED) == "cancelled"
    assert runs.word(S.RUNNING) == "running"


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (views.run(), "running for 10 min"),
        (views.ended(), "completed 7 min ago"),
        (views.ended(S.FAILED), "failed 7 min ago"),
        (views.run(state=S.WAITING, started_at=None), "waiting"),
        (views.run(state=S.SUSPENDED), "suspended"),
        (views.ended(S.MISSED, started_at=None, completed_at=None), "missed 10 min ago"),
    ],
)
def test_summary(run: shapes.RunView, words: str) -> None:
    assert runs.summary(run, NOW) == words


def test_how_long_it_took() -> None:
    assert runs.took(views.run(), NOW) == "10 min"
    assert runs.took(views.ended(), NOW) == "3 min"
    assert runs.took(views.ended(S.SKIPPED, started_at=None), NOW) == ""


# Why it stands so


def test_note_of_a_retry() -> None:
    failed = views.reason("Failed: exit status 1.")
    waits = views.run(state=S.WAITING, reason=failed, retry_at="2026-11-22T15:11:00.000Z")
    assert runs.note(waits, NOW) == "Failed: exit status 1. It tries again in 1 min."
    alone = msgspec.structs.replace(waits, reason=None)
    assert runs.note(alone, NOW) == "tries again in 1 min"
    over = views.ended(S.FAILED, reason=failed, retry_at="2026-11-22T15:11:00.000Z")
    assert runs.note(over, NOW) == "Failed: exit status 1."


def test_note_of_a_run_that_waits_or_runs() -> None:
    waits = views.run(state=S.WAITING, started_at=None, waits_for="On battery.")
    assert runs.note(waits, NOW) == "On battery."
    why = views.reason("Suspended by you.")
    assert runs.note(views.run(state=S.SUSPENDED, reason=why), NOW) == "Suspended by you."
    # It runs again, so the reason it stood still for is over.
    assert runs.note(views.run(reason=why), NOW) == ""
    assert runs.note(views.run(progress=views.progress(45, unit="%")), NOW) == "45 %"
    assert runs.note(views.ended(progress=views.progress(45, unit="%")), NOW) == ""


@pytest.mark.parametrize(
    ("cleaning_up", "ends_at", "words"),
    [
        (True, SOON, "cleaning up, 6 s left"),
        (False, SOON, "cancelling, 6 s left"),
        (True, "2026-11-22T15:10:05.001Z", "cleaning up, 6 s left"),
        (True, "2026-11-22T15:11:10.000Z", "cleaning up, 1 min 10 s left"),
        (True, "2026-11-22T15:10:00.000Z", "cleaning up, being killed"),
        (False, "2026-11-22T15:09:00.000Z", "cancelling, being killed"),
        (True, None, ""),
    ],
)
def test_cleanup(cleaning_up: bool, ends_at: str | None, words: str) -> None:
    run = views.run(state=S.CANCELING, cleaning_up=cleaning_up, grace_ends_at=ends_at)
    assert runs.cleanup(run, NOW) == words


def test_note_of_a_run_that_is_asked_to_end() -> None:
    why = views.reason("Being cancelled by you: the disk is needed.")
    run = views.run(state=S.CANCELING, reason=why, grace_ends_at=SOON)
    assert runs.note(run, NOW) == "Being cancelled by you: the disk is needed."
    cleans = msgspec.structs.replace(run, cleaning_up=True)
    assert runs.note(cleans, NOW) == "cleaning up, 6 s left"
    assert runs.cleanup(views.ended(grace_ends_at=SOON), NOW) == ""


def test_everything_of_a_run_that_is_asked_to_end() -> None:
    why = views.reason("Being cancelled by you: the disk is needed.")
    run = views.run(state=S.CANCELING, reason=why, cleaning_up=True, grace_ends_at=SOON)
    assert runs.stopping(run, NOW) == f"Cleaning up, 6 s left. {why.sentence}"
    # A transfer gets no time to clean up.
    moving = msgspec.structs.replace(run, grace_ends_at=None)
    assert runs.stopping(moving, NOW) == why.sentence
    assert runs.stopping(msgspec.structs.replace(moving, reason=None), NOW) == ""
    assert runs.stopping(views.run(reason=why), NOW) == ""
    assert runs.stopping(views.ended(S.CANCELED, reason=why), NOW) == ""


def test_how_long_after_the_cancel_it_ended() -> None:
    asked_at = "2026-11-22T15:02:52.000Z"
    why = views.reason("Cancelled by you.", at=asked_at)
    run = views.ended(S.CANCELED, reason=why)
    assert runs.spent(run) == ["took 3 min", "ended 8 s after it was asked to"]
    at_once = msgspec.structs.replace(run, completed_at="2026-11-22T15:02:52.900Z")
    assert runs.spent(at_once) == ["took 2 min 52 s"]
    # Of a failure nobody asked for it.
    assert runs.spent(views.ended(S.FAILED, reason=why)) == ["took 3 min"]
    assert runs.spent(views.ended(S.CANCELED)) == ["took 3 min"]
    assert runs.spent(views.run(state=S.CANCELED, reason=why)) == []


def test_a_run_that_was_killed_says_so() -> None:
    why = views.reason("Cancelled by you.")
    killed = views.ended(S.CANCELED, reason=why, forced=True)
    assert runs.forced(killed) == "It had to be killed (forced)."
    assert runs.note(killed, NOW) == "Cancelled by you. It had to be killed (forced)."
    assert runs.note(msgspec.structs.replace(killed, reason=None), NOW) == runs.forced(killed)
    assert runs.forced(views.ended(S.CANCELED)) == ""
    assert runs.forced(views.run(state=S.CANCELING, forced=True)) == ""


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (views.ended(), "Completed 7 min ago after 3 min."),
        (views.ended(S.FAILED, reason=views.reason("Failed: exit status 3.")),
         "Failed: exit status 3. It ended 7 min ago after 3 min."),
        (views.ended(S.CANCELED, reason=views.reason("Cancelled by you."), forced=True),
         "Cancelled by you. It ended 7 min ago after 3 min. It had to be killed (forced)."),
        (views.ended(S.SKIPPED, started_at=None, completed_at=None, reason=OVERLAP),
         "Skipped: an earlier run was not over. That was 10 min ago."),
        (views.ended(S.MISSED, started_at=None), "Missed 7 min ago."),
    ],
)  # fmt: skip
def test_the_sentence_of_an_end(run: shapes.RunView, words: str) -> None:
    assert runs.ended_sentence(run, NOW) == words


@given(state=st.sampled_from(sorted(ENDED)), killed=st.booleans(), started=st.booleans())
def test_every_end_has_a_sentence(state: RunState, killed: bool, started: bool) -> None:
    changes = {} if started else {"started_at": None, "completed_at": None}
    said = runs.ended_sentence(views.ended(state, forced=killed, **changes), NOW)
    assert said[0].isupper()
    assert said.endswith(".")
    assert ("(forced)" in said) == killed


# Where it comes from and what it used


def test_what_asked_for_it() -> None:
    assert runs.asked_by(views.run(), NOW) == "by hand 10 min ago"
    firing = msgspec.structs.replace(
        views.run().trigger, type="cron", caught_up=True, planned_at="2026-11-21T17:00:00.000Z"
    )
    assert runs.asked_by(views.run(trigger=firing), NOW) == (
        "by its cron expression, to make up for yesterday 18:00 10 min ago"
    )
    other = msgspec.structs.replace(firing, type="device", caught_up=False)
    assert runs.asked_by(views.run(trigger=other), NOW) == "by device 10 min ago"


def test_what_it_spent() -> None:
    run = views.ended(
        attempt=2, suspended_count=3, suspended_s=40.0, cpu_s=12.0, max_rss=43_000_000
    )
    assert runs.spent(run) == [
        "attempt 2", "took 3 min", "suspended 3 times, for 40 s in all", "12 s of CPU",
        "41 MiB of memory",
    ]  # fmt: skip
    assert runs.spent(views.run(suspended_count=1)) == ["suspended once, for 0 s in all"]
    assert runs.spent(views.run()) == []


# How far it is


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (views.progress(9, 20, unit="files", rate=3.0, eta=120.0),
         "45 % (9 of 20 files), 3 files/s, 2 min left"),
        (views.progress(45, 100, unit="%", rate=3.0), "45 %"),
        (views.progress(3), "3"),
        (views.progress(0, 0), "0"),
        (views.progress(1536, 3072, unit="bytes", rate=1024.0), "50 % (1.5 of 3 KiB), 1 KiB/s"),
        (views.progress(2.5, 10, message="b.txt\x07"), "25 % (2.5 of 10): b.txt\ufffd"),
        (views.progress(5, 4), "100 % (5 of 4)"),
        (views.progress(1, 2, eta=0.2), "50 % (1 of 2), 1 s left"),
        (views.progress(0, message="looking"), "0: looking"),
    ],
)  # fmt: skip
def test_progress(known: shapes.ProgressView, words: str) -> None:
    assert runs.progress(known) == words


@pytest.mark.parametrize(
    ("known", "share", "much"),
    [
        (views.progress(2.6 * 1024**3, 4.2 * 1024**3, unit="bytes"), "62 %", "2.6 of 4.2 GiB"),
        (views.progress(900 * 1024, 4 * 1024**2, unit="bytes"), "22 %", "900 KiB of 4 MiB"),
        (views.progress(9, 20, unit="files"), "45 %", "9 of 20 files"),
        (views.progress(2, 10, unit="test files"), "20 %", "2 of 10 test files"),
        (views.progress(300, unit="rows\n"), "", "300 rows"),
        (views.progress(45, unit="%"), "45 %", ""),
        (views.progress(120, 100, unit="%"), "100 %", ""),
        (views.progress(99.9, unit="%"), "99 %", ""),
    ],
)
def test_percent_and_amount_stand_alone(known: shapes.ProgressView, share: str, much: str) -> None:
    assert (runs.percent(known), runs.amount(known)) == (share, much)


def test_rate_and_time_left_stand_alone() -> None:
    known = views.progress(1, 10, unit="bytes", rate=40_265_318.4, eta=42.0)
    assert (runs.rate(known), runs.eta(known)) == ("38.4 MiB/s", "42 s left")
    assert (runs.rate(views.progress(1)), runs.eta(views.progress(1))) == ("", "")
    slow = [views.progress(1, unit="films", rate=rate) for rate in (0.4, 0.02, 0.001, 0.0)]
    assert [runs.rate(one) for one in slow] == ["0.4 films/s", "1.2 films/min", "3.6 films/h", ""]
    assert runs.rate(views.progress(1, unit="%", rate=2.0)) == ""


def test_fraction() -> None:
    assert runs.fraction(views.progress(5, 4)) == 1.0
    assert runs.fraction(views.progress(45, unit="%")) == 0.45
    assert runs.fraction(views.progress(5)) is None
    assert runs.fraction(views.progress(0, 0)) is None

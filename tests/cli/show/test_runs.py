from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.cli.show import runs
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import NOW
from tests.cli.fakes import views

S = RunState


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
def test_summary(run: object, words: str) -> None:
    assert runs.summary(run, NOW) == words  # type: ignore[arg-type]


def test_row_of_a_run_that_goes_on() -> None:
    run = views.run(progress=views.progress(9, 20, unit="files", rate=3.0, eta=120.0))
    assert runs.row(run, NOW) == (
        views.RUN_ID, "backup", "running", "10 min ago", "10 min",
        "45 % (9 of 20 files), 3 files/s, 2 min left",
    )  # fmt: skip


def test_row_of_a_run_that_never_started() -> None:
    skipped = views.ended(
        S.SKIPPED, started_at=None, reason=views.reason("Skipped: an earlier run was not over.")
    )
    row = runs.row(skipped, NOW)
    assert row[2:] == ("skipped", "10 min ago", "-", "Skipped: an earlier run was not over.")


def test_note_of_a_retry_and_of_a_cleanup() -> None:
    failed = views.reason("Failed: exit status 1.")
    waits = views.run(state=S.WAITING, reason=failed, retry_at="2026-11-22T15:11:00.000Z")
    assert runs.note(waits, NOW) == "Failed: exit status 1. It tries again in 1 min."
    alone = msgspec.structs.replace(waits, reason=None)
    assert runs.note(alone, NOW) == "tries again in 1 min"
    cleans = views.run(
        state=S.CANCELING, cleaning_up=True, grace_ends_at="2026-11-22T15:10:06.000Z"
    )
    assert runs.note(cleans, NOW) == "cleaning up, killed in 6 s"


def test_note_of_a_run_that_waits() -> None:
    waits = views.run(state=S.WAITING, started_at=None, waits_for="On battery.")
    assert runs.note(waits, NOW) == "On battery."


def test_paragraph_says_everything() -> None:
    firing = msgspec.structs.replace(
        views.run().trigger, type="cron", caught_up=True, planned_at="2026-11-21T17:00:00.000Z"
    )
    run = views.ended(
        S.CANCELED, trigger=firing, exit_code=137, forced=True, attempt=2, suspended_count=2,
        suspended_s=40.0, cpu_s=12.0, max_rss=43_000_000, result={"n": 3},
        reason=views.reason("Cancelled by you: \x1bdone."),
    )  # fmt: skip
    assert runs.paragraph(run, NOW) == [
        "backup: cancelled 7 min ago",
        "Cancelled by you: \ufffddone.",
        "Asked for by its cron expression, to make up for yesterday 18:00 10 min ago; attempt 2; "
        "took 3 min; suspended twice, for 40 s in all; 12 s of CPU; 41 MiB of memory",
        "Exit status 137; it had to be killed",
        'Result {"n":3}',
        f"Run {views.RUN_ID}",
    ]


def test_paragraph_of_a_run_killed_without_exit_status() -> None:
    run = views.ended(S.FAILED, exit_code=None, forced=True, result=None)
    assert "It had to be killed" in runs.paragraph(run, NOW)
    assert not [line for line in runs.paragraph(run, NOW) if line.startswith("Result")]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (views.progress(45, 100, unit="%", rate=3.0), "45 %"),
        (views.progress(3), "3"),
        (views.progress(0, 0), "0"),
        (views.progress(1536, 3072, unit="bytes", rate=1024.0),
         "50 % (1.5 KiB of 3 KiB), 1 KiB/s"),
        (views.progress(2.5, 10, message="b.txt\x07"), "25 % (2.5 of 10): b.txt\ufffd"),
        (views.progress(5, 4), "100 % (5 of 4)"),
        (views.progress(1, 2, eta=0.2), "50 % (1 of 2), 1 s left"),
    ],
)  # fmt: skip
def test_progress(known: object, words: str) -> None:
    assert runs.progress(known) == words  # type: ignore[arg-type]

from __future__ import annotations

import msgspec

from bgtasks_gui.cli.show import runs
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import NOW
from tests.cli.fakes import receipts, views

S = RunState


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
        "Cancelled by you: \ufffddone. It had to be killed (forced).",
        "Asked for by its cron expression, to make up for yesterday 18:00 10 min ago; attempt 2; "
        "took 3 min; suspended twice, for 40 s in all; 12 s of CPU; 41 MiB of memory",
        "Exit status 137",
        'Result {"n":3}',
        f"Run {views.RUN_ID}",
    ]


def test_paragraph_of_a_run_killed_without_exit_status() -> None:
    run = views.ended(S.FAILED, exit_code=None, forced=True, result=None)
    assert runs.paragraph(run, NOW) == [
        "backup: failed 7 min ago",
        "It had to be killed (forced).",
        "Asked for by hand 10 min ago; took 3 min",
        f"Run {views.RUN_ID}",
    ]


def test_a_completed_transfer_says_how_it_went() -> None:
    run = receipts.completed()
    went = "100 MiB, 8.1 MiB/s on average, its sha256 is as expected"
    assert runs.row(run, NOW)[-1] == went
    assert runs.ending(run, NOW) == f"disc.iso: completed after 3 min: {went}."


def test_why_it_ended_comes_before_how_it_went() -> None:
    failed = receipts.completed(state=S.FAILED, reason=views.reason("Failed: no."))
    assert runs.row(failed, NOW)[-1] == "Failed: no."
    assert runs.ending(failed, NOW) == "disc.iso: failed after 3 min. Failed: no."
    never = views.ended(S.SKIPPED, started_at=None)
    assert runs.ending(never, NOW) == "backup: skipped."


def test_paragraph_of_a_transfer_is_its_receipt() -> None:
    [attempt] = receipts.receipt().attempts
    again = msgspec.structs.replace(attempt, status=206, first=34 << 20, last=34 << 20, end=None)
    run = receipts.run(state=S.WAITING, receipt=receipts.receipt(attempts=(attempt, again)))
    assert runs.paragraph(run, NOW) == [
        "disc.iso: waiting",
        "Asked for by hand 10 min ago",
        "Address     https://a.example/disc.iso",
        "File        /tmp/disc.iso.part",
        "So far      34 MiB of 100 MiB; it can go on from there",
        "Speed       2 MiB/s on average, over 17 s",
        'Known by    "one"',
        "Attempts    2. 10 min ago from 34 MiB to 34 MiB, answer 206: goes on",
        "            1. 10 min ago from 0 bytes to 34 MiB, answer 200: stopped",
        f"Run {views.RUN_ID}",
    ]

from __future__ import annotations

import msgspec
import pytest

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
        reason=views.reason("Cancelled by you: \x1bdone.", remedy="Run again",
                            remedy_action="run", at="2026-11-22T15:02:50.000Z"),
        progress=views.progress(40, 100, unit="files"),
    )  # fmt: skip
    assert runs.paragraph(run, NOW) == [
        "backup: cancelled 7 min ago",
        "Cancelled by you: \ufffddone. It had to be killed (forced).",
        "It had done 40 of 100 files.",
        "Asked for by its cron expression, to make up for yesterday 18:00 10 min ago; attempt 2; "
        "took 3 min; ended 10 s after it was asked to; suspended twice, for 40 s in all; "
        "12 s of CPU; 41 MiB of memory",
        "Exit status 137",
        'Result {"n":3}',
        "Run again: bgtasks run backup",
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


# A cancel, and what helps


def test_of_a_run_that_cleans_up_it_says_why_as_well() -> None:
    why = views.reason("Being cancelled by you: \x1benough.")
    run = views.run(
        state=S.CANCELING, reason=why, cleaning_up=True, grace_ends_at="2026-11-22T15:10:06.000Z"
    )
    assert runs.paragraph(run, NOW)[:2] == [
        "backup: being cancelled",
        "Cleaning up, 6 s left. Being cancelled by you: \ufffdenough.",
    ]


def canceled_transfer(**changes: object) -> list[str]:
    said = views.reason("Cancelled.", remedy="Run again", remedy_action="run", **changes)
    run = receipts.run(
        state=S.CANCELED, reason=said, receipt=receipts.receipt(), completed_at=views.AT
    )
    return runs.paragraph(run, NOW)


def test_a_cancelled_transfer_says_what_is_kept_once() -> None:
    lines = canceled_transfer(code="low_speed", actor="agent")
    assert lines[2] == "Kept 34 of 100 MiB, goes on from there."
    assert "File        /tmp/disc.iso.part" in lines
    assert not any(line.startswith("So far") for line in lines)
    assert "Run again: bgtasks run disc.iso" in lines


def test_a_download_that_a_person_gave_up_names_no_file_and_no_way_back() -> None:
    lines = canceled_transfer()
    assert lines[2] == "Nothing is kept."
    assert not any(line.startswith(("So far", "File", "Run again")) for line in lines)


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("run", "run backup"),
        ("edit", "add command backup ... --replace"),
        ("logs", f"logs {views.RUN_ID}"),
        ("resume", f"resume {views.RUN_ID}"),
        ("enable", "enable backup"),
        ("address", f"set-url {views.RUN_ID} URL"),
    ],
)
def test_what_helps_is_told_as_it_is_typed(action: str, typed: str) -> None:
    why = views.reason("Failed: no.", remedy="Do it", remedy_action=action)
    assert runs.remedy(views.ended(S.FAILED, reason=why)) == f"Do it: bgtasks {typed}"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("my backup", "'my backup'"),
        ("it's", "'it'\"'\"'s'"),
        ("-rf", views.TASK_ID),
        ("a\x1bb", views.TASK_ID),
        ("two\nlines", views.TASK_ID),
    ],
)
def test_a_name_is_told_as_a_shell_takes_it(name: str, typed: str) -> None:
    why = views.reason("Failed: no.", remedy="Run again", remedy_action="run")
    run = views.ended(S.FAILED, task_name=name, reason=why)
    assert runs.remedy(run) == f"Run again: bgtasks run {typed}"


def test_where_everything_is_paused_all_is_resumed() -> None:
    why = views.reason("Everything is paused.", code="paused", remedy="Resume",
                       remedy_action="resume")  # fmt: skip
    assert runs.remedy(views.run(state=S.WAITING, reason=why)) == "Resume: bgtasks resume --all"


def test_where_nothing_helps_nothing_is_told() -> None:
    assert runs.remedy(views.ended()) == ""
    assert runs.remedy(views.ended(S.SKIPPED, reason=views.reason("Skipped."))) == ""
    odd = views.reason("Failed.", remedy="Pray", remedy_action="pray")
    assert runs.remedy(views.ended(S.FAILED, reason=odd)) == ""
    # The task is not there any more.
    removed = views.reason("Cancelled by you.", code="abort", remedy="Enable",
                           remedy_action="enable")  # fmt: skip
    assert runs.remedy(views.ended(S.CANCELED, reason=removed)) == ""
    own = msgspec.structs.replace(removed, actor="task")
    assert runs.remedy(views.ended(S.CANCELED, reason=own)) == "Enable: bgtasks enable backup"

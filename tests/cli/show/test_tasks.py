from __future__ import annotations

from datetime import timedelta

from bgtasks_gui.cli.show import tasks
from bgtasks_gui.core import tasks as core
from bgtasks_gui.core.runs import RunState
from tests.cli.conftest import NOW
from tests.cli.fakes import views

SOON = "2026-11-22T15:15:00.000Z"


def test_row() -> None:
    task = views.task(next_run_at=SOON, last_run=views.ended(RunState.FAILED))
    assert tasks.row(task, NOW, None) == (
        "backup", "in 5 min", "failed 7 min ago", "runs `./backup.sh`"
    )  # fmt: skip
    assert tasks.row(views.task(), NOW, None)[2] == "never ran"


def test_paragraph_leaves_out_what_is_not_set() -> None:
    shown = tasks.paragraph(views.task(), NOW)
    assert [line.split("  ")[0] for line in shown] == [
        "Task", "Id", "Does", "When", "Next", "Last run", "Policy", "Limits",
    ]  # fmt: skip


def test_paragraph_of_everything() -> None:
    task = views.task(
        group="home", owner="me", modes=("dataTransfer",), expires_at="2026-11-23T15:00:00.000Z",
        can_suspend=False, warnings=("It never can start.",), environment={"B": "2", "A": "1\x1b"},
        only_if=("on mains power", "at night"), last_run=views.ended(),
        retry=core.Retry(attempts=3, backoff=timedelta(seconds=5)), time_limit="PT1H",
        idle_limit="PT5M", flex="PT30S",
        overlap=core.Overlap(policy=core.OverlapPolicy.PARALLEL, limit=3),
        missed=core.Missed(policy=core.MissedPolicy.ALL, limit=5),
        resources=core.Resources(nice=10, io_priority="idle", memory_max=500 * 1024**2),
    )  # fmt: skip
    shown = tasks.paragraph(task, NOW)
    assert "Only         on mains power" in shown
    assert "Only         at night" in shown
    assert "Last run     backup: completed 7 min ago" in shown
    assert (
        "Policy       overlap: parallel(3); missed: all(5); up to 3 retries, first after 5 s; "
        "when a condition is lost: suspend; notice: auto"
    ) in shown
    assert (
        "Limits       time limit 1 h; idle limit 5 min; 10 s to clean up after a cancel; "
        "niceness 10; disk priority idle; memory at most 500 MiB; starts up to 30 s late"
    ) in shown
    assert "Belongs to   group home; owner me; modes dataTransfer" in shown
    assert "Expires      tomorrow 16:00" in shown
    assert "Suspending   not possible for this task" in shown
    assert "Note         It never can start." in shown
    assert "Environment  2 variables; show them with --environment" in shown
    assert tasks.environment(task) == ["A=1\ufffd", "B=2"]


def test_row_of_one_that_runs_says_how_far_it_is() -> None:
    running = views.run(progress=views.progress(9, 20, unit="bytes"))
    task = views.task(last_run=running)
    assert tasks.row(task, NOW, None)[2] == "running for 10 min, 45 %"
    unknown = views.run(progress=views.progress(9))
    assert tasks.row(views.task(last_run=unknown), NOW, None)[2] == "running for 10 min"

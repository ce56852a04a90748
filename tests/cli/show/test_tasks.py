from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.cli.show import tasks
from bgtasks_gui.core import tasks as core
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes
from tests.cli.conftest import NOW
from tests.cli.fakes import views

SOON = "2026-11-22T15:15:00.000Z"
PAUSED = shapes.PauseView(paused=True, until="2026-11-22T15:58:00.000Z")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (views.task(next_run_at=SOON), "in 5 min"),
        (views.task(), "by hand"),
        (views.task(triggers=(msgspec.Raw(b'{"type":"startup"}'),)), "on an event"),
        (views.task(enabled=False, next_run_at=SOON), "disabled"),
        (views.task(registered=False), "expired"),
        (views.task(unscheduled="its program aborted"), "unscheduled: its program aborted"),
    ],
)
def test_what_follows(task: shapes.TaskView, words: str) -> None:
    assert tasks.following(task, NOW) == words


def test_a_pause_is_not_mistaken_for_nothing_planned() -> None:
    task = views.task(next_run_at=SOON)
    assert tasks.following(task, NOW, PAUSED) == "paused until 16:58"
    forever = shapes.PauseView(paused=True, until=None)
    assert tasks.following(task, NOW, forever) == "paused until you resume"
    assert tasks.following(task, NOW, shapes.PauseView(paused=False, until=None)) == "in 5 min"


def test_row() -> None:
    task = views.task(next_run_at=SOON, last_run=views.ended(RunState.FAILED))
    assert tasks.row(task, NOW, None) == (
        "backup", "in 5 min", "failed 7 min ago", "runs `./backup.sh`"
    )  # fmt: skip
    assert tasks.row(views.task(), NOW, None)[2] == "never ran"


def test_sentences() -> None:
    task = views.task(
        when=("every hour", "on login"), only_if=("on mains power",), next_run_at=SOON
    )
    assert tasks.sentence(task, NOW) == (
        "backup runs `./backup.sh`, every hour and on login, only on mains power; next in 5 min."
    )
    assert tasks.sentence(views.task(), NOW) == "backup runs `./backup.sh`; by hand."
    checked = shapes.CheckedView(
        does="runs `x`", when=("hourly",), only_if=(), warnings=(), next=()
    )
    assert tasks.check_sentence("a\nb", checked) == "a b runs `x`, hourly."


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

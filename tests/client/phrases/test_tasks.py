from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bgtasks_gui.client.phrases import tasks
from bgtasks_gui.core import tasks as core
from bgtasks_gui.wire import shapes
from tests.cli.fakes import views

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
SOON, PAST = "2026-11-22T15:15:00.000Z", "2026-11-22T15:00:00.000Z"
PAUSED = shapes.PauseView(paused=True, until="2026-11-22T15:58:00.000Z")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (views.task(next_run_at=SOON), "in 5 min"),
        (views.task(), "by hand"),
        (views.task(triggers=(msgspec.Raw(b'{"type":"startup"}'),)), "on an event"),
        (views.task(enabled=False, registered=False, next_run_at=SOON), "disabled"),
        (views.task(registered=False), "expired"),
        (views.task(registered=False, expires_at=PAST), "expired 10 min ago"),
        (views.task(expires_at=PAST, next_run_at=SOON), "expired 10 min ago"),
        (views.task(expires_at=SOON), "by hand"),
        (views.task(unscheduled="its program aborted"), "unscheduled: its program aborted"),
    ],
)
def test_what_follows(task: shapes.TaskView, words: str) -> None:
    assert tasks.following(task, NOW) == words


def test_a_pause_is_not_mistaken_for_nothing_planned() -> None:
    task = views.task(next_run_at=SOON)
    assert tasks.following(task, NOW, PAUSED) == "paused until 16:58"
    assert tasks.following(views.task(), NOW, PAUSED) == "paused until 16:58"
    forever = shapes.PauseView(paused=True, until=None)
    assert tasks.following(task, NOW, forever) == "paused until you resume"
    assert tasks.following(task, NOW, shapes.PauseView(paused=False, until=None)) == "in 5 min"
    # What keeps it from running when the pause is over is what a person must know first.
    assert tasks.following(views.task(enabled=False), NOW, PAUSED) == "disabled"
    assert tasks.following(views.task(registered=False), NOW, PAUSED) == "expired"


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


def test_how_it_is_set() -> None:
    assert tasks.policy(views.task()) == "overlap: skip; missed: once; notice: auto"
    assert tasks.limits(views.task()) == "10 s to clean up after a cancel"
    assert tasks.belongs(views.task()) == ""
    task = views.task(
        group="ho\nme", owner="me", modes=("dataTransfer", "voip"), only_if=("at night",),
        retry=core.Retry(attempts=3, backoff=timedelta(seconds=5)), time_limit="PT1H",
        idle_limit="PT5M", flex="PT30S",
        overlap=core.Overlap(policy=core.OverlapPolicy.PARALLEL, limit=3),
        missed=core.Missed(policy=core.MissedPolicy.ALL, limit=5),
        resources=core.Resources(nice=10, io_priority="idle", memory_max=500 * 1024**2),
    )  # fmt: skip
    assert tasks.policy(task) == (
        "overlap: parallel(3); missed: all(5); up to 3 retries, first after 5 s; "
        "when a condition is lost: suspend; notice: auto"
    )
    assert tasks.limits(task) == (
        "time limit 1 h; idle limit 5 min; 10 s to clean up after a cancel; "
        "niceness 10; disk priority idle; memory at most 500 MiB; starts up to 30 s late"
    )
    assert tasks.belongs(task) == "group ho me; owner me; modes dataTransfer voip"


def test_a_pause_says_nothing_of_what_comes_after_its_end() -> None:
    pause = shapes.PauseView(paused=True, until="2026-11-22T18:00:00.000Z")
    now = NOW
    within = views.task(next_run_at="2026-11-22T17:59:00.000Z")
    after = views.task(next_run_at="2026-11-22T18:00:00.000Z")
    by_hand = views.task(next_run_at=None)
    assert tasks.following(within, now, pause).startswith("paused until")
    assert tasks.following(by_hand, now, pause).startswith("paused until")
    assert not tasks.following(after, now, pause).startswith("paused")

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.overview_tab import OverviewTab
from bgtasks_gui.wire import shapes
from tests.cli.fakes import receipts
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage


@pytest.fixture
def tab(stage: Stage, qtbot: QtBot) -> OverviewTab:
    one = OverviewTab(stage.bridge.client, stage.now)
    qtbot.addWidget(one)
    one.resize(800, 300)
    one.show()
    return one


def said(tab: OverviewTab) -> list[str]:
    return [one.text() for one in tab.findChildren(QLabel) if not one.isHidden()]


def facts(tab: OverviewTab) -> dict[str, str]:
    """Each fact by its title."""
    words = said(tab)[1:]
    return dict(zip(words[::2], words[1::2], strict=True))


def backup(**changes: object) -> shapes.TaskView:
    return views.task(
        1, name="backup", when=("every day at 18:00",), only_if=("on mains power",),
        next_run_at=views.stamp(900), group="home", **changes,
    )  # fmt: skip


async def test_it_says_what_a_task_is_in_a_sentence_and_fact_by_fact(
    stage: Stage, tab: OverviewTab
) -> None:
    tab.show_subject(Subject(backup(), None))
    assert said(tab)[0] == (
        "Backup runs `./backup.sh`, every day at 18:00, only on mains power; next in 5 min."
    )
    assert facts(tab) == {
        "Command": "runs `./backup.sh`",
        "When": "every day at 18:00",
        "Next": "In 5 min",
        "Only": "on mains power",
        "Policy": "Overlap: skip; missed: once; when a condition is lost: suspend; notice: auto",
        "Limits": "10 s to clean up after a cancel",
        "Belongs to": "group home",
        "Environment": "…",
    }


async def test_it_says_how_a_run_stands_or_ended(stage: Stage, tab: OverviewTab) -> None:
    task = views.task(1, name="backup")
    tab.show_subject(Subject(task, views.run(1, of=task)))
    assert facts(tab)["Run"].splitlines() == ["Running for 10 min", "By hand 10 min ago"]
    reason = views.reason("Failed: its program ended with exit status 3.")
    ended = views.run(1, "failed", task, reason=reason, exit_code=3, cpu_s=12.0)
    tab.show_subject(Subject(task, ended))
    first, second = facts(tab)["Run"].splitlines()
    assert first.startswith("Failed: its program ended with exit status 3. It ended 7 min ago")
    assert second.endswith("took 3 min; 12 s of CPU; exit status 3")


# A cancel


def canceled(task: shapes.TaskView, **changes: object) -> shapes.RunView:
    why = views.reason(
        "Cancelled by its rules: it ran for its whole time limit of 3 min.", code="time_limit",
        actor="agent", remedy="Change the limit", remedy_action="edit", at=views.stamp(172),
    )  # fmt: skip
    known = {"reason": why, "progress": views.progress(40, 100, unit="files")}
    return views.run(1, "canceled", task, **(known | changes))


async def test_a_cancelled_run_says_why_when_how_far_it_was_and_what_helps(
    stage: Stage, tab: OverviewTab
) -> None:
    task = backup()
    tab.show_subject(Subject(task, canceled(task)))
    found = facts(tab)
    assert found["Run"].splitlines() == [
        "Cancelled by its rules: it ran for its whole time limit of 3 min. "
        "It ended 7 min ago after 3 min.",
        "It had done 40 of 100 files.",
        "By hand 10 min ago; took 3 min; ended 8 s after it was asked to",
    ]
    assert found["What helps"] == "Change the limit: Edit… (Ctrl+E)"


async def test_a_cancelled_download_says_what_is_kept(stage: Stage, tab: OverviewTab) -> None:
    run = canceled(backup(), kind="download", receipt=receipts.receipt(), progress=None)
    tab.show_subject(Subject(backup(), run))
    assert facts(tab)["Run"].splitlines()[1] == "Kept 34 of 100 MiB, goes on from there."


async def test_what_helps_is_named_once_and_only_where_it_can_be_done(
    stage: Stage, tab: OverviewTab
) -> None:
    again = views.reason("Cancelled by you.", remedy="Run again", remedy_action="run")
    tab.show_subject(Subject(backup(), canceled(backup(), reason=again)))
    assert facts(tab)["What helps"] == "Run again (Ctrl+Shift+Y)"
    tab.show_subject(Subject(None, canceled(backup(), reason=again)))
    assert "What helps" not in facts(tab)
    for reason in (None, views.reason("Cancelled by you.")):
        tab.show_subject(Subject(backup(), canceled(backup(), reason=reason)))
        assert "What helps" not in facts(tab)


async def test_a_run_that_cleans_up_says_why_and_how_long(stage: Stage, tab: OverviewTab) -> None:
    why = views.reason("Being cancelled by you: enough.")
    run = views.run(
        1, "canceling", backup(), reason=why, cleaning_up=True, grace_ends_at=views.stamp(606)
    )
    tab.show_subject(Subject(backup(), run))
    assert facts(tab)["Run"].splitlines()[0] == f"Cleaning up, 6 s left. {why.sentence}"
    stage.now.advance(timedelta(seconds=2))
    assert tab._count.isActive()
    tab._count.timeout.emit()
    assert facts(tab)["Run"].startswith("Cleaning up, 4 s left.")
    # Nothing is counted where nobody looks, or nothing is left to count.
    tab.hide()
    tab._count.timeout.emit()
    assert not tab._count.isActive()
    tab.show()
    tab.show_subject(Subject(backup(), run))
    assert tab._count.isActive()
    tab.show_subject(Subject(backup(), canceled(backup())))
    assert not tab._count.isActive()


# What else there is


async def test_what_is_not_usual_is_said_too(stage: Stage, tab: OverviewTab) -> None:
    task = backup(can_suspend=False, expires_at=views.stamp(3600), warnings=("It can never run.",))
    tab.show_subject(Subject(task, None))
    found = facts(tab)
    assert found["Note"] == "It can never run."
    assert found["Expires"] == "in 50 min"
    assert found["Suspending"] == "Not possible for this task"


async def test_the_environment_is_asked_for_once(stage: Stage, tab: OverviewTab) -> None:
    task = backup()
    stage.way.on(
        f"GET /v1/tasks/{task.id}", msgspec.structs.replace(task, environment={"B": "2", "A": "1"})
    )
    tab.show_subject(Subject(task, None))
    await tab.read()
    await tab.read()
    assert facts(tab)["Environment"] == "A=1\nB=2"
    assert len(stage.way.asked) == 1
    other = views.task(2)
    stage.way.on(f"GET /v1/tasks/{other.id}", other)
    tab.show_subject(Subject(other, None))
    assert facts(tab)["Environment"] == "…"
    await tab.read()
    assert facts(tab)["Environment"] == "The agent's own"


async def test_a_late_answer_is_not_told_of_another_task(stage: Stage, tab: OverviewTab) -> None:
    task = backup()
    stage.way.on(f"GET /v1/tasks/{task.id}", msgspec.structs.replace(task, environment={"A": "1"}))
    stage.way.gate.clear()
    tab.show_subject(Subject(task, None))
    late = asyncio.ensure_future(tab.read())
    await looping.until(lambda: stage.way.asked)
    tab.show_subject(Subject(views.task(2), None))
    stage.way.gate.set()
    await late
    assert facts(tab)["Environment"] == "…"


@pytest.mark.parametrize("error", [errors.AgentUnreachable(), errors.TaskNotFound("Gone.")])
async def test_what_it_has_stays_when_the_agent_cannot_say_more(
    stage: Stage, tab: OverviewTab, error: Exception
) -> None:
    stage.way.on(f"GET /v1/tasks/{backup().id}", error)
    tab.show_subject(Subject(backup(), None))
    before = said(tab)
    await tab.read()
    assert said(tab) == before


async def test_of_a_removed_task_its_run_is_left(stage: Stage, tab: OverviewTab) -> None:
    tab.show_subject(Subject(backup(), None))
    tab.show_subject(Subject(None, views.run(1, "completed")))
    assert said(tab)[0] == "The task of this run was removed; its history is kept."
    assert list(facts(tab)) == ["Run"]
    await tab.read()
    assert stage.way.asked == []


async def test_text_of_others_is_shown_as_it_is(stage: Stage, tab: OverviewTab) -> None:
    tab.show_subject(Subject(views.task(1, name="<b>x</b>", does="runs `<i>`"), None))
    assert said(tab)[0].startswith("<b>x</b> runs")
    shown = [one for one in tab.findChildren(QLabel) if "<" in one.text()]
    assert {one.textFormat() for one in shown} == {Qt.TextFormat.PlainText}


async def test_the_keyboard_gets_there(stage: Stage, tab: OverviewTab) -> None:
    tab.show_subject(Subject(backup(), None))
    assert accessible.faults(tab) == []
    assert tab.focusPolicy() is Qt.FocusPolicy.StrongFocus

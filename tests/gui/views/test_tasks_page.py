from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.views.tasks_page import TasksPage
from tests.gui.support import views
from tests.gui.support.stages import Stage

#: Longest that a list of 10,000 tasks may take to come, in seconds; ten times what it takes.
SLOW_S = 5.0


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> TasksPage:
    one = TasksPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    one.show()
    return one


async def test_the_sidebar_says_how_many_tasks_there_are(stage: Stage, page: TasksPage) -> None:
    stage.load([views.task(1), views.task(2)])
    assert page.count() == (2, "")


async def test_what_is_selected_is_a_task_with_the_run_that_matters(
    stage: Stage, page: TasksPage
) -> None:
    running, failed, fresh = views.task(1), views.ended_task(2, "failed"), views.task(3)
    run = views.run(1, of=running)
    stage.load([running, failed, fresh], [run])
    page.view.selectAll()
    assert [(one.task, one.run) for one in page.subjects()] == [
        (stage.bridge.mirror.tasks[running.id], run), (failed, failed.last_run), (fresh, None),
    ]  # fmt: skip


async def test_a_removed_task_is_gone(stage: Stage, page: TasksPage) -> None:
    stage.load([views.task(1), views.task(2)])
    page.pick(views.task(1).id)
    stage.remove_task(views.task(1).id)
    assert page.count() == (1, "")
    assert list(page.subjects()) == []


async def test_it_holds_ten_thousand_tasks_with_long_names(stage: Stage, page: TasksPage) -> None:
    long = "a name that goes on and on " * 20
    tasks = [views.task(number, name=f"{number} {long}") for number in range(10_000)]
    runs = [views.run(number, of=tasks[number]) for number in range(0, 10_000, 40)]
    begun = time.monotonic()
    stage.load(tasks, runs)
    page.grab()
    assert time.monotonic() - begun < SLOW_S
    assert page.table.rowCount() == 10_000
    assert page.minimumSizeHint().width() < 800
    page.search("9999")
    assert page.table.rowCount() == 1
    page.search("")
    page.show_state("running")
    assert page.table.rowCount() == 250
    assert page.pick(tasks[9_999].id)
    assert page.view.picked_ids() == [tasks[9_999].id]

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.views.activity_page import ActivityPage
from tests.gui.support import views
from tests.gui.support.stages import Stage


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> ActivityPage:
    one = ActivityPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    one.show()
    return one


def shown(page: ActivityPage) -> list[str]:
    """The states of the runs that are listed, from top to bottom."""
    return [page.table.row_at(row).state for row in range(page.table.rowCount())]


async def test_it_lists_what_has_not_ended_the_newest_first(
    stage: Stage, page: ActivityPage
) -> None:
    runs = [
        views.run(1, "waiting", triggered_at=views.stamp(1)),
        views.run(2, triggered_at=views.stamp(2)),
        views.run(3, "completed", triggered_at=views.stamp(3)),
    ]
    stage.load([views.task()], runs)
    assert shown(page) == ["running", "waiting"]
    stage.put(views.run(2, "completed", triggered_at=views.stamp(2)))
    assert shown(page) == ["waiting"]


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ([], (0, "")),
        (["waiting", "suspended"], (2, "waiting")),
        (["running", "canceling", "waiting"], (2, "running")),
    ],
)
async def test_the_sidebar_says_what_runs_else_what_waits(
    stage: Stage, page: ActivityPage, states: list[str], count: tuple[int, str]
) -> None:
    stage.load([views.task()], [views.run(at, state) for at, state in enumerate(states)])
    assert page.count() == count


async def test_what_is_selected_is_a_run_with_its_task(stage: Stage, page: ActivityPage) -> None:
    task, orphan = views.task(1), views.run(2, of=views.task(2))
    stage.load([task], [views.run(1, of=task), orphan])
    page.pick(views.run(1).id)
    [subject] = page.subjects()
    assert (subject.task, subject.run) == (task, views.run(1, of=task))
    page.pick(orphan.id)
    [subject] = page.subjects()
    assert (subject.task, subject.run) == (None, orphan)


async def test_it_says_what_would_be_here(stage: Stage, page: ActivityPage) -> None:
    stage.load([views.task()])
    words = [one.text() for one in page.empty.findChildren(QLabel) if one.isVisible()]
    assert words[0] == "Nothing is running"

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail import runs_tab
from bgtasks_gui.gui.detail.runs_tab import RunsTab
from bgtasks_gui.wire import shapes
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage, collect

RUNS = "GET /v1/runs"


@pytest.fixture
def tab(stage: Stage, qtbot: QtBot) -> RunsTab:
    one = RunsTab(stage.bridge.client, stage.now)
    qtbot.addWidget(one)
    one.resize(900, 240)
    one.show()
    return one


def of_task(call: Call[object]) -> list[shapes.RunView]:
    """Three runs of the task that is asked for."""
    task = next(one for one in map(views.task, (1, 2)) if one.id == call.query["task"])
    first = 10 if task == views.task(1) else 20
    return [views.run(first + at, "completed", task) for at in (3, 2, 1)]


def listed(tab: RunsTab) -> list[str]:
    return [tab._table.id_at(row) for row in range(tab._table.rowCount())]


async def test_it_lists_and_plots_the_newest_runs_of_a_task(stage: Stage, tab: RunsTab) -> None:
    asked: list[Call[object]] = []
    stage.way.on(RUNS, lambda call: asked.append(call) or of_task(call))
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    assert listed(tab) == [views.run(number).id for number in (13, 12, 11)]
    assert [one.id for one in tab._plot._runs] == [views.run(number).id for number in (11, 12, 13)]
    assert asked[0].query == {"task": views.task(1).id, "limit": str(runs_tab.MOST)}


async def test_a_run_alone_shows_those_of_its_task(stage: Stage, tab: RunsTab) -> None:
    stage.way.on(RUNS, of_task)
    tab.show_subject(Subject(None, views.run(13, "completed", views.task(1))))
    await tab.read()
    assert len(listed(tab)) == 3


async def test_a_late_answer_is_not_told_of_another_task(stage: Stage, tab: RunsTab) -> None:
    stage.way.on(RUNS, of_task)
    stage.way.gate.clear()
    tab.show_subject(Subject(views.task(1), None))
    late = asyncio.ensure_future(tab.read())
    await looping.until(lambda: stage.way.asked)
    tab.show_subject(Subject(views.task(2), None))
    stage.way.gate.set()
    await late
    assert listed(tab) == []
    await tab.read()
    assert listed(tab)[0] == views.run(23).id


async def test_nothing_is_said_before_it_is_known(stage: Stage, tab: RunsTab) -> None:
    stage.way.on(RUNS, errors.AgentUnreachable())
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    assert not tab._plot._is_told
    stage.way.on(RUNS, [])
    await tab.read()
    assert tab._plot._is_told


async def test_a_bar_marks_its_run_and_enter_opens_it(
    stage: Stage, tab: RunsTab, qtbot: QtBot
) -> None:
    stage.way.on(RUNS, of_task)
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    opened = collect(tab.opened)
    tab._plot.picked.emit(views.run(12).id)
    assert tab._view.picked_ids() == [views.run(12).id]
    assert opened == []
    qtbot.keyClick(tab._view, Qt.Key.Key_Return)
    assert opened == [(views.run(12).id,)]


async def test_nothing_selected_asks_nothing(stage: Stage, tab: RunsTab) -> None:
    tab.show_subject(Subject(None, None))
    await tab.read()
    assert stage.way.asked == []


async def test_everybody_can_use_it(stage: Stage, tab: RunsTab) -> None:
    stage.way.on(RUNS, of_task)
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    assert accessible.faults(tab) == []

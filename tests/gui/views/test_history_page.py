from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors
from bgtasks_gui.gui.views.history_page import HistoryPage
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage

RUNS = "GET /v1/runs"


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> HistoryPage:
    one = HistoryPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    return one


def ends(first: int, count: int) -> list[shapes.RunView]:
    """Runs that ended, the newest first."""
    return [views.run(number, "completed") for number in range(first + count - 1, first - 1, -1)]


async def test_it_lists_what_has_ended_the_newest_first(stage: Stage, page: HistoryPage) -> None:
    stage.load([views.task()], [*ends(1, 2), views.run(9)])
    ids = [page.table.id_at(row) for row in range(page.table.rowCount())]
    assert ids == [views.run(2).id, views.run(1).id]


async def test_older_runs_are_asked_for_as_they_are_scrolled_to(
    stage: Stage, page: HistoryPage
) -> None:
    asked: list[Call[object]] = []

    def answer(call: Call[object]) -> list[shapes.RunView]:
        asked.append(call)
        return ends(1, 3)

    stage.way.on(RUNS, answer)
    stage.load([views.task()], ends(100, 40))
    page.show()
    assert asked == []
    page.view.scrollToBottom()
    await looping.until(lambda: page.table.rowCount() == 43)
    [call] = asked
    assert call.query["cursor"] == views.run(100).id
    assert call.query["state"] == "ended"
    page.view.scrollToBottom()
    assert not page.table.canFetchMore()


async def test_what_cannot_be_read_now_is_asked_for_again(stage: Stage, page: HistoryPage) -> None:
    stage.way.is_away = True
    stage.load([views.task()], ends(100, 3))
    page.show()
    await looping.until(lambda: RUNS in stage.way.asked and page.table.canFetchMore())
    stage.way.is_away = False
    stage.way.on(RUNS, ends(1, 3))
    page.table.fetchMore()
    await looping.until(lambda: page.table.rowCount() == 6)


async def test_a_refusal_is_no_news_while_scrolling(stage: Stage, page: HistoryPage) -> None:
    stage.load()
    stage.way.on(RUNS, errors.InvalidField("This is no cursor.", field="cursor"))
    page.table.fetchMore()
    await looping.until(page.table.canFetchMore)


async def test_failures_nobody_has_seen_are_counted_until_it_is_looked_at(
    stage: Stage, page: HistoryPage
) -> None:
    stage.load([views.task()], [views.run(1)])
    assert page.count() == (0, "")
    stage.put(views.run(1, "failed"))
    assert page.count() == (1, "failed")
    page.appear()
    assert page.count() == (0, "")


async def test_what_is_selected_is_a_run_with_its_task(stage: Stage, page: HistoryPage) -> None:
    stage.load([views.task(1)], ends(1, 1))
    page.pick(views.run(1).id)
    [subject] = page.subjects()
    assert (subject.task, subject.run) == (views.task(1), ends(1, 1)[0])


async def test_what_ended_late_leaves_no_gap(stage: Stage, page: HistoryPage) -> None:
    stage.load([views.task()], [views.run(5), *ends(500, stage.bridge.mirror.ended_kept)])
    stage.put(views.run(5, "completed"))
    assert page.table.find(views.run(5).id) is not None
    asked: list[Call[object]] = []

    def answer(call: Call[object]) -> list[shapes.RunView]:
        asked.append(call)
        return ends(5, 495)

    stage.way.on(RUNS, answer)
    assert not page.pick(views.run(50).id)
    await looping.until(lambda: page.view.picked_ids() == [views.run(50).id])
    assert [call.query["cursor"] for call in asked] == [views.run(500).id]

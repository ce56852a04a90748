from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.models.run_rows import RunRow
from bgtasks_gui.gui.models.run_table import ActiveTable, HistoryTable
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.letters import Told
from tests.gui.support.stages import Stage, collect


@pytest.fixture
async def active(stage: Stage, qtmodeltester: ModelTester) -> ActiveTable:
    table = ActiveTable(stage.bridge, stage.tally, stage.asked, stage.now)
    qtmodeltester.check(table)
    return table


@pytest.fixture
async def history(stage: Stage) -> HistoryTable:
    return HistoryTable(stage.bridge, stage.tally, stage.now)


@pytest.fixture
async def watched(history: HistoryTable, qtmodeltester: ModelTester) -> HistoryTable:
    """Qt's tester asks it for more whenever there is any."""
    qtmodeltester.check(history)
    return history


def shown(table: RowTable[RunRow]) -> list[shapes.RunView]:
    return [table.row_at(row).run for row in range(table.rowCount())]


def made(*numbers: int, state: str = "completed") -> list[shapes.RunView]:
    """In descending order, as lists of runs begin."""
    return [views.run(number, state) for number in sorted(numbers, reverse=True)]


# Those under way


async def test_runs_are_listed_while_they_last(stage: Stage, active: ActiveTable) -> None:
    stage.load([], [views.run(1), views.run(2, "failed"), views.run(3, "waiting")])
    assert shown(active) == [views.run(3, "waiting"), views.run(1)]
    stage.put(views.run(4, "pending"), views.run(1, "completed"))
    assert shown(active) == [views.run(4, "pending"), views.run(3, "waiting")]
    assert +active.counts == {"pending": 1, "waiting": 1}
    stage.load([], made(*range(10, 30), state="running"))
    assert shown(active) == made(*range(10, 30), state="running")


async def test_a_run_that_begins_and_ends_in_one_round_is_not_listed(
    stage: Stage, active: ActiveTable
) -> None:
    stage.load()
    stage.put(views.run(1), views.run(1, "completed"))
    assert shown(active) == []


async def test_progress_tells_its_own_cells(stage: Stage, active: ActiveTable) -> None:
    stage.load([], [views.run(1), views.run(2)])
    told = Told(active)
    stage.progress(views.run(1).id, views.progress(5, 20))
    assert told.take() == [(1, 1, 0, 2)]


async def test_what_was_asked_is_said_in_the_row(stage: Stage, active: ActiveTable) -> None:
    stage.load([], [views.run(1), views.run(2)])
    told = Told(active)
    stage.asked.mark(frozenset({views.run(2).id, "nobody"}), "Asked to cancel…")
    assert active.words(active.index(0, 0)).second == "Asked to cancel…"
    assert active.words(active.index(1, 0)).second != "Asked to cancel…"
    assert [span[:2] for span in told.take()] == [(0, 0)]


# Those that have ended


async def test_ended_runs_are_listed_the_newest_first(stage: Stage, watched: HistoryTable) -> None:
    stage.load([], [*made(1, 3), views.run(2)])
    assert shown(watched) == made(1, 3)
    stage.put(views.run(2, "completed"))
    assert shown(watched) == made(1, 2, 3)


async def test_history_keeps_what_the_mirror_has_no_room_for(
    stage: Stage, watched: HistoryTable
) -> None:
    stage.bridge.mirror.ended_kept = 2
    stage.load([], made(1, 2))
    stage.put(*made(3, 4))
    assert len(stage.bridge.mirror.runs) == 2
    assert shown(watched) == made(1, 2, 3, 4)


async def test_a_run_that_outlived_the_mirrors_room_is_listed(
    stage: Stage, watched: HistoryTable
) -> None:
    stage.bridge.mirror.ended_kept = 2
    stage.load([], [views.run(1), *made(2, 3)])
    stage.put(*made(1, state="failed"))
    assert views.run(1).id not in stage.bridge.mirror.runs
    assert shown(watched) == [*made(2, 3), *made(1, state="failed")]


async def test_what_ended_unseen_leaves_no_gap(stage: Stage, watched: HistoryTable) -> None:
    stage.bridge.mirror.ended_kept = 2
    stage.load([], made(1, 2))
    watched.take_page([], is_last=True)
    stage.lose()
    # One of those that are here is among the newest still: nothing can lie between.
    stage.load([], made(2, 3))
    assert shown(watched) == made(1, 2, 3)
    assert not watched.has_more
    stage.lose()
    stage.load([], made(8, 9))
    assert shown(watched) == made(8, 9)
    assert watched.has_more


async def test_older_pages_are_asked_for_one_at_a_time(stage: Stage, history: HistoryTable) -> None:
    stage.load([], made(5, 6))
    wanted = collect(history.more_wanted)
    assert history.canFetchMore()
    assert not history.canFetchMore(history.index(0, 0))
    history.fetchMore()
    assert len(wanted) == 1
    assert not history.canFetchMore()
    assert history.oldest == views.run(5).id
    history.take_page(made(3, 4), is_last=False)
    assert shown(history) == made(3, 4, 5, 6)
    assert history.oldest == views.run(3).id
    assert history.canFetchMore()
    history.fetchMore()
    history.take_page(made(1, 2), is_last=True)
    assert not history.canFetchMore()
    assert len(wanted) == 2


async def test_a_page_that_cannot_be_had_is_asked_for_again(
    stage: Stage, history: HistoryTable
) -> None:
    stage.load([], made(5))
    history.fetchMore()
    history.stop_asking()
    assert history.canFetchMore()


async def test_a_page_holds_what_is_here_already(stage: Stage, watched: HistoryTable) -> None:
    stage.load([], made(5, 6))
    watched.fetchMore()
    watched.take_page(made(*range(1, 6)), is_last=True)
    assert shown(watched) == made(1, 2, 3, 4, 5, 6)
    assert +watched.counts == {"completed": 6}


async def test_nothing_is_the_oldest_of_none(history: HistoryTable) -> None:
    assert history.oldest is None


async def test_scrolling_to_the_end_asks_for_more(
    stage: Stage, history: HistoryTable, qtbot: QtBot
) -> None:
    stage.load([], made(*range(100, 160)))
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(history)
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.resize(400, 300)
    view.show()
    history.stop_asking()
    wanted = collect(history.more_wanted)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert wanted == []
    bar.setValue(bar.maximum())
    assert len(wanted) == 1
    before = bar.maximum()
    history.take_page(made(*range(1, 100)), is_last=True)
    await looping.until(lambda: bar.maximum() > before)
    bar.setValue(bar.maximum())
    assert len(wanted) == 1
    assert history.rowCount() == 159


async def test_sorting_goes_on_while_pages_come(stage: Stage, watched: HistoryTable) -> None:
    stage.load([], [views.run(5, "failed"), views.run(6, "completed")])
    watched.sort(1, Qt.SortOrder.AscendingOrder)
    watched.take_page([views.run(1, "canceled"), views.run(2, "skipped")], is_last=True)
    assert [str(run.state) for run in shown(watched)] == [
        "canceled", "completed", "failed", "skipped",
    ]  # fmt: skip

from __future__ import annotations

import msgspec
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.transfers.transfer_table import Speeds, TransferTable
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.support.letters import ids
from tests.gui.support.stages import Stage


@pytest.fixture
def table(stage: Stage, qtmodeltester: ModelTester) -> TransferTable:
    one = TransferTable(stage.bridge, stage.tally, stage.asked, stage.now)
    qtmodeltester.check(one)
    return one


async def test_it_lists_transfers_alone_the_newest_first(
    stage: Stage, table: TransferTable
) -> None:
    up = moves.task(2, "upload")
    runs = [moves.run(1), moves.run(2, "completed", up), views.run(3), moves.run(4, "waiting")]
    stage.load([moves.task(), up], runs)
    assert ids(table) == [views.run(at).id for at in (4, 2, 1)]
    assert table.find(views.run(2).id).place.host == "files.example.org"


async def test_what_was_there_before_it_is_listed(stage: Stage) -> None:
    stage.load([moves.task()], [moves.run(1), views.run(2)])
    late = TransferTable(stage.bridge, stage.tally, stage.asked, stage.now)
    assert ids(late) == [views.run(1).id]


async def test_progress_reaches_its_cell_alone(
    stage: Stage, table: TransferTable, qtbot: QtBot
) -> None:
    stage.load([moves.task()], [moves.run(1), moves.run(2)])
    table.show_span(0, 1)
    with qtbot.waitSignal(table.dataChanged) as told:
        stage.progress(views.run(1).id, moves.moving(5))
    top, bottom = told.args[0], told.args[1]
    assert (top.row(), bottom.row()) == (1, 1)


async def test_speeds_of_what_moves_are_added_up(stage: Stage, table: TransferTable) -> None:
    up = moves.task(2, "upload")
    runs = [
        moves.run(1, progress=moves.moving(5, rate=3.0)),
        moves.run(2, progress=moves.moving(5, rate=4.0)),
        moves.run(3, of=up, progress=moves.moving(5, rate=5.0)),
        moves.run(4, "suspended", progress=moves.moving(5, rate=100.0)),
        moves.run(5),
    ]
    stage.load([moves.task(), up], runs)
    assert table.speeds == Speeds(7.0, 5.0)


async def test_a_changed_address_is_told_with_the_next_change(
    stage: Stage, table: TransferTable
) -> None:
    stage.load([moves.task()], [moves.run(1)])
    other = msgspec.structs.replace(
        moves.task(), payload=moves.payload(url="https://other.example/a", to="/tmp/")
    )
    stage.put_task(other)
    stage.progress(views.run(1).id, moves.moving(5))
    assert table.find(views.run(1).id).place.host == "other.example"


async def test_a_run_keeps_its_place_when_its_task_is_removed(
    stage: Stage, table: TransferTable
) -> None:
    stage.load([moves.task()], [moves.run(1)])
    stage.remove_task(moves.task().id)
    stage.put(moves.run(1, "completed"))
    assert table.find(views.run(1).id).place.host == "downloads.example.org"


async def test_what_has_no_room_in_the_mirror_goes(stage: Stage, table: TransferTable) -> None:
    stage.bridge.mirror.ended_kept = 2
    stage.load([moves.task()], [moves.run(at) for at in range(1, 4)])
    for at in range(1, 4):
        stage.put(moves.run(at, "completed"))
    assert ids(table) == [views.run(3).id, views.run(2).id]


async def test_what_was_asked_of_one_is_told(
    stage: Stage, table: TransferTable, qtbot: QtBot
) -> None:
    stage.load([moves.task()], [moves.run(1)])
    with qtbot.waitSignal(table.dataChanged):
        stage.asked.mark(frozenset({views.run(1).id}), "Asked to suspend…")
    assert table.words(table.index(0, 0)).second == "Asked to suspend…"

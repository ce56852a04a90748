from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.log_side import LogSide
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage


@pytest.fixture
def side(stage: Stage, qtbot: QtBot) -> LogSide:
    one = LogSide(stage.bridge.client)
    qtbot.addWidget(one)
    one.resize(800, 240)
    return one


def log_of(number: int) -> str:
    return f"GET /v1/runs/{views.run(number).id}/log"


async def test_it_reads_the_log_of_the_run_and_else_of_the_newest_of_the_task(
    stage: Stage, side: LogSide
) -> None:
    side.show()
    side.show_subject(Subject(views.task(1), views.run(2, "completed")))
    await looping.until(lambda: stage.way.asked)
    assert set(stage.way.asked) == {log_of(2)}
    stage.way.asked.clear()
    side.show_subject(Subject(views.ended_task(3, "failed"), None))
    await looping.until(lambda: stage.way.asked)
    assert set(stage.way.asked) == {log_of(3)}
    await side.read()
    side.close()


async def test_nothing_is_read_while_nobody_looks(stage: Stage, side: LogSide) -> None:
    side.show_subject(Subject(views.task(1), views.run(2, "completed")))
    await looping.until(lambda: side._under_way)
    assert stage.way.asked == []
    side.show_subject(Subject(None, None))
    side.close()

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.frame.status_bar import StatusBar
from bgtasks_gui.wire import shapes
from tests.gui.support import views
from tests.gui.support.stages import Stage


@pytest.fixture
def bar(stage: Stage, qtbot: QtBot) -> StatusBar:
    one = StatusBar(stage.parts)
    qtbot.addWidget(one)
    one.show()
    return one


def said(bar: StatusBar) -> list[str]:
    bar.refresh()
    return [one.text() for one in bar.findChildren(QLabel) if one.text()]


async def test_it_says_whether_the_agent_is_there(stage: Stage, bar: StatusBar) -> None:
    assert said(bar) == ["Reaching the agent…"]
    stage.load([views.task()])
    assert said(bar) == ["Agent running"]
    stage.lose()
    assert said(bar) == ["Agent away"]


async def test_it_counts_what_is_under_way(stage: Stage, bar: StatusBar) -> None:
    states = ("running", "canceling", "waiting", "pending", "suspended", "completed")
    stage.load([views.task()], [views.run(at, state) for at, state in enumerate(states)])
    assert said(bar) == ["Agent running", "2 running, 2 waiting, 1 suspended"]


async def test_it_says_that_everything_is_paused_and_which_version_it_is(
    stage: Stage, bar: StatusBar
) -> None:
    stage.load()
    stage.say_system(pause=shapes.PauseView(paused=True, until=None))
    assert said(bar) == ["Paused until you resume", "Background Tasks 0.1.0"]

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import exchange
from bgtasks_gui.gui.frame.telling import Telling
from bgtasks_gui.gui.widgets.banner import BannerArea, Message
from bgtasks_gui.wire import shapes
from tests.gui.support import views
from tests.gui.support.stages import Stage, collect


@pytest.fixture
def area(dressed: object, qtbot: QtBot) -> BannerArea:
    one = BannerArea()
    qtbot.addWidget(one)
    one.show()
    return one


@pytest.fixture
def telling(stage: Stage, area: BannerArea) -> Telling:
    return Telling(stage.parts, area)


def said(area: BannerArea) -> list[str]:
    return [f"{one.lead} {one.text}".strip() for one in area.messages()]


def press(area: BannerArea, words: str) -> None:
    [button] = [one for one in area.findChildren(QPushButton) if one.text() == words]
    button.click()


def removed(number: int, name: str) -> shapes.RemovedView:
    return shapes.RemovedView(id=views.task(number).id, name=name, canceled_runs=())


# The agent


async def test_an_agent_that_was_never_reached_is_not_called_away(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.lose()
    assert said(area) == []


async def test_an_agent_that_goes_away_is_told_until_it_is_back(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.load()
    stage.lose()
    assert said(area) == [
        "The agent is away. What you see is how it was; it is tried again by itself."
    ]
    [banner] = area.messages()
    assert not banner.can_close
    stage.lose("It is refused.")
    assert area.messages() == [banner], "it is put up again, and whoever presses it misses it"
    started = collect(telling.start_wanted)
    press(area, "Start it")
    assert len(started) == 1
    stage.lose()
    stage.load()
    assert said(area) == []


async def test_a_refusal_is_told_in_its_sentence(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.performer.refused.emit("It expired yesterday.")
    stage.performer.refused.emit("It expired yesterday.")
    assert said(area) == ["Not done: It expired yesterday."]
    assert area.messages()[0].tone == "alarm"


async def test_what_was_asked_of_an_agent_that_is_away_is_told_until_it_is_back(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.load()
    stage.lose()
    stage.performer.refused.emit(exchange.NOT_RUNNING)
    assert said(area)[-1] == "Not done: The agent is away."
    stage.load()
    assert said(area) == []


async def test_others_put_their_messages_up(area: BannerArea, telling: Telling) -> None:
    telling.tell(Message(key="x", lead="There is no tray here."))
    assert said(area) == ["There is no tray here."]


# What was removed


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["<b>backup</b>"], "“<b>backup</b>” is removed. Its runs stay in the history."),
        (["backup", "films"], "2 tasks are removed. Their runs stay in the history."),
    ],
)
async def test_a_removal_can_be_taken_back(
    stage: Stage, area: BannerArea, telling: Telling, names: list[str], told: str
) -> None:
    gone = [removed(number, name) for number, name in enumerate(names)]
    stage.performer.removed.emit(gone)
    assert said(area) == [told]
    assert area.messages()[0].lasts_s > 0
    wanted = collect(telling.restore_wanted)
    press(area, "Undo")
    assert wanted == [([one.id for one in gone],)]
    assert said(area) == []


# The pause, and what else there is to know


async def test_a_pause_is_told_until_it_is_lifted(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.say_system(pause=shapes.PauseView(paused=True, until=None))
    assert said(area) == [
        "Everything is paused until you resume. Nothing starts; what ran is suspended."
    ]
    wanted = collect(telling.resume_wanted)
    press(area, "Resume all")
    assert len(wanted) == 1
    stage.say_system(pause=shapes.PauseView(paused=True, until=views.stamp(3600)))
    assert len(said(area)) == 1
    assert "until" in said(area)[0]
    assert "you resume" not in said(area)[0]
    [banner] = area.messages()
    stage.say_system(pause=shapes.PauseView(paused=True, until=views.stamp(3600)))
    assert area.messages() == [banner]
    stage.say_system()
    assert said(area) == []


async def test_what_the_agent_notes_is_told_once(
    stage: Stage, area: BannerArea, telling: Telling
) -> None:
    stage.say_system(notices=("The disk is full.",))
    [message] = area.messages()
    assert said(area) == ["The disk is full."]
    area.take_down(message.key)
    stage.say_system(notices=("The disk is full.",))
    assert said(area) == []
    stage.say_system()
    stage.say_system(notices=("The disk is full.",))
    assert said(area) == ["The disk is full."]
    stage.say_system()
    assert said(area) == []

from __future__ import annotations

import json

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors
from bgtasks_gui.gui.views import system_page
from bgtasks_gui.gui.views.system_page import SystemPage
from bgtasks_gui.gui.widgets.system import card as cards
from bgtasks_gui.wire import shapes
from tests.gui.fakes import background as made
from tests.gui.fakes.notices import telling
from tests.gui.support import accessible, looping
from tests.gui.support.stages import Stage, collect

BACKGROUND, TELLING = "GET /v1/background", "GET /v1/telling"
CANCEL, ALLOW = "POST /v1/continuous/1/cancel", "PUT /v1/access/org.example.Sync"


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> SystemPage:
    stage.way.on(TELLING, telling())
    stage.way.on(
        BACKGROUND,
        made.background(
            continuous=(made.continuous(),), budgets=(made.budget(),), access=(made.access(),),
            holds=(made.hold(),),
        ),
    )  # fmt: skip
    one = SystemPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 700)
    return one


async def look(stage: Stage, page: SystemPage) -> None:
    """Somebody looks at the page, and it has read everything."""
    stage.load()
    stage.say_system(facts=(shapes.FactView(name="power", value="mains", ok=True),))
    page.show()
    await looping.until(lambda: page.board.access.entries.all())


def counts(page: SystemPage) -> list[int]:
    """How much stands in each card."""
    return [len(one.entries.all()) for one in page.board.cards]


# What is shown


async def test_everything_is_read_when_it_is_looked_at(stage: Stage, page: SystemPage) -> None:
    stage.load()
    assert stage.way.asked == []
    await look(stage, page)
    assert counts(page) == [1, 1, 1, 1, 1, 1]


async def test_what_there_is_not_is_said_in_a_sentence(stage: Stage, page: SystemPage) -> None:
    stage.way.on(BACKGROUND, made.background())
    stage.load()
    stage.say_system()
    page.show()
    await looping.until(lambda: page.board.holds.empty.text() != cards.UNREAD)
    said = [one.empty.text() for one in page.board.cards if one is not page.board.telling]
    assert len(set(said)) == 5
    assert all(one.endswith(".") for one in said)
    page._again.stop()
    await looping.quiet()
    assert accessible.faults(page) == []


async def test_it_is_read_again_while_somebody_looks(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    await looping.until(page._again.isActive)
    assert page._again.interval() == system_page._CALM_MS
    stage.way.on(BACKGROUND, made.background(budgets=(made.budget(9.0, made.delay()),)))
    page._again.timeout.emit()
    await looping.until(lambda: counts(page) == [1, 1, 0, 0, 1, 0])
    await looping.until(page._again.isActive)
    # Somebody's time runs off.
    assert page._again.interval() == system_page._COUNTING_MS


async def test_what_changes_is_read_soon(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    await looping.until(page._again.isActive)
    stage._take(stage._event("continuous_changed", what="started"))
    assert page._again.interval() == system_page._GATHER_MS
    page.hide()
    stage._take(stage._event("continuous_changed", what="stopped"))
    assert not page._again.isActive()


async def test_it_rests_while_nobody_looks(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    await looping.until(page._again.isActive)
    page.hide()
    assert not page._again.isActive()
    asked = len(stage.way.asked)
    stage.say_system()
    page.refresh()
    page.read()
    assert len(stage.way.asked) == asked
    page.show()
    await looping.until(lambda: len(stage.way.asked) > asked)


async def test_it_is_read_at_once_when_the_agent_is_back(stage: Stage, page: SystemPage) -> None:
    page.show()
    stage.way.is_away = True
    stage.load()
    await looping.until(lambda: TELLING in stage.way.asked and not page._is_reading)
    stage.lose()
    page.set_stale(is_stale=True)
    assert page.board.holds.empty.text() == cards.UNKNOWN
    assert not page.board.holds.isEnabled()
    stage.way.is_away = False
    stage.load()
    page.set_stale(is_stale=False)
    await looping.until(lambda: counts(page)[1:] == [1, 1, 1, 1, 1])
    assert page.board.holds.isEnabled()


async def test_what_was_asked_before_it_was_refreshed_goes_on(
    stage: Stage, page: SystemPage
) -> None:
    await look(stage, page)
    await looping.until(page._again.isActive)
    page._again.stop()
    asked = len(stage.way.asked)
    page.refresh()
    await looping.until(lambda: len(stage.way.asked) > asked)


# What can be done


async def test_a_continuous_task_is_cancelled(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    stage.way.on(CANCEL, made.continuous())
    stage.way.on(BACKGROUND, made.background())
    page.board.continuous.entries.find(1).button.click()
    await looping.until(lambda: page.board.continuous.entries.all() == [])
    assert CANCEL in stage.way.asked


async def test_what_is_refused_is_told_and_can_be_tried_again(
    stage: Stage, page: SystemPage
) -> None:
    await look(stage, page)
    stage.way.on(CANCEL, errors.NotFound("There is no continuous task 1."))
    refused = collect(stage.performer.refused)
    button = page.board.continuous.entries.find(1).button
    button.click()
    await looping.until(button.isEnabled)
    assert refused == [("There is no continuous task 1.",)]


@pytest.mark.parametrize("is_system", [False, True])
async def test_access_is_denied_by_a_switch(
    stage: Stage, page: SystemPage, is_system: bool
) -> None:
    stage.way.on(BACKGROUND, made.background(access=(made.access(is_system=is_system),)))
    await look(stage, page)
    asked: list[Call[object]] = []

    def answer(call: Call[object]) -> shapes.AccessView:
        asked.append(call)
        return denied

    denied = made.access(keep_running=False, is_system=is_system)
    stage.way.on(ALLOW, answer)
    stage.way.on(BACKGROUND, made.background(access=(denied,)))
    [line] = page.board.access.entries.all()
    line.switch.click()
    await looping.until(lambda: not line.switch.isChecked() and line.switch.isEnabled())
    [call] = asked
    modes = ["dataTransfer", "audioPlayback"]
    wanted = {"keep_running": False, "modes": modes, "is_system": is_system}
    assert json.loads(call.body or b"") == wanted


async def test_a_switch_that_is_refused_stays_as_it_was(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    [line] = page.board.access.entries.all()
    line.switch.click()
    await looping.until(line.switch.isEnabled)
    assert line.switch.isChecked()


async def test_keys_scroll_it(stage: Stage, page: SystemPage) -> None:
    await look(stage, page)
    page.activateWindow()
    page.focus_list()
    await looping.until(page.board.hasFocus)
    page._again.stop()
    await looping.quiet()
    assert accessible.faults(page) == []

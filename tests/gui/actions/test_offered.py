from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.actions.catalogue import ACTIONS, Subject
from bgtasks_gui.gui.actions.offered import Offered
from tests.gui.support import looping, stages, views

TASK, OTHER = views.task(1), views.task(2)
RUN = views.run(1, of=TASK)


class Desk:
    """A window and what is selected in it."""

    def __init__(self, stage: stages.Stage) -> None:
        self.selected: list[Subject] = []
        self.window = QWidget()
        self.offered = Offered(stage.performer, lambda: self.selected, self.window)

    def enabled(self, *subjects: Subject) -> set[str]:
        self.selected = list(subjects)
        self.offered.refresh()
        return {name for name, one in self.offered.actions.items() if one.isEnabled()}


@pytest.fixture
def desk(stage: stages.Stage, qtbot: QtBot) -> Desk:
    one = Desk(stage)
    qtbot.addWidget(one.window)
    one.window.show()
    return one


async def test_nothing_selected_offers_nothing(desk: Desk) -> None:
    assert desk.enabled() == set()


async def test_one_running_task_can_be_stopped(desk: Desk) -> None:
    offered = desk.enabled(Subject(TASK, RUN))
    assert {"suspend", "cancel", "cancel_because", "run", "edit", "logs", "why"} <= offered
    assert offered.isdisjoint({"resume", "retry", "enable"})


async def test_several_offer_what_can_be_done_to_many(desk: Desk) -> None:
    offered = desk.enabled(Subject(TASK, RUN), Subject(OTHER, None))
    assert {"run", "suspend", "cancel", "disable", "remove"} <= offered
    assert offered.isdisjoint({"edit", "why", "logs", "run_with"})


async def test_the_menu_holds_what_fits_with_its_keys_and_icons(desk: Desk) -> None:
    desk.selected = [Subject(TASK, RUN)]
    menu = desk.offered.menu(desk.window)
    shown = [one for one in menu.actions() if not one.isSeparator()]
    fitting = [one.text for one in ACTIONS if one.fits(desk.selected[0])]
    assert [one.text() for one in shown] == fitting
    assert all(not one.icon().isNull() for one in shown)
    assert not menu.actions()[0].isSeparator()


async def test_a_key_does_what_the_menu_does(desk: Desk, stage: stages.Stage, qtbot: QtBot) -> None:
    desk.enabled(Subject(TASK, RUN))
    desk.window.activateWindow()
    stage.way.on(f"POST /v1/runs/{RUN.id}/suspend", RUN)
    qtbot.keyClick(desk.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    await looping.until(lambda: stage.way.asked)
    assert stage.way.asked == [f"POST /v1/runs/{RUN.id}/suspend"]


async def test_tips_tell_the_key(desk: Desk) -> None:
    assert desk.offered.actions["run"].toolTip() == "Run now (Ctrl+R)"
    assert desk.offered.actions["edit"].toolTip() == "Edit (Ctrl+E)"

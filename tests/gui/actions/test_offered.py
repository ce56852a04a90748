from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QShortcut
from PySide6.QtWidgets import QListView, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.gui import sides
from bgtasks_gui.gui.actions.catalogue import ACTIONS, Subject
from bgtasks_gui.gui.actions.offered import Offered
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.opening import Opening
from bgtasks_gui.gui.style import theme
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


async def test_many_that_are_selected_are_looked_at_fast(desk: Desk) -> None:
    """With every change that is told, 30 times a second."""
    many = [Subject(views.task(number), views.run(number)) for number in range(2_000)]
    clock = asyncio.get_running_loop().time
    began = clock()
    for _ in range(10):
        desk.enabled(*many)
    assert clock() - began < 0.5


async def test_icons_are_drawn_for_the_theme(desk: Desk, dressed: theme.Theme) -> None:
    desk.offered.draw()
    colours = [painted(desk.offered.actions[name]) for name in ("run", "cancel")]
    assert colours == [dressed.color("text").name(), dressed.color("failed").name()]
    dressed.choose("dark")
    desk.offered.draw()
    assert painted(desk.offered.actions["run"]) == dressed.color("text").name() != colours[0]


def painted(action: QAction) -> str:
    image = action.icon().pixmap(32, 32).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha).name()


async def test_a_key_is_taken_once_in_the_whole_window(stage: stages.Stage, qtbot: QtBot) -> None:
    window = Window(stage.parts, sides.make_sides(stage.parts, lambda _: None), QMenu())
    qtbot.addWidget(window)
    window.may_close = True
    Opening(window, paths.find_resources())
    actions = {one for one in window.actions() if not one.shortcut().isEmpty()}
    shortcuts = {
        one
        for one in window.findChildren(QShortcut)
        if one.context() is not Qt.ShortcutContext.WidgetWithChildrenShortcut
    }
    keys = [one.shortcut().toString() for one in actions]
    keys += [one.key().toString() for one in shortcuts]
    assert sorted(keys) == sorted(set(keys))
    assert {"Ctrl+R", "Ctrl+N", "Ctrl+F", "Ctrl+Q", "F1"} <= set(keys)
    await window.pane.close_reading()


async def test_the_key_that_removes_counts_only_in_lists(
    desk: Desk, stage: stages.Stage, qtbot: QtBot
) -> None:
    desk.enabled(Subject(TASK, None))
    words, rows = QPlainTextEdit(desk.window), QListView(desk.window)
    words.setReadOnly(True)
    desk.offered.add_keys_of_lists(rows)
    for widget in (words, rows):
        widget.show()
    desk.window.activateWindow()
    words.setFocus()
    qtbot.keyClick(words, Qt.Key.Key_Delete)
    assert stage.way.asked == []
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    await looping.until(lambda: stage.way.asked)
    assert stage.way.asked == [f"DELETE /v1/tasks/{TASK.id}"]

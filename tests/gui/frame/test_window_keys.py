"""The window without a mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.style import theme
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage, collect


def fill(stage: Stage) -> None:
    """One task runs, one has failed, one rests."""
    failed = views.ended_task(2, "failed", reason=views.reason("Failed: exit status 3."))
    assert failed.last_run is not None
    stage.load(
        [views.task(1, name="backup"), failed, views.task(3, name="letters")],
        [views.run(1, of=views.task(1, name="backup")), failed.last_run],
    )


def press(window: Window, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """A key, wherever the keyboard is now."""
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= one
    QTest.keyClick(QApplication.focusWidget() or window, key, held)


CTRL = Qt.KeyboardModifier.ControlModifier


async def test_keys_turn_the_pages_and_go_to_the_list(stage: Stage, window: Window) -> None:
    fill(stage)
    for key, page in (
        (Qt.Key.Key_1, "overview"), (Qt.Key.Key_3, "activity"),
        (Qt.Key.Key_4, "transfers"), (Qt.Key.Key_5, "history"), (Qt.Key.Key_6, "notices"),
        (Qt.Key.Key_7, "system"), (Qt.Key.Key_2, "tasks"),
    ):  # fmt: skip
        press(window, key, CTRL)
        assert window.page.name == page
    assert window.page.view.hasFocus()
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Down)
    assert [one.name for one in window.subjects()] == ["task 2"]
    press(window, Qt.Key.Key_Escape)
    assert list(window.subjects()) == []


async def test_keys_search_and_come_back(stage: Stage, window: Window, qtbot: QtBot) -> None:
    fill(stage)
    window.show_page("overview")
    press(window, Qt.Key.Key_F, CTRL)
    assert window.page.name == "tasks"
    assert window.header.search.hasFocus()
    qtbot.keyClicks(window.header.search, "letters")
    press(window, Qt.Key.Key_Return)
    assert [one.name for one in window.subjects()] == ["letters"]
    press(window, Qt.Key.Key_F, CTRL)
    press(window, Qt.Key.Key_Escape)
    assert window.page.table.rowCount() == 3
    assert window.page.view.hasFocus()


async def test_keys_act_on_what_is_selected(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    window.page.focus_list()
    press(window, Qt.Key.Key_K, CTRL)
    await looping.until(lambda: f"POST /v1/runs/{views.run(1).id}/cancel" in stage.way.asked)


async def test_keys_open_the_pane_and_a_new_task(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    press(window, Qt.Key.Key_I, CTRL)
    assert not window.pane.isVisible()
    press(window, Qt.Key.Key_I, CTRL)
    assert window.pane.isVisible()
    wanted = collect(window.new_wanted)
    press(window, Qt.Key.Key_N, CTRL)
    assert len(wanted) == 1
    asked = collect(window.close_asked)
    press(window, Qt.Key.Key_W, CTRL)
    assert len(asked) == 1


@pytest.mark.parametrize("look", ["light", "dark"])
async def test_everybody_can_use_it(
    stage: Stage, window: Window, dressed: theme.Theme, look: theme.Choice
) -> None:
    dressed.choose(look)
    fill(stage)
    stage.lose()
    window.page.pick(views.task(1).id)
    await looping.quiet()
    assert accessible.faults(window) == []
    fill(stage)
    window.pane.set_live(is_live=False)
    await looping.quiet()
    assert accessible.faults(window) == []


# Offscreen nothing can hold on to the keyboard for a menu.
@pytest.mark.qt_log_ignore("grabbing the keyboard")
async def test_the_menu_key_opens_the_menu_of_the_row(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    window.page.focus_list()
    press(window, Qt.Key.Key_Menu)
    [menu] = [one for one in window.findChildren(QMenu) if one.isVisible()]
    assert menu.actions()
    menu.close()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("page", ["overview", "tasks", "history"])
async def test_one_sees_where_the_keyboard_is(
    stage: Stage, window: Window, dressed: theme.Theme, look: theme.Choice, page: str
) -> None:
    dressed.choose(look)
    fill(stage)
    window.show_page(page)
    if page != "overview":
        window.page.focus_list()
    window.pane.set_live(is_live=False)
    await looping.quiet()
    unseen = []
    way = accessible.reached(window)
    assert len(way) > 8
    for one in way:
        window.setFocus()
        before = one.grab().toImage()
        one.setFocus(Qt.FocusReason.TabFocusReason)
        if one.grab().toImage() == before:
            unseen.append(one.accessibleName() or type(one).__name__)
    assert unseen == []

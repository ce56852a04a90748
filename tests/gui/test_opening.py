from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from bgtasks_gui import paths
from bgtasks_gui.core import errors
from bgtasks_gui.gui.dialogs.arguments import ArgumentsDialog
from bgtasks_gui.gui.dialogs.cancel import CancelDialog
from bgtasks_gui.gui.dialogs.preferences import PreferencesDialog
from bgtasks_gui.gui.dialogs.shortcuts import ShortcutsDialog
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.opening import Opening
from bgtasks_gui.gui.style import theme
from bgtasks_gui.wire import codec
from tests.gui.editor.support import catalogs
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect

CATALOG = "GET /v1/catalog"


@pytest.fixture
async def opening(window: Window, stage: Stage) -> AsyncIterator[Opening]:
    one = Opening(window, paths.find_resources())
    yield one
    for dialog in shown(window, QDialog):
        dialog.close()
    await one.close()
    await window.pane.close_reading()
    await looping.quiet()


def shown(window: Window, kind: type[QDialog]) -> list[QDialog]:
    return [one for one in window.findChildren(kind) if one.isVisible()]


def fill(stage: Stage) -> None:
    """One task runs, one has failed."""
    failed = views.ended_task(2, "failed")
    assert failed.last_run is not None
    stage.load([views.task(1), failed], [views.run(1, of=views.task(1)), failed.last_run])


def perform(window: Window, name: str, row: int = 1) -> None:
    window.show_page("tasks", f"id:{views.task(row).id}")
    window.offered.actions[name].trigger()


def tab(window: Window) -> str:
    return window.pane.bar.tabText(window.pane.bar.currentIndex())


# What actions need first


async def test_a_reason_is_asked_for_and_sent(
    stage: Stage, window: Window, opening: Opening
) -> None:
    fill(stage)
    perform(window, "cancel_because")
    [dialog] = shown(window, CancelDialog)
    assert "“task 1”" in " ".join(one.text() for one in dialog.findChildren(QLabel))
    dialog.words.setText("It takes too long.")
    bodies: list[object] = []
    route = f"POST /v1/runs/{views.run(1).id}/cancel"
    stage.way.on(route, lambda call: bodies.append(codec.plain(call.body)) or views.run(1))
    dialog.confirm.click()
    await looping.until(lambda: bodies)
    assert bodies == [{"reason": "It takes too long."}]


async def test_arguments_are_asked_for_and_sent(
    stage: Stage, window: Window, opening: Opening
) -> None:
    fill(stage)
    perform(window, "run_with")
    [dialog] = shown(window, ArgumentsDialog)
    dialog.words.setPlainText("count=5")
    bodies: list[object] = []
    route = f"POST /v1/tasks/{views.task(1).id}/run"
    stage.way.on(route, lambda call: bodies.append(codec.plain(call.body)) or views.run(3))
    dialog.confirm.click()
    await looping.until(lambda: bodies)
    assert bodies == [{"arguments": {"count": 5}}]


async def test_why_and_log_turn_the_pane(stage: Stage, window: Window, opening: Opening) -> None:
    fill(stage)
    stage.keeper.prefs.is_pane_shown = False
    perform(window, "why")
    assert window.pane.isVisible()
    assert tab(window) == "Why"
    perform(window, "logs")
    assert tab(window) == "Log"
    assert window.page.name == "tasks"


async def test_the_log_of_another_run_is_turned_to(
    stage: Stage, window: Window, opening: Opening
) -> None:
    fill(stage)
    window.show_page("tasks", f"id:{views.task(1).id}")
    run = stage.bridge.mirror.runs[views.run(2).id]
    subject = window.subjects()[0]._replace(task=None, run=run)
    stage.performer.perform("logs", [subject])
    assert window.page.name == "history"
    assert window.pane.subject.run == run
    assert tab(window) == "Log"


async def test_an_action_nobody_shows_is_a_bug(opening: Opening) -> None:
    with pytest.raises(errors.IllegalMove, match="nothing is shown"):
        opening._on_wanted("fly", [])


# The editor


async def test_a_new_task_begins_with_templates(
    stage: Stage, window: Window, opening: Opening
) -> None:
    stage.way.on(CATALOG, catalogs.catalog())
    window.new_wanted.emit()
    await looping.until(lambda: opening._editors)
    [editor] = opening._editors
    assert editor.isVisible()
    editor.close()
    await looping.until(lambda: not opening._editors)
    window.new_wanted.emit()
    await looping.until(lambda: opening._editors)
    assert stage.way.asked.count(CATALOG) == 1, "the catalogue does not change"


async def test_a_task_is_edited(stage: Stage, window: Window, opening: Opening) -> None:
    fill(stage)
    stage.way.on(CATALOG, catalogs.catalog())
    stage.way.on(f"GET /v1/tasks/{views.task(1).id}", views.task(1))
    perform(window, "edit")
    await looping.until(lambda: opening._editors)
    [editor] = opening._editors
    assert editor.isVisible()
    assert "task 1" in editor.windowTitle()


async def test_a_saved_task_is_shown_once_it_is_known(
    stage: Stage, window: Window, opening: Opening
) -> None:
    fill(stage)
    window.show_page("history")
    opening._on_saved(views.task(7).id)
    assert window.page.name == "history"
    stage.put_task(views.task(7, name="fresh"))
    assert window.page.name == "tasks"
    assert [one.name for one in window.subjects()] == ["fresh"]
    window.show_page("history")
    stage.put_task(views.task(7, name="changed"))
    assert window.page.name == "history", "it is shown once"


async def test_without_the_agent_there_is_no_editor_but_a_word(
    stage: Stage, window: Window, opening: Opening
) -> None:
    stage.way.is_away = True
    refused = collect(stage.performer.refused)
    window.new_wanted.emit()
    await looping.until(lambda: refused)
    assert not opening._editors


# What is seldom wanted


async def test_preferences_count_at_once(
    stage: Stage, window: Window, opening: Opening, dressed: theme.Theme
) -> None:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    [dialog] = shown(window, PreferencesDialog)
    dialog.look.setCurrentIndex(dialog.look.findData("dark"))
    assert dressed.palette.is_dark
    assert stage.keeper.prefs.theme == "dark"


async def test_every_key_is_listed(window: Window, opening: Opening) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    [dialog] = shown(window, ShortcutsDialog)
    words = {one.text() for one in dialog.findChildren(QLabel)}
    used = {one.shortcut().toString() for one in window.actions()} - {""}
    assert used - words == set()


async def test_the_menu_of_the_window_has_what_is_seldom_wanted(
    window: Window, opening: Opening
) -> None:
    entries = {one.text(): one for one in window.header.more.actions()}
    assert list(entries) == ["Preferences…", "Keyboard…", "Quit"]
    wanted = collect(opening.quit_wanted)
    entries["Quit"].trigger()
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert len(wanted) == 2
    assert isinstance(window.header.more.parent(), QWidget)


async def test_samples_are_registered(stage: Stage, window: Window, opening: Opening) -> None:
    stage.way.on("POST /v1/tasks", views.task(1))
    window.samples_wanted.emit()
    await looping.until(lambda: stage.way.asked.count("POST /v1/tasks") > 5)
    stage.put_task(views.task(1, name="sample"))
    await looping.until(lambda: window.page.name == "tasks")
    assert [one.name for one in window.subjects()] == ["sample"], "the first of them is shown"

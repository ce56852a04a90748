from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.agent import lock
from bgtasks_gui.client import launching
from bgtasks_gui.core import errors, ids
from bgtasks_gui.gui import single
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from bgtasks_gui.gui.program import Program
from tests.flows.living import Living
from tests.gui.support import looping, programs

# Offscreen there is no tray, and Qt is surprised to be asked for one.
pytestmark = [
    pytest.mark.qt_log_ignore("systemTrayWindowChanged"),
    pytest.mark.usefixtures("window_loop", "tidy_threads"),
]


@pytest.fixture
def living(place: paths.Home) -> Iterator[Living]:
    one = Living(place.root)
    one.start()
    yield one
    one.clear_away()


def names(program: Program) -> list[str]:
    table = program.parts.tasks
    return [table.row_at(row).task.name for row in range(table.rowCount())]


def picked(program: Program) -> list[str]:
    """Ids of the runs that are selected."""
    return [one.run.id for one in program.window.subjects() if one.run is not None]


def answer_quit(program: Program, words: str) -> None:
    [dialog] = [one for one in program.window.findChildren(QuitDialog) if one.isVisible()]
    [button] = [one for one in dialog.findChildren(QPushButton) if one.text() == words]
    button.click()


# The agent


async def test_it_starts_the_agent_where_none_runs(place: paths.Home) -> None:
    async with programs.running(place) as program:
        await programs.connected(program)
        assert program.window.status._agent.text() == "Agent running"
    assert await asyncio.to_thread(launching.find_agent, place) is not None


async def test_what_keeps_the_agent_from_starting_is_told_until_it_runs(
    place: paths.Home,
) -> None:
    paths.make_home(place)
    with lock.hold(place.agent_lock):
        async with programs.running(place) as program:
            told = await programs.message(program, "The agent does not start.")
            assert "An agent serves" in told.text
            assert program.window.page.name == "overview"
    async with programs.running(place) as program:
        await programs.connected(program)
        assert programs.said(program) == []


async def test_it_is_tried_again_when_the_person_wants_it(place: paths.Home) -> None:
    paths.make_home(place)
    with lock.hold(place.agent_lock):
        programs_running = programs.running(place)
        program = await programs_running.__aenter__()
        await programs.message(program, "The agent does not start.")
    programs.press(program, "Try again")
    await programs.connected(program)
    await looping.until(lambda: programs.said(program) == [])
    await programs_running.__aexit__(None, None, None)


async def test_an_agent_that_somebody_else_starts_is_welcome(place: paths.Home) -> None:
    paths.make_home(place)
    other = Living(place.root)
    with lock.hold(place.agent_lock):
        programs_running = programs.running(place)
        program = await programs_running.__aenter__()
        await programs.message(program, "The agent does not start.")
    await asyncio.to_thread(other.start)
    await programs.connected(program)
    assert programs.said(program) == []
    await programs_running.__aexit__(None, None, None)
    other.clear_away()


async def test_what_was_removed_comes_back_as_it_was(living: Living) -> None:
    task = living.add("backup", "true")
    async with programs.running(living.home) as program:
        await looping.until(lambda: names(program) == ["backup"])
        program.window.show_page("tasks", f"id:{task.id}")
        program.window.offered.actions["remove"].trigger()
        await programs.message(program, "“backup” is removed.")
        await looping.until(lambda: names(program) == [])
        programs.press(program, "Undo")
        await looping.until(lambda: names(program) == ["backup"])
        assert list(program.parts.bridge.mirror.tasks) == [task.id]


async def test_a_pause_is_told_and_lifted(living: Living) -> None:
    async with programs.running(living.home) as program:
        await programs.connected(program)
        [entry, *_] = program.window.header._pauses.actions()
        entry.trigger()
        await programs.message(program, "Everything is paused until")
        programs.press(program, "Resume all")
        await looping.until(lambda: programs.said(program) == [])


# Coming and going


async def test_quitting_keeps_the_tasks_running(living: Living) -> None:
    async with programs.running(living.home) as program:
        await programs.connected(program)
        assert program.furniture is not None
        program.furniture.closing.quit()
        answer_quit(program, "Keep tasks running")
        await looping.until(program._ended.is_set)
    assert await asyncio.to_thread(launching.find_agent, living.home) is not None
    assert json.loads(living.home.window_prefs.read_bytes())["quit"] == "keep"


async def test_quitting_stops_the_tasks_where_the_person_wants_it(living: Living) -> None:
    task = living.add("long", "sleep", "60")
    run = living.run(task.id)
    async with programs.running(living.home) as program:
        await programs.connected(program)
        assert program.furniture is not None
        program.furniture.closing.quit()
        answer_quit(program, "Stop the tasks")
        await looping.until(program._ended.is_set)
    await looping.until(lambda: not living.home.agent_socket.exists())
    living.stop()
    living.start()
    assert living.show(run.id).state == "canceled"


async def test_quitting_does_not_wait_for_an_agent_that_is_away(living: Living) -> None:
    async with programs.running(living.home) as program:
        await programs.connected(program)
        living.kill()
        program._on_ended("stop")
        await looping.until(program._ended.is_set)


async def test_a_home_has_one_window(living: Living) -> None:
    async with programs.running(living.home) as program:
        await programs.connected(program)
        second = Program(living.home, paths.find_resources())
        with pytest.raises(errors.WindowAlreadyOpen):
            await second.run(is_minimized=False)
        second.window.deleteLater()


@pytest.mark.parametrize("token", [None, "from-the-desktop"])
async def test_a_second_start_brings_it_forward(
    living: Living, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    seen: list[str | None] = []
    async with programs.running(living.home) as program:
        window = program.window
        window.hide()
        monkeypatch.setattr(
            type(window),
            "activateWindow",
            lambda _: seen.append(os.environ.get("XDG_ACTIVATION_TOKEN")),
        )
        if token is not None:
            monkeypatch.setenv("DESKTOP_STARTUP_ID", token)
        assert await asyncio.to_thread(single.raise_open, living.home)
        assert window.isVisible()
    assert seen == [token]
    assert "XDG_ACTIVATION_TOKEN" not in os.environ


async def test_it_opens_at_a_run(living: Living) -> None:
    task = living.add("backup", "false")
    run = living.wait(living.run(task.id).id)
    async with programs.running(living.home, run_id=run.id) as program:
        await looping.until(lambda: picked(program) == [run.id])
        assert program.window.page.name == "history"
        assert program.window.pane.isVisible()


async def test_it_opens_at_a_run_once_there_is_an_agent(place: paths.Home) -> None:
    paths.make_home(place)
    other = Living(place.root)
    other.start()
    run = other.wait(other.run(other.add("backup", "true").id).id)
    other.stop()
    with lock.hold(place.agent_lock):
        programs_running = programs.running(place, run_id=run.id)
        program = await programs_running.__aenter__()
        await programs.message(program, "The agent does not start.")
        assert picked(program) == []
    await asyncio.to_thread(other.start)
    await looping.until(lambda: picked(program) == [run.id])
    await programs_running.__aexit__(None, None, None)
    other.clear_away()


async def test_a_second_start_leads_it_to_a_run(living: Living) -> None:
    task = living.add("long", "sleep", "60")
    run, never = living.run(task.id), ids.make_id(0, 7)
    async with programs.running(living.home, is_minimized=True) as program:
        await programs.connected(program)
        assert await asyncio.to_thread(single.raise_open, living.home, run.id)
        await looping.until(lambda: picked(program) == [run.id])
        assert program.window.page.name == "activity"
        assert program.window.isVisible()
        program.window.show_page("tasks")
        assert await asyncio.to_thread(single.raise_open, living.home, never)
        await programs.message(program, "This run is not known any more.")
        assert program.window.page.name == "tasks"


async def test_it_starts_hidden(living: Living) -> None:
    async with programs.running(living.home, is_minimized=True) as program:
        await programs.connected(program)
        assert not program.window.pacing.is_seen


async def test_the_tray_brings_it_forward_and_hides_it(living: Living, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    async with programs.running(living.home) as program:
        await programs.connected(program)
        assert program.furniture is not None
        tray, window = program.furniture.tray, program.window
        window.hide()
        # Without a desktop nothing takes the keyboard from a window that is hidden.
        other.show()
        await looping.until(other.isActiveWindow)
        tray.toggle_wanted.emit()
        assert window.isVisible()
        await looping.until(window.isActiveWindow)
        tray.open_wanted.emit("")
        assert window.isVisible(), "it is opened, not toggled"
        tray.toggle_wanted.emit()
        assert not window.pacing.is_seen


async def test_the_tray_opens_a_run(living: Living) -> None:
    task = living.add("backup", "false")
    run = living.wait(living.run(task.id).id)
    async with programs.running(living.home) as program:
        await programs.connected(program)
        assert program.furniture is not None
        program.furniture.tray.open_wanted.emit(run.id)
        assert program.window.page.name == "history"
        assert picked(program) == [run.id]
        # The icon may tell of one that the history has forgotten since.
        program.furniture.tray.open_wanted.emit(ids.make_id(0, 7))
        await programs.message(program, "This run is not known any more.")
        assert picked(program) == [run.id]


# What nobody expects


async def test_a_bug_on_the_way_to_the_agent_is_not_lost(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(_bridge: Bridge) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Bridge, "run", break_down)
    bugs: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
    async with programs.running(living.home):
        await looping.until(lambda: bugs)
    assert isinstance(bugs[0], ZeroDivisionError)


async def test_an_apology_is_told_once(living: Living) -> None:
    async with programs.running(living.home) as program:
        program.apologise()
        program.apologise()
        assert len([one for one in programs.said(program) if "Sorry." in one]) == 1


async def test_its_preferences_are_kept(living: Living) -> None:
    async with programs.running(living.home) as program:
        program.window.show_page("history")
        program.window.resize(790, 600)
    kept = json.loads(living.home.window_prefs.read_bytes())
    assert (kept["page"], kept["width"], kept["height"]) == ("history", 800, 600)

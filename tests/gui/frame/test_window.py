from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui import bridge as bridges
from bgtasks_gui.gui import sides
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect


def fill(stage: Stage) -> None:
    """One task runs, one has failed, one rests."""
    failed = views.ended_task(2, "failed", reason=views.reason("Failed: exit status 3."))
    assert failed.last_run is not None
    stage.load(
        [views.task(1, name="backup"), failed, views.task(3, name="letters")],
        [views.run(1, of=views.task(1, name="backup")), failed.last_run],
    )


def figures(window: Window) -> list[str]:
    """The pages of the sidebar as they are read out."""
    return [one.accessibleName() for one in window.sidebar.buttons]


def ticking(window: Window) -> list[object]:
    """Whose timers run."""
    return [one.parent() for one in window.findChildren(QTimer) if one.isActive()]


# Pages


async def test_it_opens_where_it_was_left(stage: Stage, window: Window) -> None:
    assert window.page.name == "tasks"
    window.show_page("history")
    assert stage.keeper.prefs.page == "history"


async def test_a_page_nobody_knows_is_the_first(window: Window) -> None:
    assert window.show_page("nowhere").name == "overview"


async def test_the_sidebar_turns_and_counts(stage: Stage, window: Window) -> None:
    fill(stage)
    overview, *others = figures(window)
    assert overview == "Overview, 1 failed"
    assert others[:4] == ["Tasks, 3", "Activity, 1 running", "Transfers", "History"]
    assert others[4:] == ["Notices", "System"]
    window.sidebar.buttons[2].click()
    assert window.page.name == "activity"
    assert window.sidebar.buttons[2].isChecked()


async def test_a_search_ends_when_another_page_is_turned_to(stage: Stage, window: Window) -> None:
    fill(stage)
    window.header.search.setText("letters")
    await looping.until(lambda: window.page.table.rowCount() == 1)
    window.show_page("history")
    window.show_page("tasks")
    assert window.header.search.text() == ""
    assert window.page.table.rowCount() == 3


async def test_pages_lead_to_one_another(stage: Stage, window: Window) -> None:
    fill(stage)
    window.pages[0].page_wanted.emit("tasks", f"id:{views.task(3).id}")
    assert window.page.name == "tasks"
    assert [one.name for one in window.subjects()] == ["letters"]
    assert window.page.view.hasFocus(), "keys go on where one was led to"
    window.telling.page_wanted.emit("history", "failed")
    assert window.page.name == "history"
    assert window.page.table.rowCount() == 1
    assert window.page.view.hasFocus()


@pytest.mark.parametrize(("run", "page"), [(1, "activity"), (2, "history"), (99, "history")])
async def test_a_run_is_shown_where_it_stands(
    stage: Stage, window: Window, run: int, page: str
) -> None:
    fill(stage)
    window.show_run(views.run(run).id)
    assert window.page.name == page


async def test_failures_are_seen_once_the_history_is_looked_at(
    stage: Stage, window: Window
) -> None:
    fill(stage)
    stage.put(views.run(1, "failed", views.task(1)))
    assert figures(window)[4] == "History, 1 failed"
    window.show_page("history")
    assert figures(window)[4] == "History"


# What is selected


async def test_the_pane_shows_what_is_selected(stage: Stage, window: Window) -> None:
    fill(stage)
    assert not window.pane.isVisible()
    window.page.pick(views.task(1).id)
    assert window.pane.isVisible()
    assert window.pane.subject.name == "backup"
    window.page.view.selectAll()
    assert not window.pane.isVisible()
    window.page.view.clearSelection()
    assert not window.pane.isVisible()


async def test_the_pane_goes_with_a_row_that_is_filtered_away(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    window.page.show_state("failed")
    assert not window.pane.isVisible()
    assert not window.offered.actions["run"].isEnabled()


async def test_the_pane_says_the_state_of_the_row(stage: Stage, window: Window) -> None:
    fill(stage)
    task = stage.bridge.mirror.tasks[views.task(2).id]
    stage.put_task(msgspec.structs.replace(task, enabled=False))
    window.page.pick(task.id)
    assert window.pane._word.text() == "Disabled"
    window.show_page("history", f"id:{views.run(2).id}")
    assert window.pane._word.text() == "Failed"


async def test_actions_fit_the_selection_as_it_changes(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    actions = window.offered.actions
    assert actions["cancel"].isEnabled()
    stage.put(views.run(1, "canceled", views.task(1)))
    assert not actions["cancel"].isEnabled()
    assert actions["retry"].isEnabled()


async def test_actions_fit_the_selection_also_without_the_pane(
    stage: Stage, window: Window
) -> None:
    stage.keeper.prefs.is_pane_shown = False
    fill(stage)
    window.page.pick(views.task(1).id)
    stage.put(views.run(1, "canceled", views.task(1)))
    await looping.until(window.offered.actions["retry"].isEnabled)
    assert not window.pane.isVisible()


async def test_opening_a_row_opens_the_pane(stage: Stage, window: Window, qtbot: QtBot) -> None:
    stage.keeper.prefs.is_pane_shown = False
    fill(stage)
    window.page.pick(views.task(1).id)
    assert not window.pane.isVisible()
    qtbot.keyClick(window.page.view, Qt.Key.Key_Return)
    assert window.pane.isVisible()
    window.show_tab("Why")
    assert window.pane.bar.tabText(window.pane.bar.currentIndex()) == "Why"


# Offscreen nothing can hold on to the keyboard for a menu.
@pytest.mark.qt_log_ignore("grabbing the keyboard")
async def test_the_menu_offers_what_fits(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(3).id)
    window.page.menu_wanted.emit(QPoint(10, 10))
    [menu] = [one for one in window.findChildren(QMenu) if one.isVisible()]
    words = [one.text() for one in menu.actions() if one.text()]
    assert words[0] == "Run now"
    assert "Cancel" not in words
    menu.close()


# Where the agent is, and who looks


async def test_everything_is_grey_while_the_agent_is_away(stage: Stage, window: Window) -> None:
    fill(stage)
    stage.lose()
    assert [one.view.property("stale") for one in window.pages[1:6]] == [True] * 5
    fill(stage)
    assert [one.view.property("stale") for one in window.pages[1:6]] == [False] * 5


async def test_nothing_happens_while_nobody_looks(stage: Stage, window: Window) -> None:
    fill(stage)
    window.page.pick(views.task(1).id)
    window.hide()
    await looping.until(lambda: not ticking(window))
    stage.put(views.run(1, "waiting", views.task(1)))
    assert stage.bridge._pace_ms == bridges.HIDDEN_MS
    assert ticking(window) == []
    asked = list(stage.way.asked)
    window.show()
    await looping.until(lambda: len(stage.way.asked) > len(asked))
    assert figures(window)[2] == "Activity, 1 waiting"


async def test_a_minimised_window_rests_and_is_true_when_it_is_back(
    stage: Stage, window: Window
) -> None:
    fill(stage)
    window.show_page("overview")
    window.showMinimized()
    assert stage.bridge._pace_ms == bridges.HIDDEN_MS
    stage.put(views.run(1, "completed", views.task(1)))
    assert not window.pages[0]._gather.isActive()
    window.come_forward()
    assert not window.isMinimized()
    assert window.page.running.first_line is None


async def test_it_comes_forward_as_it_was(stage: Stage, window: Window) -> None:
    stage.keeper.prefs.is_maximized = True
    window.hide()
    window.come_forward()
    assert window.isMaximized()


async def test_the_machine_and_the_pause_are_said(stage: Stage, window: Window) -> None:
    facts = (
        shapes.FactView(name="power", value="mains", ok=True),
        shapes.FactView(name="supervisor", value="running", ok=True),
    )
    stage.say_system(facts=facts, pause=shapes.PauseView(paused=True, until=None))
    words = [
        one.text() for one in window.sidebar.facts.findChildren(QWidget) if hasattr(one, "text")
    ]
    assert words == ["Conditions now", "Power: mains"]
    assert window.header.pause.text().strip() == "Resume all"


async def test_closing_is_decided_by_others(window: Window) -> None:
    asked = collect(window.close_asked)
    assert not window.close()
    assert len(asked) == 1
    assert window.isVisible()
    window.may_close = True
    assert window.close()


async def test_its_size_is_remembered(stage: Stage, window: Window) -> None:
    window.resize(900, 640)
    assert (stage.keeper.prefs.width, stage.keeper.prefs.height) == (900, 640)
    window.showMaximized()
    assert stage.keeper.prefs.is_maximized
    assert (stage.keeper.prefs.width, stage.keeper.prefs.height) == (900, 640)


async def test_it_tells_of_its_first_picture_once(stage: Stage, qtbot: QtBot) -> None:
    one = Window(stage.parts, sides.make_sides(stage.parts, str), QMenu())
    qtbot.addWidget(one, before_close_func=lambda it: setattr(it, "may_close", True))
    painted = collect(one.painted)
    one.show()
    await looping.until(lambda: painted)
    one.update()
    one.grab()
    assert len(painted) == 1


# Many


async def test_long_names_do_not_widen_it(stage: Stage, window: Window) -> None:
    long = "a name that goes on and on " * 20
    tasks = [views.task(number, name=f"{number} {long}") for number in range(300)]
    stage.load(tasks, [views.run(number, of=one) for number, one in enumerate(tasks)])
    failed = [views.run(at, "failed", one) for at, one in enumerate(tasks[:2])]
    stage.put(*failed)
    await looping.until(lambda: len(window.banners.messages()) == 2)
    for page in ("overview", "tasks", "activity", "transfers", "history"):
        window.show_page(page)
        if page != "overview":
            window.page.focus_list()
        assert window.minimumSizeHint().width() <= window.minimumWidth()

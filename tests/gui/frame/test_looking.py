from __future__ import annotations

from bgtasks_gui.gui.frame.window import Window
from tests.gui.support import views
from tests.gui.support.stages import Stage


def load(stage: Stage) -> None:
    stage.load([views.task(1), views.task(2)], [views.run(1, of=views.task(1))])


async def test_the_pane_is_closed_and_opened_as_the_person_wants(
    stage: Stage, window: Window
) -> None:
    load(stage)
    window.page.pick(views.task(1).id)
    window.pane.closed.emit()
    assert not window.pane.isVisible()
    assert not stage.keeper.prefs.is_pane_shown
    window.page.pick(views.task(2).id)
    assert not window.pane.isVisible()
    window.looking.toggle()
    assert window.pane.isVisible()
    assert window.pane.subject.name == "task 2"
    assert stage.keeper.prefs.is_pane_shown


async def test_there_is_no_pane_where_nothing_is_selected(stage: Stage, window: Window) -> None:
    load(stage)
    window.page.pick(views.task(1).id)
    window.show_page("overview")
    assert not window.pane.isVisible()
    window.looking.show_pane(is_shown=True)
    assert not window.pane.isVisible()
    window.show_page("tasks")
    assert window.pane.isVisible()


async def test_its_newer_state_is_shown_and_nothing_of_others(stage: Stage, window: Window) -> None:
    load(stage)
    window.page.pick(views.task(1).id)
    stage.put(views.run(1, "suspended", views.task(1)))
    assert window.pane.subject.run is not None
    assert window.pane.subject.run.state == "suspended"
    stage.put_task(views.task(2, name="other"))
    assert window.pane.subject.name == "task 1"


async def test_the_height_of_the_pane_is_remembered(stage: Stage, window: Window) -> None:
    load(stage)
    window.page.pick(views.task(1).id)
    window.looking.split.moveSplitter(300, 1)
    assert stage.keeper.prefs.pane_height == window.pane.height()
    assert window.pane.height() >= window.pane.minimumHeight()

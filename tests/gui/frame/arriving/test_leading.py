from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.gui import bridge as bridges
from bgtasks_gui.gui.frame.arriving.leading import Leading
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage

ACTIVE, ENDED, OLD = views.run(700), views.run(600, "completed"), views.run(5, "completed")
UNKNOWN = "This run is not known any more."


@pytest.fixture
def leading(window: Window) -> Leading:
    return Leading(window)


def route(run: shapes.RunView) -> str:
    return f"GET /v1/runs/{run.id}"


def load(stage: Stage, *more: shapes.RunView) -> None:
    stage.load([views.task()], [ACTIVE, ENDED, *more])


def load_full(stage: Stage) -> None:
    """With as many ended runs as the mirror has room for, and none older."""
    load(stage, *(views.run(number, "completed") for number in range(10, 509)))


def picked(window: Window) -> list[str]:
    """Ids of the runs that are selected."""
    return [one.run.id for one in window.subjects() if one.run is not None]


def said(window: Window) -> list[str]:
    return [f"{one.lead} {one.text}" for one in window.banners.messages()]


# What the window knows


@pytest.mark.parametrize(("run", "page"), [(ACTIVE, "activity"), (ENDED, "history")])
async def test_it_is_selected_where_it_stands(
    stage: Stage, window: Window, leading: Leading, run: shapes.RunView, page: str
) -> None:
    load(stage)
    window.looking.show_pane(is_shown=False)
    leading.lead_to(run.id.upper())
    assert (window.page.name, picked(window)) == (page, [run.id])
    assert window.pane.isVisible()
    assert window.pane.subject.run == run
    assert window.page.view.hasFocus()
    assert stage.way.asked == []


async def test_a_filter_does_not_hide_it(stage: Stage, window: Window, leading: Leading) -> None:
    load(stage, views.run(1, "failed"))
    window.show_page("history", "failed")
    window.header.search.setText("nothing")
    leading.lead_to(ENDED.id)
    assert picked(window) == [ENDED.id]
    assert window.header.search.text() == ""


async def test_what_the_lists_were_not_told_of_yet_is_told_first(
    stage: Stage, window: Window, leading: Leading
) -> None:
    load(stage)
    stage.bridge.set_pace(bridges.HIDDEN_MS)
    fresh = views.run(800)
    stage.bridge._take(stage._event("run_changed", run=fresh))
    leading.lead_to(fresh.id)
    assert (window.page.name, picked(window)) == ("activity", [fresh.id])


# What it does not know yet


async def test_it_waits_for_the_lists(stage: Stage, window: Window, leading: Leading) -> None:
    leading.lead_to(ENDED.id)
    stage.lose()
    assert (window.page.name, stage.way.asked) == ("tasks", [])
    load(stage)
    await looping.until(lambda: picked(window) == [ENDED.id])
    assert window.page.name == "history"
    # It is led to once.
    window.show_page("tasks")
    stage.put(views.run(600, "failed"))
    load(stage)
    await looping.quiet()
    assert window.page.name == "tasks"


async def test_what_is_wanted_last_is_shown(stage: Stage, window: Window, leading: Leading) -> None:
    leading.lead_to(ENDED.id)
    leading.lead_to(ACTIVE.id)
    load(stage)
    await looping.until(lambda: picked(window) == [ACTIVE.id])
    assert said(window) == []


@pytest.mark.parametrize("run", [views.run(800), views.run(800, "completed")])
async def test_a_run_that_the_agent_tells_of_any_moment_is_waited_for(
    stage: Stage, window: Window, leading: Leading, run: shapes.RunView
) -> None:
    load_full(stage)
    stage.way.on(route(run), run)
    leading.lead_to(run.id)
    await looping.until(lambda: stage.way.asked)
    await looping.quiet()
    assert window.page.name == "tasks"
    stage.put(run)
    await looping.until(lambda: picked(window) == [run.id])


async def test_a_run_that_is_told_of_while_it_is_asked_for(
    stage: Stage, window: Window, leading: Leading
) -> None:
    load(stage)
    run = views.run(800, "completed")
    stage.way.on(route(run), run)
    stage.way.gate.clear()
    leading.lead_to(run.id)
    await looping.until(lambda: stage.way.asked)
    stage.bridge._take(stage._event("run_changed", run=run))
    stage.way.gate.set()
    await looping.until(lambda: picked(window) == [run.id])
    await looping.quiet()
    assert said(window) == []


async def test_an_agent_that_is_away_is_waited_for(
    stage: Stage, window: Window, leading: Leading
) -> None:
    load(stage)
    stage.lose()
    stage.way.is_away = True
    run = views.run(800)
    leading.lead_to(run.id)
    await looping.until(lambda: stage.way.asked)
    await looping.quiet()
    assert (window.page.name, UNKNOWN in "".join(said(window))) == ("tasks", False)
    load(stage, run)
    await looping.until(lambda: picked(window) == [run.id])


# The history


async def test_it_is_looked_for_in_the_history(
    stage: Stage, window: Window, leading: Leading
) -> None:
    load_full(stage)
    stage.way.on(route(OLD), OLD)
    stage.way.on("GET /v1/runs", [views.run(9, "completed"), OLD])
    leading.lead_to(OLD.id)
    await looping.until(lambda: picked(window) == [OLD.id])
    assert window.page.name == "history"
    assert window.pane.subject.run == OLD
    assert window.page.view.hasFocus()


async def test_an_old_run_that_ends_while_it_is_waited_for(
    stage: Stage, window: Window, leading: Leading
) -> None:
    """It is told of once, and has no place among the newest."""
    load_full(stage)
    stage.way.on(route(OLD), views.run(5))
    stage.way.on("GET /v1/runs", [])
    leading.lead_to(OLD.id)
    await looping.until(lambda: route(OLD) in stage.way.asked)
    await looping.quiet()
    assert window.page.name == "tasks"
    stage.way.on(route(OLD), OLD)
    stage.put(OLD)
    await looping.until(lambda: picked(window) == [OLD.id])
    assert window.page.name == "history"


# What nobody knows


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "It is older than the history that is kept."),
        (errors.RunNotFound(), "No run that is kept here has its id."),
    ],
)
async def test_what_is_not_known_any_more_is_told_and_nothing_else(
    stage: Stage, window: Window, leading: Leading, answer: object, why: str
) -> None:
    load(stage)
    window.looking.show_pane(is_shown=False)
    window.page.pick(views.task().id)
    stage.way.on(route(OLD), answer)
    leading.lead_to(OLD.id)
    await looping.until(lambda: said(window) == [f"{UNKNOWN} {why}"])
    assert window.page.name == "tasks"
    assert not window.pane.isVisible()
    # The next wish is about another one.
    leading.lead_to(ACTIVE.id)
    assert (said(window), picked(window)) == ([], [ACTIVE.id])


@pytest.mark.parametrize("text", ["", "backup", "\udcff"])
async def test_what_is_no_id_is_not_asked_for(
    stage: Stage, window: Window, leading: Leading, text: str
) -> None:
    load(stage)
    leading.lead_to(text)
    assert said(window) == [f"{UNKNOWN} No run that is kept here has its id."]
    assert stage.way.asked == []


async def test_an_answer_that_comes_too_late_is_passed_over(
    stage: Stage, window: Window, leading: Leading
) -> None:
    load(stage)
    stage.way.on(route(OLD), None)
    stage.way.gate.clear()
    leading.lead_to(OLD.id)
    await looping.until(lambda: stage.way.asked)
    leading.lead_to(ACTIVE.id)
    stage.way.gate.set()
    await looping.quiet()
    assert (said(window), picked(window)) == ([], [ACTIVE.id])

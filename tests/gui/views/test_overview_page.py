from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.views.overview_page import OverviewPage
from bgtasks_gui.gui.widgets.summary_card import MOST, SummaryCard
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> OverviewPage:
    one = OverviewPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 700)
    one.show()
    return one


def lines(card: SummaryCard) -> list[str]:
    """What its lines say, to somebody who hears them."""
    found = [one for one in card.findChildren(QPushButton) if one.property("role") == "row"]
    return [one.accessibleName() for one in found if one.isVisible()]


def press(card: SummaryCard, line: int) -> None:
    found = [one for one in card.findChildren(QPushButton) if one.property("role") == "row"]
    found[line].click()


def figures(page: OverviewPage) -> dict[str, str]:
    """Today's outcomes: how each is read out."""
    return {
        one.state: one.accessibleName().partition(": ")[2]
        for one in page.day.findChildren(QPushButton)
    }


def heading(card: SummaryCard) -> str:
    """The title and the number beside it."""
    return " ".join(one.text() for one in card.findChildren(QLabel) if one.isVisible())


def fill(stage: Stage) -> list[shapes.TaskView]:
    """One task runs, one has failed, one is planned; another is suspended by the person."""
    running, failed, planned, held = (
        views.task(1, name="backup"),
        views.ended_task(2, "failed", reason=views.reason("Exit status 3.")),
        views.task(3, name="letters", next_run_at=views.stamp(3600), when=("every day",)),
        views.task(4, name="films"),
    )
    assert failed.last_run is not None
    by_person = views.reason("Suspended by you.", code="user_suspend", actor="user")
    stage.load(
        [running, failed, planned, held],
        [
            views.run(1, of=running, progress=views.progress(1, 4)),
            views.run(4, "suspended", held, reason=by_person),
            failed.last_run,
        ],
    )
    return [running, failed, planned, held]


# What the cards say


async def test_each_card_says_what_it_is_about(stage: Stage, page: OverviewPage) -> None:
    fill(stage)
    page.refresh()
    assert lines(page.running) == ["backup, Running, Running for 10 min, 25 %"]
    assert lines(page.needs) == [
        "films, Suspended, Suspended by you.",
        "task 2, Failed, Exit status 3., 7 min ago",
    ]
    assert lines(page.coming) == ["letters, Scheduled, every day, in 50 min"]
    assert lines(page.ended) == ["task 2, Failed, Exit status 3., 7 min ago"]
    assert figures(page) == {
        "completed": "0", "failed": "1", "canceled": "0", "skipped": "0", "missed": "0",
    }  # fmt: skip


async def test_cards_without_anything_say_so(stage: Stage, page: OverviewPage) -> None:
    stage.load([views.task()])
    page.refresh()
    said = [heading(card) for card in (page.running, page.needs, page.coming, page.ended)]
    assert said == [
        "Running now  Nothing is running.",
        "Needs you  Nothing needs you.",
        "Coming next  Nothing is planned.",
        "Ended last  Nothing has ended today.",
    ]


async def test_the_first_start_is_a_welcome(stage: Stage, page: OverviewPage) -> None:
    stage.load()
    await looping.until(lambda: not page.day.isVisible())
    words = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert words[0] == "Welcome"
    wanted, samples = collect(page.new_wanted), collect(page.samples_wanted)
    for button in [one for one in page.findChildren(QPushButton) if one.isVisible()]:
        button.click()
    assert (len(wanted), len(samples)) == (1, 1)


async def test_more_than_a_card_holds_is_counted(stage: Stage, page: OverviewPage) -> None:
    tasks = [views.task(number) for number in range(1, 9)]
    stage.load(tasks, [views.run(number, of=one) for number, one in enumerate(tasks)])
    page.refresh()
    assert len(lines(page.running)) == MOST
    assert heading(page.running) == "Running now 8"


async def test_only_today_counts(stage: Stage, page: OverviewPage) -> None:
    old = views.run(1, "completed", completed_at=views.stamp(-86400))
    stage.load([views.task()], [old, views.run(2, "completed")])
    page.refresh()
    assert figures(page)["completed"] == "1"
    assert len(lines(page.ended)) == 1
    stage.now.advance(timedelta(days=1))
    page.refresh()
    assert figures(page)["completed"] == "0"


async def test_more_ends_than_are_kept_are_not_told_as_all(
    stage: Stage, page: OverviewPage
) -> None:
    stage.bridge.mirror.ended_kept = 3
    stage.load([views.task()], [views.run(number, "completed") for number in range(3)])
    page.refresh()
    assert figures(page)["completed"] == "3 or more"
    assert heading(page.ended) == "Ended last 3+"


async def test_what_is_asked_for_is_said_until_it_is_confirmed(
    stage: Stage, page: OverviewPage
) -> None:
    fill(stage)
    stage.asked.mark(frozenset({views.run(1).id}), "Asked to cancel…")
    page.refresh()
    assert lines(page.running) == ["backup, Running, Asked to cancel…, 25 %"]


async def test_a_pause_is_said_instead_of_the_next_time(stage: Stage, page: OverviewPage) -> None:
    fill(stage)
    stage.say_system(pause=shapes.PauseView(paused=True, until=None))
    page.refresh()
    assert lines(page.coming) == ["letters, Scheduled, every day, paused"]


# When it says so


async def test_changes_are_gathered_and_shown(stage: Stage, page: OverviewPage) -> None:
    fill(stage)
    await looping.until(lambda: lines(page.running))
    stage.put(views.run(1, "completed"))
    assert lines(page.running) != []
    await looping.until(lambda: not lines(page.running))
    assert figures(page)["completed"] == "1"


async def test_it_rests_while_nobody_looks(stage: Stage, page: OverviewPage) -> None:
    page.hide()
    fill(stage)
    assert not page._gather.isActive()
    page.show()
    assert lines(page.running)
    page.showMinimized()
    stage.put(views.run(1, "completed"))
    assert not page._gather.isActive()


async def test_the_sidebar_counts_what_needs_the_person(stage: Stage, page: OverviewPage) -> None:
    assert page.count() == (0, "")
    fill(stage)
    assert page.count() == (2, "failed")


# Where it leads


@pytest.mark.parametrize(
    ("card", "line", "leads"),
    [
        ("running", 0, ("activity", f"id:{views.run(1).id}")),
        ("needs", 0, ("activity", f"id:{views.run(4).id}")),
        ("needs", 1, ("tasks", f"id:{views.task(2).id}")),
        ("coming", 0, ("tasks", f"id:{views.task(3).id}")),
        ("ended", 0, ("history", f"id:{views.run(2).id}")),
    ],
)
async def test_a_line_leads_to_what_it_is_about(
    stage: Stage, page: OverviewPage, card: str, line: int, leads: tuple[str, str]
) -> None:
    tasks = fill(stage)
    stage.put(msgspec.structs.replace(tasks[1].last_run, id=views.run(2).id))
    page.refresh()
    wanted = collect(page.page_wanted)
    press(getattr(page, card), line)
    assert wanted == [leads]


async def test_a_run_that_has_ended_in_the_meantime_is_found(
    stage: Stage, page: OverviewPage
) -> None:
    fill(stage)
    page.refresh()
    stage.put(views.run(1, "completed"))
    wanted = collect(page.page_wanted)
    press(page.running, 0)
    assert wanted == [("history", f"id:{views.run(1).id}")]


@pytest.mark.parametrize(
    ("card", "leads"),
    [
        ("running", ("activity", "running")),
        ("needs", ("tasks", "failed")),
        ("coming", ("tasks", "")),
        ("ended", ("history", "")),
    ],
)
async def test_a_card_leads_to_all_of_its_kind(
    stage: Stage, page: OverviewPage, card: str, leads: tuple[str, str]
) -> None:
    fill(stage)
    page.refresh()
    wanted = collect(page.page_wanted)
    [more] = [
        one
        for one in getattr(page, card).findChildren(QPushButton)
        if one.property("role") == "link"
    ]
    more.click()
    assert wanted == [leads]


async def test_an_outcome_leads_to_its_runs(stage: Stage, page: OverviewPage) -> None:
    fill(stage)
    page.refresh()
    wanted = collect(page.page_wanted)
    [failed] = [one for one in page.day.findChildren(QPushButton) if one.state == "failed"]
    failed.click()
    assert wanted == [("history", "failed")]


# How it stands


async def test_cards_stand_below_one_another_where_it_is_narrow(
    stage: Stage, page: OverviewPage
) -> None:
    fill(stage)
    assert page.running.x() < page.needs.x()
    page.resize(560, 700)
    await looping.until(lambda: page.running.x() == page.needs.x())
    assert page.needs.y() > page.running.y()
    page.resize(1060, 700)
    await looping.until(lambda: page.running.x() < page.needs.x())
    assert page.running.width() == page.needs.width()


async def test_the_keyboard_begins_at_the_first_line(
    stage: Stage, page: OverviewPage, qtbot: QtBot
) -> None:
    fill(stage)
    page.refresh()
    page.activateWindow()
    page.focus_list()
    assert page.focusWidget().accessibleName().startswith("backup, Running")
    wanted = collect(page.page_wanted)
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    assert len(wanted) == 1


async def test_what_may_not_be_true_cannot_be_pressed(stage: Stage, page: OverviewPage) -> None:
    fill(stage)
    page.set_stale(is_stale=True)
    assert not page.running.isEnabled()
    page.set_stale(is_stale=False)
    assert page.running.isEnabled()

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.core import runs
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.tasks_page import TasksPage
from tests.cli.fakes import views
from tests.fakes import samples
from tests.gui.support import looping
from tests.gui.support.stages import Stage, collect

_S = runs.RunState
BACKUP, FILMS, LETTERS = (samples.an_id(number) for number in (1, 2, 3))


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> ListPage:
    """Three tasks: one runs, one has failed, one has nothing to do."""
    one = TasksPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    one.show()
    return one


def fill(stage: Stage) -> None:
    failed = views.ended(_S.FAILED, id=samples.an_id(20), task_id=FILMS, task_name="films")
    stage.load(
        [
            views.task(id=BACKUP, name="backup", does="runs `./backup.sh`"),
            views.task(id=FILMS, name="films", does="runs `convert`", last_run=failed),
            views.task(id=LETTERS, name="letters", does="runs `scan`"),
        ],
        [views.run(id=samples.an_id(10), task_id=BACKUP, task_name="backup"), failed],
    )


def names(page: ListPage) -> list[str]:
    """What the list shows, from top to bottom."""
    return [page.table.row_at(row).task.name for row in range(page.table.rowCount())]


def chips(page: ListPage) -> list[str]:
    """The chips that are seen."""
    found = [one for one in page.findChildren(QPushButton) if one.property("role") == "chip"]
    return [one.text() for one in found if one.isVisible()]


def choose(page: ListPage, word: str) -> None:
    found = [one for one in page.findChildren(QPushButton) if one.property("role") == "chip"]
    [chip] = [one for one in found if one.text().startswith(word)]
    chip.click()


def said(page: ListPage) -> list[str]:
    """What stands where the list would be; nothing while there is a list."""
    if not page.empty.isVisible():
        return []
    return [one.text() for one in page.empty.findChildren(QLabel) if one.isVisible()]


# Chips


async def test_chips_count_every_state_and_those_without_rows_are_not_seen(
    stage: Stage, page: ListPage
) -> None:
    assert chips(page) == ["All  0"]
    fill(stage)
    assert chips(page) == ["All  3", "Running  1", "Failed  1"]


async def test_a_chip_shows_only_its_states_and_counts_go_on(stage: Stage, page: ListPage) -> None:
    fill(stage)
    choose(page, "Running")
    assert names(page) == ["backup"]
    stage.put(views.run(id=samples.an_id(11), task_id=LETTERS, task_name="letters"))
    assert names(page) == ["backup", "letters"]
    assert chips(page) == ["All  3", "Running  2", "Failed  1"]
    choose(page, "All")
    assert names(page) == ["backup", "films", "letters"]


async def test_a_chosen_chip_stays_when_its_last_row_goes(stage: Stage, page: ListPage) -> None:
    fill(stage)
    choose(page, "Failed")
    stage.put(views.run(id=samples.an_id(21), task_id=FILMS, task_name="films"))
    assert names(page) == []
    assert chips(page) == ["All  3", "Running  2", "Failed  0"]
    assert said(page) == ["Nothing here is failed."]


@pytest.mark.parametrize(
    ("state", "shown"),
    [("failed", ["films"]), ("canceling", ["backup"]), ("", ["backup", "films", "letters"])],
)
async def test_it_is_filtered_by_a_state_that_others_name(
    stage: Stage, page: ListPage, state: str, shown: list[str]
) -> None:
    fill(stage)
    page.show_state(state)
    assert names(page) == shown


# Search


async def test_search_finds_words_of_names_and_commands_in_any_order(
    stage: Stage, page: ListPage
) -> None:
    fill(stage)
    page.search("CONVERT films")
    assert names(page) == ["films"]
    page.search("")
    assert names(page) == ["backup", "films", "letters"]


async def test_a_row_that_begins_to_fit_the_search_is_shown(stage: Stage, page: ListPage) -> None:
    fill(stage)
    page.search("holiday")
    assert said(page) == [
        "Nothing here holds “holiday”.",
        "Search looks at names, commands and reasons.",
    ]
    stage.put_task(views.task(id=LETTERS, name="holiday letters"))
    assert names(page) == ["holiday letters"]
    assert said(page) == []
    assert page.view.isVisible()


async def test_what_is_searched_is_said(stage: Stage, page: ListPage) -> None:
    fill(stage)
    choose(page, "Failed")
    page.search("backup")
    assert said(page) == [
        "Nothing here holds “backup”.",
        "Only “Failed” is searched; choose “All” to search everything.",
    ]
    page.search("  ")
    assert names(page) == ["films"]


async def test_a_long_search_does_not_widen_the_window(stage: Stage, page: ListPage) -> None:
    fill(stage)
    page.search("holiday " * 50)
    assert page.minimumSizeHint().width() < 560


# What stands where there is nothing


async def test_it_says_why_it_is_empty(stage: Stage, page: ListPage) -> None:
    assert said(page) == ["Reaching the agent…"]
    stage.load()
    assert said(page)[0] == "No tasks yet"
    page.search("x")
    assert said(page)[0] == "Nothing here holds “x”."
    page.search("")
    assert said(page)[0] == "No tasks yet"


async def test_the_empty_list_leads_to_the_first_task_and_to_the_samples(
    stage: Stage, page: ListPage
) -> None:
    stage.load()
    wanted, samples_wanted = collect(page.new_wanted), collect(page.samples_wanted)
    first, second = (one for one in page.empty.findChildren(QPushButton) if one.isVisible())
    first.click()
    second.click()
    assert (first.text(), second.text()) == ("Add your first task", "Try the samples")
    assert (len(wanted), len(samples_wanted)) == (1, 1)


async def test_words_of_a_search_are_shown_as_they_are(stage: Stage, page: ListPage) -> None:
    stage.load()
    page.search("<b>bold</b>")
    [lead, *_] = [one for one in page.empty.findChildren(QLabel) if one.isVisible()]
    assert lead.text() == "Nothing here holds “<b>bold</b>”."
    assert lead.textFormat() is Qt.TextFormat.PlainText


# Selection


async def test_a_hidden_row_is_picked_by_lifting_what_hides_it(
    stage: Stage, page: ListPage
) -> None:
    fill(stage)
    choose(page, "Failed")
    page.search("films")
    assert page.pick(BACKUP)
    assert page.view.picked_ids() == [BACKUP]
    assert names(page) == ["backup", "films", "letters"]
    assert not page.pick("nobody")
    assert page.view.picked_ids() == [BACKUP]


@pytest.mark.parametrize("hide", ["chip", "search"])
async def test_a_selected_row_that_is_filtered_away_is_told_as_unselected(
    stage: Stage, page: ListPage, hide: str
) -> None:
    fill(stage)
    page.pick(BACKUP)
    told = collect(page.selection_changed)
    if hide == "chip":
        choose(page, "Failed")
    else:
        page.search("films")
    assert page.subjects() == []
    assert told


async def test_the_selection_of_many_removed_at_once_is_told(stage: Stage, page: ListPage) -> None:
    many = [views.task(id=samples.an_id(number), name=f"task {number}") for number in range(20)]
    stage.load(many)
    page.pick(many[3].id)
    told = collect(page.selection_changed)
    stage.load(many[15:])
    assert page.subjects() == []
    assert told


async def test_a_selection_stays_through_sorting_and_changes(stage: Stage, page: ListPage) -> None:
    fill(stage)
    page.pick(FILMS)
    told = collect(page.selection_changed)
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    stage.put_task(views.task(id=LETTERS, name="aaa"))
    assert page.view.picked_ids() == [FILMS]
    assert told == []


async def test_opening_tells_the_subject(stage: Stage, page: ListPage, qtbot: QtBot) -> None:
    fill(stage)
    page.pick(BACKUP)
    opened = collect(page.opened)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert [one[0].name for one in opened] == ["backup"]


async def test_the_keyboard_gets_a_row_to_begin_with(stage: Stage, page: ListPage) -> None:
    fill(stage)
    page.focus_list()
    assert page.view.hasFocus()
    assert page.view.picked_ids() == [BACKUP]


async def test_the_keyboard_waits_for_rows_to_come(stage: Stage, page: ListPage) -> None:
    page.focus_list()
    assert page.focusWidget() is page.empty
    fill(stage)
    assert page.view.hasFocus()
    page.search("nothing like it")
    page.focus_list()
    page.search("")
    assert page.view.hasFocus()


async def test_the_keyboard_gets_the_way_out_where_nothing_is(stage: Stage, page: ListPage) -> None:
    stage.load([], [])
    page.focus_list()
    focused = page.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Add your first task"


async def test_what_is_selected_is_in_sight_after_a_search(stage: Stage, page: ListPage) -> None:
    names = {samples.an_id(number): f"task {number:02}" for number in range(1, 41)}
    stage.load([views.task(id=task_id, name=name) for task_id, name in names.items()], [])
    page.search("40")
    assert page.pick(samples.an_id(40))
    page.search("")
    place = page.view.visualRect(page.table.index(39, 0))
    assert page.view.viewport().rect().contains(place)


# What is remembered


async def test_columns_are_remembered_for_this_page(
    stage: Stage, page: ListPage, qtbot: QtBot
) -> None:
    fill(stage)
    page.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    await looping.until(lambda: "tasks" in stage.keeper.prefs.columns)
    another = TasksPage(stage.parts)
    qtbot.addWidget(another)
    assert another.view.columns()["sorted_by"] == "speed"
    assert another.view.columns()["descending"] is True


async def test_it_fades_what_may_not_be_true(page: ListPage) -> None:
    page.set_stale(is_stale=True)
    assert page.view.property("stale") is True

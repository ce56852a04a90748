from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.commands import Call
from bgtasks_gui.gui.views.notices_page import NoticesPage
from bgtasks_gui.wire.notices import NoticeView
from tests.gui.fakes.notices import notice, telling
from tests.gui.support import accessible, looping, views
from tests.gui.support.letters import ids
from tests.gui.support.stages import Stage, collect

NOTICES, TELLING = "GET /v1/notices", "GET /v1/telling"


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> NoticesPage:
    stage.way.on(TELLING, telling())
    stage.way.on(NOTICES, [])
    one = NoticesPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    return one


async def read(stage: Stage, page: NoticesPage, *notices: NoticeView) -> None:
    """The page is looked at, and has read these."""
    stage.way.on(NOTICES, list(notices))
    stage.load()
    page.show()
    await looping.until(lambda: page.table.rowCount() == len(notices))


def tell(stage: Stage) -> None:
    """There is news of notices."""
    stage._take(stage._event("notice_changed"))


def words(page: NoticesPage) -> list[str]:
    return [one.text() for one in page.empty.findChildren(QLabel) if one.isVisible()]


# What is listed


async def test_the_newest_stand_first(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(3, "held_back"), notice(2), notice(1))
    assert ids(page.table) == [notice(at).id for at in (3, 2, 1)]
    assert page.bar.isVisible()
    assert page.table.data(page.table.index(1, 2)) == "Desktop notifications"


async def test_news_are_read_as_they_come(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(1))
    stage.way.on(NOTICES, [notice(2), notice(1, "expired")])
    tell(stage)
    await looping.until(lambda: page.table.rowCount() == 2)
    assert page.table.find(notice(1).id).state == "expired"


async def test_older_ones_are_asked_for_as_they_are_scrolled_to(
    stage: Stage, page: NoticesPage
) -> None:
    asked: list[Call[object]] = []

    def answer(call: Call[object]) -> list[NoticeView]:
        asked.append(call)
        if "before_id" in call.query:
            return [notice(2), notice(1)]
        return [notice(at) for at in range(399, 199, -1)]

    stage.way.on(NOTICES, answer)
    stage.load()
    page.show()
    await looping.until(lambda: page.table.rowCount() == 200)
    page.view.scrollToBottom()
    await looping.until(lambda: page.table.rowCount() == 202)
    assert asked[-1].query == {"limit": "200", "before_id": notice(200).id}
    assert not page.table.canFetchMore()


async def test_what_cannot_be_read_now_is_asked_for_again(stage: Stage, page: NoticesPage) -> None:
    stage.way.is_away = True
    stage.load()
    page.show()
    await looping.until(lambda: TELLING in stage.way.asked and not page._is_reading)
    stage.way.is_away = False
    stage.way.on(NOTICES, [notice(1)])
    page.refresh()
    await looping.until(lambda: page.table.rowCount() == 1)


async def test_a_page_that_cannot_be_had_is_asked_for_at_the_next_scrolling(
    stage: Stage, page: NoticesPage
) -> None:
    await read(stage, page, notice(1))
    stage.way.is_away = True
    page.notices.take_page([], is_last=False)
    page.table.fetchMore()
    await looping.until(page.table.canFetchMore)


async def test_it_rests_while_nobody_looks(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(1))
    page.hide()
    asked = len(stage.way.asked)
    stage.way.on(NOTICES, [notice(2), notice(1)])
    tell(stage)
    assert not page._gather.isActive()
    assert len(stage.way.asked) == asked
    page.show()
    await looping.until(lambda: page.table.rowCount() == 2)


# How it is looked at


async def test_held_back_ones_alone(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(3, "held_back"), notice(2), notice(1, "cleared"))
    page.show_state("held_back")
    assert ids(page.table) == [notice(3).id]
    page.search("quiet")
    assert page.table.rowCount() == 1
    page.search("nothing of the kind")
    assert words(page)[0] == "Nothing here holds “nothing of the kind”."
    page.show_state("")
    assert words(page)[1] == "Search looks at titles, texts, outcomes and reasons."


async def test_without_any_it_says_what_would_be_here(stage: Stage, page: NoticesPage) -> None:
    stage.way.gate.clear()
    stage.load()
    page.show()
    assert words(page) == ["Reading what you were told…"]
    stage.way.gate.set()
    await looping.until(lambda: words(page)[0] == "You were not told anything yet")
    await looping.quiet()
    assert accessible.faults(page) == []


async def test_what_was_never_read_is_not_known_while_the_agent_is_away(
    stage: Stage, page: NoticesPage
) -> None:
    stage.load()
    stage.lose()
    page.show()
    assert words(page) == ["Not known while the agent is away"]


async def test_quiet_hours_are_said_as_they_begin(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(1))
    stage.way.on(TELLING, telling(is_quiet=True))
    stage.say_system()
    await looping.until(lambda: page.bar.sentence.text().startswith("Quiet hours"))
    wanted = collect(page.page_wanted)
    page.bar.more_wanted.emit()
    assert wanted == [("system", "")]


async def test_what_was_held_back_is_counted_until_it_is_looked_at(
    stage: Stage, page: NoticesPage
) -> None:
    await read(stage, page, notice(1))
    await looping.until(lambda: not page._is_reading)
    page._take_telling(telling(held_back=3))
    assert page.count() == (0, "")
    page.hide()
    for held_back, news in ((3, 0), (5, 2), (1, 0), (2, 1)):
        page._take_telling(telling(held_back=held_back))
        assert page.count() == (news, ""), "an agent that was started again begins at nought"
    page.show()
    assert page.count() == (0, "")


async def test_it_is_grey_while_the_agent_is_away(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(1))
    page.set_stale(is_stale=True)
    assert page.view.property("stale") is True
    assert not page.bar.isEnabled()


# Where it leads


@pytest.mark.parametrize(
    ("about", "leads"),
    [
        (notice(1), ("activity", f"id:{views.run(1).id}")),
        (notice(2), ("history", f"id:{views.run(2).id}")),
        (notice(77), ("history", f"id:{views.run(77).id}")),
        (notice(3, run_id=None), ("tasks", f"id:{views.task(3).id}")),
        (notice(4, run_id=None, task_id=None), ("history", "")),
    ],
)
async def test_it_leads_to_the_run_it_is_about(
    stage: Stage, page: NoticesPage, qtbot: QtBot, about: NoticeView, leads: tuple[str, str]
) -> None:
    await read(stage, page, about)
    stage.load([views.task()], [views.run(1), views.run(2, "failed")])
    page.pick(about.id)
    wanted = collect(page.page_wanted)
    page.activateWindow()
    page.focus_list()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert wanted == [leads]


@pytest.mark.qt_log_ignore("grabbing the keyboard")
async def test_its_words_can_be_copied(stage: Stage, page: NoticesPage) -> None:
    await read(stage, page, notice(2), notice(1))
    page.view.selectAll()
    page.view.menu_wanted.emit(QPoint(10, 10))
    [menu] = page.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    show, copy = menu.actions()
    assert not show.isEnabled()
    copy.trigger()
    said = "task 2 failed\nExit status 3.\ntask 1 failed\nExit status 3."
    assert QGuiApplication.clipboard().text() == said
    menu.close()
    page.pick(notice(1).id)
    page.view.menu_wanted.emit(QPoint(10, 10))
    show = page.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    wanted = collect(page.page_wanted)
    show.actions()[0].trigger()
    assert wanted == [("history", f"id:{views.run(1).id}")]
    show.close()

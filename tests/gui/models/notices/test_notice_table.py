from __future__ import annotations

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.notices.notice_table import NoticeTable
from tests.gui.fakes.notices import notice
from tests.gui.support.clocks import ManualNow
from tests.gui.support.letters import ids
from tests.gui.support.stages import collect


@pytest.fixture
def table(qtmodeltester: ModelTester) -> NoticeTable:
    one = NoticeTable(ManualNow())
    qtmodeltester.check(one)
    return one


@pytest.fixture
def unchecked(qapp: object) -> NoticeTable:
    """The same without Qt's own tester, which asks for more as soon as there is any."""
    return NoticeTable(ManualNow())


def numbers(table: NoticeTable) -> list[int]:
    """What is shown, from top to bottom."""
    known = {notice(at).id: at for at in range(400)}
    return [known[one] for one in ids(table)]


def test_the_newest_stand_first(table: NoticeTable) -> None:
    table.take_newest([notice(3), notice(2), notice(1)], is_last=True)
    assert numbers(table) == [3, 2, 1]
    assert table.oldest == notice(1).id
    assert not table.canFetchMore()


def test_older_ones_come_as_they_are_asked_for(unchecked: NoticeTable) -> None:
    wanted = collect(unchecked.more_wanted)
    assert not unchecked.canFetchMore(), "nothing was read yet"
    unchecked.take_newest([notice(9), notice(8)], is_last=False)
    assert unchecked.canFetchMore()
    unchecked.fetchMore()
    assert wanted == [()]
    assert not unchecked.canFetchMore(), "it is asked for already"
    unchecked.take_page([notice(7), notice(6)], is_last=False)
    unchecked.fetchMore()
    unchecked.stop_asking()
    assert unchecked.canFetchMore()
    unchecked.take_page([notice(5)], is_last=True)
    assert numbers(unchecked) == [9, 8, 7, 6, 5]
    assert not unchecked.canFetchMore()


def test_news_come_on_top_and_older_ones_stay(table: NoticeTable) -> None:
    table.take_newest([notice(5), notice(4)], is_last=False)
    table.take_page([notice(3)], is_last=True)
    table.take_newest([notice(6), notice(5, "expired")], is_last=False)
    assert numbers(table) == [6, 5, 4, 3]
    assert table.counts == {"added": 3, "expired": 1}
    assert not table.canFetchMore(), "what is older was read before"


def test_what_is_not_kept_any_more_goes(table: NoticeTable) -> None:
    table.take_newest([notice(5), notice(4), notice(3)], is_last=True)
    table.take_newest([notice(5), notice(3)], is_last=True)
    assert numbers(table) == [5, 3]
    table.take_newest([], is_last=True)
    assert numbers(table) == []


def test_a_gap_is_asked_for_again(unchecked: NoticeTable) -> None:
    unchecked.take_newest([notice(2), notice(1)], is_last=True)
    unchecked.take_newest([notice(9), notice(8)], is_last=False)
    assert numbers(unchecked) == [9, 8]
    assert unchecked.canFetchMore()


def test_what_is_as_before_is_not_told_again(table: NoticeTable, qtbot: QtBot) -> None:
    page = [notice(2), notice(1)]
    table.take_newest(page, is_last=True)
    told = collect(table.dataChanged)
    table.take_newest(page, is_last=True)
    assert told == []
    table.take_newest([notice(2), notice(1, "removed")], is_last=True)
    assert [(one[0].row(), one[1].row()) for one in told] == [(1, 1)]


def test_surfaces_get_their_titles(table: NoticeTable) -> None:
    table.take_newest([notice(1)], is_last=True)
    place = table.index(0, 2)
    assert table.data(place) == "freedesktop"
    told = collect(table.dataChanged)
    table.take_titles({"freedesktop": "Desktop notifications"})
    table.take_titles({"freedesktop": "Desktop notifications"})
    assert table.data(place) == "Desktop notifications"
    assert len(told) == 1

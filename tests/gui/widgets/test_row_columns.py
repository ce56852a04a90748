from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.widgets.row_view import RowView
from tests.gui.support.letters import COLUMNS, PLACES, Letter
from tests.gui.support.stages import collect
from tests.gui.widgets.conftest import MakeView

#: Of the three columns beside the name, as they are at first.
WIDTHS = {"size": 120, "share": 150, "note": 150}
AT_FIRST = {"sorted_by": "name", "descending": False, "left_out": [], "widths": WIDTHS}


def shown(view: RowView) -> list[str]:
    return [one.name for one in COLUMNS if not view.isColumnHidden(PLACES[one.name])]


def width(view: RowView, name: str) -> int:
    return view.columnWidth(PLACES[name])


def choices(view: RowView, qtbot: QtBot) -> dict[str, QAction]:
    """The menu of the header, as the person gets it."""
    header = view.horizontalHeader()
    header.customContextMenuRequested.emit(QPoint(20, 10))
    menu = view.findChild(QMenu)
    qtbot.waitUntil(menu.isVisible)
    return {action.text(): action for action in menu.actions() if action.menu() is None}


def drag(view: RowView, qtbot: QtBot, name: str, by: int) -> None:
    """Take the right edge of a column's title with the mouse, and let it go elsewhere."""
    header, button = view.horizontalHeader(), Qt.MouseButton.LeftButton
    at = PLACES[name]
    edge = QPoint(header.sectionViewportPosition(at) + header.sectionSize(at) - 1, 16)
    qtbot.mousePress(header.viewport(), button, pos=edge)
    qtbot.mouseMove(header.viewport(), edge + QPoint(by, 0))
    qtbot.mouseRelease(header.viewport(), button, pos=edge + QPoint(by, 0))


# Which of them there is room for


@pytest.mark.parametrize(
    ("room", "there"),
    [
        (670, ["name", "size", "share", "note"]),
        (669, ["name", "size", "note"]),
        (520, ["name", "size", "note"]),
        (519, ["name", "note"]),
        (399, ["name"]),
        (60, ["name"]),
    ],
)
def test_a_narrow_list_leaves_out_what_matters_least(
    view: RowView, room: int, there: list[str]
) -> None:
    beside = view.width() - view.viewport().width()
    view.resize(room + beside, 400)
    assert shown(view) == there
    view.resize(900, 400)
    assert shown(view) == ["name", "size", "share", "note"]
    assert {name: width(view, name) for name in WIDTHS} == WIDTHS


def test_wide_columns_give_way_before_one_is_left_out(view: RowView, qtbot: QtBot) -> None:
    view.resize(1100, 400)
    drag(view, qtbot, "share", 130)
    drag(view, qtbot, "size", -20)
    assert (width(view, "share"), width(view, "size")) == (280, 100)
    for room in (720, 719, 718):
        view.resize(room, 400)
        assert shown(view) == ["name", "size", "share", "note"]
        assert (width(view, "share"), width(view, "size")) == (150, 100)
    for room in (620, 619, 618):
        view.resize(room, 400)
        assert shown(view) == ["name", "size", "note"]
    view.resize(1100, 400)
    assert (width(view, "share"), width(view, "size")) == (280, 100)


def test_what_is_dragged_where_wide_columns_gave_way_stays(view: RowView, qtbot: QtBot) -> None:
    view.resize(1100, 400)
    drag(view, qtbot, "share", 300)
    view.resize(720, 400)
    drag(view, qtbot, "size", 20)
    view.resize(721, 400)
    assert (width(view, "share"), width(view, "size")) == (150, 140)


def test_a_column_that_was_made_narrow_needs_no_more_room_than_that(
    view: RowView, qtbot: QtBot
) -> None:
    drag(view, qtbot, "share", -50)
    view.resize(640, 400)
    assert shown(view) == ["name", "size", "share", "note"]


def test_a_column_can_be_dragged_as_wide_as_leaves_the_name_its_room(
    view: RowView, qtbot: QtBot
) -> None:
    drag(view, qtbot, "size", 2000)
    assert shown(view) == ["name", "size", "share", "note"]
    assert width(view, "name") == 250
    last = PLACES["note"]
    edge = view.columnViewportPosition(last) + view.columnWidth(last)
    assert edge == view.viewport().width()


# Which of them are wanted

wants_menu = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)


@wants_menu
def test_the_menu_of_the_header_offers_all_but_the_name(view: RowView, qtbot: QtBot) -> None:
    found = choices(view, qtbot)
    assert list(found) == ["Size", "Share", "Note"]
    assert all(one.isCheckable() and one.isChecked() for one in found.values())


@wants_menu
def test_a_column_is_left_out_and_taken_back(view: RowView, qtbot: QtBot) -> None:
    told = collect(view.columns_changed)
    choices(view, qtbot)["Share"].trigger()
    assert shown(view) == ["name", "size", "note"]
    assert len(told) == 1
    view.resize(890, 400)
    again = choices(view, qtbot)["Share"]
    assert not again.isChecked()
    again.trigger()
    assert shown(view) == ["name", "size", "share", "note"]
    assert width(view, "share") == WIDTHS["share"]
    assert len(told) == 2


@wants_menu
def test_without_the_others_the_name_has_all_the_room(view: RowView, qtbot: QtBot) -> None:
    for title in ("Size", "Share", "Note"):
        choices(view, qtbot)[title].trigger()
        view.findChild(QMenu).close()
        qtbot.waitUntil(lambda: view.findChild(QMenu) is None)
    assert shown(view) == ["name"]
    assert width(view, "name") == view.viewport().width()


# What is told and kept


def test_columns_are_as_the_list_has_them_at_first(view: RowView) -> None:
    assert view.columns() == AT_FIRST


@wants_menu
def test_another_view_is_set_as_the_first_was(
    view: RowView, table: RowTable[Letter], make_view: MakeView, qtbot: QtBot
) -> None:
    drag(view, qtbot, "size", 40)
    drag(view, qtbot, "note", -30)
    choices(view, qtbot)["Share"].trigger()
    view.sortByColumn(PLACES["size"], Qt.SortOrder.DescendingOrder)
    kept = view.columns()
    assert kept == {
        "sorted_by": "size",
        "descending": True,
        "left_out": ["share"],
        "widths": {"size": 160, "share": 150, "note": 120},
    }
    other = make_view(table)
    other.set_columns(kept)
    assert other.columns() == kept
    assert shown(other) == ["name", "size", "note"]
    assert (width(other, "size"), width(other, "note")) == (160, 120)


def test_a_width_is_kept_while_there_is_no_room_for_the_column(view: RowView, qtbot: QtBot) -> None:
    drag(view, qtbot, "share", 40)
    view.resize(400, 400)
    assert shown(view) == ["name"]
    assert view.columns()["widths"] == WIDTHS | {"share": 190}


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"left_out": ["nothing", "name"]},
        {"widths": {"nothing": 300, "name": 300}},
        {"sorted_by": "nothing", "descending": True},
        {"left_out": None},
        {"left_out": [["size"]]},
        {"widths": {"size": "wide"}},
        {"widths": [120]},
        {"widths": {"size": None}},
        {"sorted_by": ["size"]},
        {"descending": "yes"},
        {"another": 1},
    ],
)
def test_what_makes_no_sense_is_passed_over(view: RowView, kept: dict[str, Any]) -> None:
    view.set_columns(kept)
    assert view.columns() == AT_FIRST
    assert shown(view) == ["name", "size", "share", "note"]


@pytest.mark.parametrize(("nonsense", "becomes"), [(-5, 90), (0, 90), (10**12, 600)])
def test_a_width_of_no_use_is_brought_to_one_that_is(
    view: RowView, nonsense: int, becomes: int
) -> None:
    view.resize(1500, 400)
    view.set_columns({"widths": {"size": nonsense}})
    assert width(view, "size") == becomes
    assert shown(view) == ["name", "size", "share", "note"]


def test_only_what_the_person_does_is_told(view: RowView, qtbot: QtBot) -> None:
    told = collect(view.columns_changed)
    for room in (880, 700, 500, 900):
        view.resize(room, 400)
    assert told == []
    drag(view, qtbot, "size", 20)
    assert told != []
    told.clear()
    view.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    assert len(told) == 1


def test_setting_the_columns_of_a_hidden_view_tells_nothing(
    table: RowTable[Letter], qtbot: QtBot
) -> None:
    hidden = RowView(table, "Letters")
    qtbot.addWidget(hidden)
    told = collect(hidden.columns_changed)
    hidden.set_columns({"sorted_by": "size", "widths": {"size": 200}, "left_out": ["note"]})
    assert told == []
    assert hidden.columns()["widths"]["size"] == 200


def test_a_click_on_a_title_sorts_and_another_turns_it_round(view: RowView, qtbot: QtBot) -> None:
    header, button = view.horizontalHeader(), Qt.MouseButton.LeftButton
    place = QPoint(header.sectionViewportPosition(PLACES["note"]) + 40, 16)
    qtbot.mouseClick(header.viewport(), button, pos=place)
    assert (view.columns()["sorted_by"], view.columns()["descending"]) == ("note", False)
    qtbot.mouseClick(header.viewport(), button, pos=place)
    assert (view.columns()["sorted_by"], view.columns()["descending"]) == ("note", True)

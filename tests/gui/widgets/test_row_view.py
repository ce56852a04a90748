from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import metrics
from bgtasks_gui.gui.widgets.row_view import RowView
from tests.gui.support import accessible
from tests.gui.support.letters import PLACES, Letter, Told, ids, make_table
from tests.gui.support.stages import collect
from tests.gui.widgets.conftest import MakeView

_K = Qt.Key
_M = Qt.KeyboardModifier
LAST = "n29"


def press(view: RowView, key: Qt.Key, modifier: Qt.KeyboardModifier = _M.NoModifier) -> list[str]:
    """Press a key; what is selected then."""
    QTest.keyClick(view, key, modifier)
    return view.picked_ids()


def middle(view: RowView, row_id: str, column: int = 0) -> QPoint:
    """The middle of a cell, in the viewport."""
    return view.visualRect(view.table.index(view.table.position(row_id), column)).center()


def is_seen(view: RowView, row_id: str) -> bool:
    """Whether the whole row is on the screen."""
    row = view.visualRect(view.table.index(view.table.position(row_id), 0))
    return row.top() >= 0 and row.bottom() < view.viewport().height()


def move_mouse(view: RowView, y: int) -> None:
    place = QPointF(100, y)
    button, buttons = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, button, buttons, _M.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def hovered(view: RowView) -> str:
    row: int = view.itemDelegate().hovered
    return view.table.id_at(row) if row >= 0 else ""


# Keyboard


def test_arrows_go_from_row_to_row(view: RowView) -> None:
    view.pick("n00")
    assert press(view, _K.Key_Down) == ["n01"]
    assert press(view, _K.Key_Up) == ["n00"]
    assert press(view, _K.Key_Up) == ["n00"]


def test_shift_and_arrows_select_a_span(view: RowView) -> None:
    view.pick("n05")
    assert press(view, _K.Key_Down, _M.ShiftModifier) == ["n05", "n06"]
    assert press(view, _K.Key_Up, _M.ShiftModifier) == ["n05"]


def test_home_and_end_go_to_the_first_and_last_row(view: RowView) -> None:
    view.pick("n10")
    assert press(view, _K.Key_End) == [LAST]
    assert is_seen(view, LAST)
    assert press(view, _K.Key_Home) == ["n00"]
    assert is_seen(view, "n00")


def test_home_and_end_with_shift_select_up_to_there(view: RowView) -> None:
    view.pick("n27")
    assert press(view, _K.Key_End, _M.ShiftModifier) == ["n27", "n28", LAST]
    press(view, _K.Key_F2)
    view.pick("n02")
    assert press(view, _K.Key_Home, _M.ShiftModifier) == ["n00", "n01", "n02"]


def test_home_with_control_goes_there_and_leaves_the_selection(view: RowView) -> None:
    view.pick("n10")
    assert press(view, _K.Key_Home, _M.ControlModifier) == ["n10"]
    assert view.currentIndex().row() == 0


@pytest.mark.parametrize("key", [_K.Key_Home, _K.Key_End, _K.Key_Down, _K.Key_Menu, _K.Key_Return])
def test_keys_do_nothing_in_an_empty_list(make_view: MakeView, key: Qt.Key) -> None:
    view = make_view(make_table())
    opened, wanted = collect(view.opened), collect(view.menu_wanted)
    assert press(view, key) == []
    assert (opened, wanted) == ([], [])


def test_arrows_go_on_when_the_column_they_stood_in_is_left_out(
    view: RowView, qtbot: QtBot
) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, "n02", 2))
    assert view.currentIndex().column() == 2
    view.resize(500, 400)
    assert view.isColumnHidden(2)
    assert press(view, _K.Key_Down) == ["n03"]
    assert press(view, _K.Key_End) == [LAST]


def test_control_and_a_selects_all_and_escape_nothing(view: RowView) -> None:
    assert press(view, _K.Key_A, _M.ControlModifier) == ids(view.table)
    assert press(view, _K.Key_Escape) == []


def test_escape_is_for_others_where_nothing_is_selected(view: RowView) -> None:
    heard = collect(view.picked)
    press(view, _K.Key_Escape)
    assert heard == []


@pytest.mark.parametrize("key", [_K.Key_Return, _K.Key_Enter])
def test_enter_opens_the_row(view: RowView, key: Qt.Key) -> None:
    opened = collect(view.opened)
    view.pick("n03")
    press(view, key)
    assert opened == [("n03",)]


def test_a_double_click_opens_the_row(view: RowView, qtbot: QtBot) -> None:
    opened = collect(view.opened)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, "n02"))
    assert opened == []
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, "n02"))
    assert opened == [("n02",)]


def test_tab_leaves_the_list(view: RowView) -> None:
    assert accessible.name(view) == "Letters"
    assert not view.tabKeyNavigation()


# The menu


@pytest.mark.parametrize(
    ("key", "modifier"), [(_K.Key_Menu, _M.NoModifier), (_K.Key_F10, _M.ShiftModifier)]
)
def test_keys_ask_for_the_menu_at_the_row(
    view: RowView, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    wanted = collect(view.menu_wanted)
    view.pick("n02")
    press(view, key, modifier)
    assert wanted == [(view.viewport().mapToGlobal(middle(view, "n02")),)]


def test_the_menu_by_key_brings_its_row_into_sight(view: RowView) -> None:
    view.pick("n00")
    view.scrollToBottom()
    wanted = collect(view.menu_wanted)
    press(view, _K.Key_Menu)
    assert is_seen(view, "n00")
    assert wanted == [(view.viewport().mapToGlobal(middle(view, "n00")),)]


def test_without_a_selection_there_is_no_menu_by_key(view: RowView) -> None:
    wanted = collect(view.menu_wanted)
    press(view, _K.Key_Menu)
    assert wanted == []


def test_the_key_is_answered_once_where_the_system_makes_an_event_of_it(view: RowView) -> None:
    wanted = collect(view.menu_wanted)
    view.pick("n02")
    reason = QContextMenuEvent.Reason.Keyboard
    place = QPoint(5, 100)
    QApplication.sendEvent(view, QContextMenuEvent(reason, place, view.mapToGlobal(place)))
    press(view, _K.Key_Menu)
    assert len(wanted) == 1


@pytest.mark.parametrize(("y", "is_row"), [(60, True), (370, False)])
def test_the_mouse_asks_for_the_menu_on_a_row(make_view: MakeView, y: int, is_row: bool) -> None:
    view = make_view(make_table("a", "b"))
    wanted = collect(view.menu_wanted)
    place, reason = QPoint(100, y), QContextMenuEvent.Reason.Mouse
    spot = view.viewport().mapToGlobal(place)
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, place, spot))
    assert wanted == ([(spot,)] if is_row else [])


# The mouse


def test_the_row_under_the_mouse_is_marked(view: RowView) -> None:
    move_mouse(view, middle(view, "n02").y())
    assert hovered(view) == "n02"
    move_mouse(view, middle(view, "n03").y())
    assert hovered(view) == "n03"


def test_below_the_last_row_nothing_is_marked(make_view: MakeView) -> None:
    view = make_view(make_table("a"))
    move_mouse(view, 30)
    assert hovered(view) == "a"
    move_mouse(view, 300)
    assert hovered(view) == ""


def test_the_mark_goes_with_the_mouse_to_the_header(view: RowView) -> None:
    move_mouse(view, middle(view, "n02").y())
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert hovered(view) == ""


def test_the_mark_stays_under_the_mouse_while_rows_roll_by(view: RowView) -> None:
    move_mouse(view, middle(view, "n02").y())
    view.verticalScrollBar().setValue(3 * metrics.ROW)
    assert hovered(view) == "n05"


# What is seen


def test_the_list_is_told_which_rows_are_seen(view: RowView, table: RowTable[Letter]) -> None:
    told = Told(table)
    far, near = Letter(LAST, LAST, size=1.0), Letter("n00", "n00", size=1.0)
    table.change([far])
    assert told.take() == []
    table.change([near])
    assert told.take() != []
    view.scrollToBottom()
    view.grab()
    table.change([near, far], fields={"n00": frozenset({"size"}), LAST: frozenset({"size"})})
    assert [span[:2] for span in told.take()] == [(29, 29)]


def test_of_a_short_list_all_rows_are_seen(make_view: MakeView) -> None:
    table = make_table("a", "b")
    make_view(table).grab()
    told = Told(table)
    table.change([Letter("b", "b", size=1.0)], fields={"b": frozenset({"size"})})
    assert [span[:2] for span in told.take()] == [(1, 1)]


def test_what_is_selected_stays_in_sight_when_the_list_gets_lower(view: RowView) -> None:
    view.pick("n06")
    assert is_seen(view, "n06")
    view.resize(900, 200)
    assert is_seen(view, "n06")


def test_who_has_scrolled_away_from_the_selection_is_left_there(view: RowView) -> None:
    view.pick("n00")
    view.verticalScrollBar().setValue(10 * metrics.ROW)
    view.resize(900, 300)
    assert view.verticalScrollBar().value() == 10 * metrics.ROW


def test_what_is_selected_stays_in_sight_in_a_column_that_is_left_out(
    view: RowView, qtbot: QtBot
) -> None:
    view.pick("n06")
    now = view.table.index(6, PLACES["share"])
    view.selectionModel().setCurrentIndex(now, QItemSelectionModel.SelectionFlag.NoUpdate)
    view.resize(500, 200)
    assert view.isColumnHidden(PLACES["share"])
    assert is_seen(view, "n06")


# The selection


def test_picking_shows_the_row(view: RowView) -> None:
    heard = collect(view.picked)
    assert view.pick(LAST)
    assert view.picked_ids() == [LAST]
    assert is_seen(view, LAST)
    assert len(heard) == 1
    assert not view.pick("nobody")
    assert view.picked_ids() == [LAST]


def test_picking_selects_one_row_whatever_keys_are_held(view: RowView) -> None:
    for modifier in (_M.ShiftModifier, _M.ControlModifier):
        view.pick("n05")
        press(view, _K.Key_Down, modifier)
        assert view.pick("n02")
        assert view.picked_ids() == ["n02"]
        assert view.pick("n02")
        assert view.picked_ids() == ["n02"]


@pytest.mark.parametrize("count", [1, 20])
def test_a_selection_outlives_sorting_filters_and_new_rows(view: RowView, count: int) -> None:
    for name in ("n03", "n07"):
        row = view.table.index(view.table.position(name), 0)
        flag = QItemSelectionModel.SelectionFlag
        view.selectionModel().select(row, flag.Select | flag.Rows)
    heard = collect(view.picked)
    view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert view.picked_ids() == ["n07", "n03"]
    view.table.change([Letter(f"m{at}", f"n05 {at}") for at in range(count)])
    view.table.search("n0")
    assert view.picked_ids() == ["n07", "n03"]
    assert heard == []
    view.table.search("n03")
    assert view.picked_ids() == ["n03"]
    assert len(heard) == 1


def test_a_removed_row_is_told_as_unselected(view: RowView) -> None:
    view.pick("n03")
    heard = collect(view.picked)
    view.table.change([], ["n03"])
    assert view.picked_ids() == []
    assert len(heard) == 1


def test_ten_thousand_rows_are_gone_through(make_view: MakeView) -> None:
    names = [f"row {at:05}" for at in range(10_000)]
    view = make_view(make_table(*names))
    assert press(view, _K.Key_End) == [names[-1]]
    assert is_seen(view, names[-1])
    assert press(view, _K.Key_A, _M.ControlModifier) == names
    view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert view.picked_ids() == names[::-1]
    assert press(view, _K.Key_Home) == [names[-1]]
    assert view.pick(names[5_000])
    assert is_seen(view, names[5_000])


def test_a_list_that_may_not_be_true_is_faded(view: RowView) -> None:
    sharp = view.grab().toImage()
    view.set_stale(is_stale=True)
    faded = view.grab().toImage()
    assert faded != sharp
    view.set_stale(is_stale=False)
    assert view.grab().toImage() == sharp


def test_letters_go_to_the_next_name_that_begins_so(make_view: MakeView, qtbot: QtBot) -> None:
    names = ("Apple", "Apricot", "Banana", "Cherry")
    rows = [Letter(id=name.lower(), name=name) for name in names]
    table = make_table()
    table.replace(rows)
    view = make_view(table)
    view.setFocus()
    for typed, found in (("b", "banana"), ("a", "apple"), ("ap", "apricot"), ("apple", "apple")):
        view._typed_at = 0.0
        qtbot.keyClicks(view, typed)
        assert view.picked_ids() == [found]
    view._typed_at = 0.0
    qtbot.keyClicks(view, "zzz")
    assert view.picked_ids() == ["apple"]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_key_offers_columns_and_orders(view: RowView, qtbot: QtBot) -> None:
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F4)
    menu = view.findChild(QMenu)
    qtbot.waitUntil(menu.isVisible)
    [sorting] = [one for one in menu.actions() if one.text() == "Sort by"]
    orders = {one.text(): one for one in sorting.menu().actions()}
    assert list(orders) == ["Name", "Size", "Share", "Note"]
    assert [name for name, one in orders.items() if one.isChecked()] == ["Name"]
    orders["Size"].trigger()
    assert view.table.sorted_by == (1, Qt.SortOrder.AscendingOrder)
    menu.close()

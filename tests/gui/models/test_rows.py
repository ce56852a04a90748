from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import FEW, ID_ROLE, RowTable
from tests.gui.support.clocks import ManualNow
from tests.gui.support.letters import COLUMNS, PLACES, Letter, Told, ids, make_table

_D = Qt.ItemDataRole
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
ALL = (0, len(COLUMNS) - 1)


def row(table: RowTable[Letter], name: str) -> Letter:
    found = table.find(name)
    assert found is not None
    return found


@pytest.fixture
def table(qtmodeltester: ModelTester, qtbot: QtBot) -> RowTable[Letter]:
    """Watched by Qt's tester for as long as the test lasts."""
    made = make_table("a", "b", "c", "d")
    qtmodeltester.check(made)
    return made


# What Qt asks


def test_a_cell_says_its_words(table: RowTable[Letter]) -> None:
    cell = table.index(0, 0)
    assert table.data(cell) == "a"
    assert table.data(cell, _D.AccessibleTextRole) == "a, at 15:10"
    assert table.data(cell, _D.ToolTipRole) == "a, at 15:10"
    assert table.data(cell, ID_ROLE) == "a"
    assert table.data(cell, _D.DecorationRole) is None
    assert table.data(table.index(0, PLACES["note"]), _D.ToolTipRole) is None
    assert table.words(cell).second == "at 15:10"


def test_no_cell_says_nothing(table: RowTable[Letter]) -> None:
    for role in (_D.DisplayRole, _D.ToolTipRole, ID_ROLE):
        assert table.data(QModelIndex(), role) is None
        assert make_table().data(QModelIndex(), role) is None


def test_a_tooltip_shows_names_as_they_are(table: RowTable[Letter]) -> None:
    table.change([Letter("a", "<b>bold</b>")])
    cell = table.index(table.position("a"), 0)
    assert table.data(cell) == "<b>bold</b>"
    assert table.data(cell, _D.ToolTipRole) == "<qt>&lt;b&gt;bold&lt;/b&gt;, at 15:10</qt>"
    assert table.data(cell, _D.AccessibleTextRole) == "<b>bold</b>, at 15:10"


def test_headers(table: RowTable[Letter]) -> None:
    across = Qt.Orientation.Horizontal
    assert [table.headerData(at, across) for at in range(4)] == ["Name", "Size", "Share", "Note"]
    assert table.headerData(0, Qt.Orientation.Vertical) is None
    assert table.headerData(9, across) is None
    assert table.headerData(0, across, _D.ToolTipRole) is None
    left, right = (table.headerData(at, across, _D.TextAlignmentRole) for at in (0, 1))
    assert left & Qt.AlignmentFlag.AlignLeft
    assert right & Qt.AlignmentFlag.AlignRight


def test_it_is_a_list_and_no_tree(table: RowTable[Letter]) -> None:
    cell = table.index(0, 0)
    assert (table.rowCount(cell), table.columnCount(cell)) == (0, 0)
    assert (table.rowCount(), table.columnCount()) == (4, len(COLUMNS))


# Order


@pytest.mark.parametrize("column", ["size", "share", "note"])
def test_rows_without_a_key_come_last_either_way(qtbot: QtBot, column: str) -> None:
    table = make_table()
    values = ["x", "y"] if column == "note" else [-5.0, 7.0]
    low, high = (Letter(name, **{column: value}) for name, value in zip("ab", values, strict=True))
    table.replace([Letter("n"), high, low])
    table.sort(PLACES[column], UP)
    assert ids(table) == ["a", "b", "n"]
    table.sort(PLACES[column], DOWN)
    assert ids(table) == ["b", "a", "n"]
    assert table.sorted_by == (PLACES[column], DOWN)


def test_equal_rows_keep_one_order(table: RowTable[Letter]) -> None:
    table.sort(PLACES["size"], UP)
    assert ids(table) == ["a", "b", "c", "d"]
    table.sort(PLACES["size"], DOWN)
    assert ids(table) == ["d", "c", "b", "a"]


def test_position_and_rows_agree(table: RowTable[Letter]) -> None:
    table.sort(0, DOWN)
    assert [table.position(one) for one in "abcd"] == [3, 2, 1, 0]
    assert table.position("nobody") == -1
    assert table.row_at(0) == row(table, "d")
    assert table.find("nobody") is None
    table.search("b")
    assert table.position("a") == -1
    assert len(table.all_rows()) == 4


def test_search_finds_all_words_in_any_order_and_any_case(qtbot: QtBot) -> None:
    table = make_table("Home backup", "home films", "Straße")
    for words, found in [
        ("  HOME ", ["Home backup", "home films"]),
        ("backup home", ["Home backup"]),
        ("STRASSE", ["Straße"]),
        ("nothing", []),
        ("", ["Home backup", "Straße", "home films"]),
    ]:
        table.search(words)
        assert ids(table) == found


def test_search_and_filter_count_together(table: RowTable[Letter]) -> None:
    table.change([Letter("ab", "ab", state="running"), Letter("a", "a", state="running")])
    table.search("a")
    table.only(lambda letter: letter.state == "running")
    assert ids(table) == ["a", "ab"]
    table.search("b")
    assert ids(table) == ["ab"]
    table.only(None)
    assert ids(table) == ["ab", "b"]


# One by one, and many at once


class Layouts:
    def __init__(self, table: RowTable[Letter]) -> None:
        self.count = 0
        table.layoutChanged.connect(self._on_changed)

    def _on_changed(self) -> None:
        self.count += 1


def letters(first: int, count: int) -> list[Letter]:
    return [Letter(f"n{at:03}", f"n{at:03}") for at in range(first, first + count)]


@pytest.mark.parametrize(("count", "layouts"), [(1, 0), (FEW, 0), (FEW + 1, 1)])
def test_few_rows_come_and_go_one_by_one_and_many_as_a_new_layout(
    table: RowTable[Letter], count: int, layouts: int
) -> None:
    seen = Layouts(table)
    table.change(letters(0, count))
    assert table.rowCount() == 4 + count
    assert seen.count == layouts
    table.change([], [one.id for one in letters(0, count)])
    assert ids(table) == ["a", "b", "c", "d"]
    assert seen.count == 2 * layouts


def test_a_row_that_moves_stays_selected(table: RowTable[Letter], qtbot: QtBot) -> None:
    selection = QItemSelectionModel(table)
    flags = QItemSelectionModel.SelectionFlag
    selection.setCurrentIndex(table.index(1, 0), flags.Select | flags.Rows)
    cell = QPersistentModelIndex(table.index(1, 2))
    for name, order in [
        ("z", "acdb"),
        ("0", "bacd"),
        ("bb", "abcd"),
        ("c", "abcd"),
        ("cc", "acbd"),
    ]:
        table.change([Letter("b", name)])
        assert ids(table) == list(order)
        at = order.index("b")
        assert [one.row() for one in selection.selectedRows()] == [at]
        assert selection.currentIndex().row() == at
        assert (cell.row(), cell.column()) == (at, 2)
    table.sort(0, DOWN)
    assert [one.row() for one in selection.selectedRows()] == [1]
    table.change([Letter("b", "zz")])
    assert [one.row() for one in selection.selectedRows()] == [0]
    table.change([Letter("b", "a")])
    assert [one.row() for one in selection.selectedRows()] == [2]


def test_a_row_that_moves_is_told_as_changed(table: RowTable[Letter]) -> None:
    told = Told(table)
    table.change([Letter("b", "z")], (), {"b": frozenset({"name"})})
    assert told.take() == [(3, 3, 0, 0)]


def test_what_is_both_new_and_removed_is_there(table: RowTable[Letter]) -> None:
    # The mirror may be ahead of what is told: removed, and back again.
    table.change([Letter("b", "z"), Letter("e", "e")], ["b", "e", "a"])
    assert ids(table) == ["c", "d", "e", "b"]
    table.change(letters(0, FEW + 1), ["n000", "b"])
    assert table.rowCount() == 3 + FEW + 1
    assert table.counts == {"idle": 3 + FEW + 1}


def test_a_row_that_is_told_twice_is_there_once(table: RowTable[Letter]) -> None:
    table.change([Letter("e", "x"), Letter("e", "e", state="failed")], ["a", "a"])
    assert ids(table) == ["b", "c", "d", "e"]
    assert +table.counts == {"idle": 3, "failed": 1}


def test_removing_what_is_not_there_changes_nothing(table: RowTable[Letter], qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.counted):
        table.change([], ["nobody"])
    assert table.rowCount() == 4


def test_a_hidden_row_that_is_removed_is_gone(table: RowTable[Letter]) -> None:
    table.search("a")
    table.change([Letter("a", "a")], ["b"])
    table.search("")
    assert ids(table) == ["a", "c", "d"]


def test_views_may_ask_while_many_rows_go(table: RowTable[Letter]) -> None:
    said: list[str] = []
    table.change(letters(0, FEW + 1))
    table.layoutAboutToBeChanged.connect(
        lambda: said.extend(table.data(table.index(at, 0)) for at in range(table.rowCount()))
    )
    table.change([], [one.id for one in letters(0, FEW + 1)])
    assert said[:4] == ["a", "b", "c", "d"]
    assert len(said) == 4 + FEW + 1


# Counts


def test_counts_are_of_all_rows_and_told_when_they_change(
    table: RowTable[Letter], qtbot: QtBot
) -> None:
    table.search("a")
    with qtbot.waitSignal(table.counted):
        table.change([Letter("b", "b", state="running"), Letter("e", "e")])
    assert +table.counts == {"idle": 4, "running": 1}
    with qtbot.assertNotEmitted(table.counted):
        table.change([Letter("b", "other", state="running")])
    with qtbot.waitSignal(table.counted):
        table.change([], ["b"])
    assert +table.counts == {"idle": 4}
    with qtbot.waitSignal(table.counted):
        table.replace([])
    assert +table.counts == {}


# What is told of cells


def test_only_the_touched_columns_of_seen_rows_are_told(qtbot: QtBot) -> None:
    table = make_table(*(one.id for one in letters(0, 40)))
    told = Told(table)
    table.show_span(10, 19)
    for at, fields, span in [
        (12, {"size"}, (12, 12, 1, 1)),
        (12, {"share", "size"}, (12, 12, 1, 2)),
        (12, {"name", "note"}, (12, 12, 0, 3)),
        (12, set(), (12, 12, *ALL)),
    ]:
        changed = replace(table.row_at(at), size=at)
        table.change([changed], (), {changed.id: frozenset(fields)})
        assert told.take() == [span]
    for at, fields in [(9, {"size"}), (20, {"size"}), (12, {"nothing that is shown"})]:
        table.change([table.row_at(at)], (), {table.id_at(at): frozenset(fields)})
        assert told.take() == []


def test_several_changes_are_told_as_one_span(qtbot: QtBot) -> None:
    table = make_table(*(one.id for one in letters(0, 40)))
    told = Told(table)
    table.show_span(10, 19)
    fields = {f"n{at:03}": frozenset({"size"}) for at in (3, 11, 15, 30)}
    table.change([table.row_at(at) for at in (3, 11, 15, 30)], (), fields)
    assert told.take() == [(11, 15, 1, 1)]


def test_what_changed_in_rows_out_of_sight_does_not_widen_the_span(qtbot: QtBot) -> None:
    table = make_table(*(one.id for one in letters(0, 40)))
    told = Told(table)
    table.show_span(10, 19)
    fields = {"n012": frozenset({"size"}), "n030": frozenset({"name", "note"})}
    table.change([table.row_at(12), table.row_at(30)], (), fields)
    assert told.take() == [(12, 12, 1, 1)]


def test_a_row_of_which_nothing_is_known_is_told_whole(qtbot: QtBot) -> None:
    table = make_table("a", "b")
    told = Told(table)
    table.change([row(table, "a"), row(table, "b")], (), {"a": frozenset({"size"})})
    assert told.take() == [(0, 1, *ALL)]


def test_without_a_view_everything_is_told(table: RowTable[Letter]) -> None:
    told = Told(table)
    table.change([row(table, "d")])
    assert told.take() == [(3, 3, *ALL)]
    table.search("nothing")
    table.change([row(table, "d")])
    table.refresh()
    assert told.take() == []


def test_a_span_longer_than_the_list_is_cut(table: RowTable[Letter]) -> None:
    told = Told(table)
    table.show_span(2, 50)
    table.refresh()
    assert told.take() == [(2, 3, *ALL)]
    table.search("a")
    table.refresh()
    assert told.take() == []


def test_what_is_said_of_times_is_said_anew(qtbot: QtBot) -> None:
    now = ManualNow()
    table = make_table("a", "b", "c", now=now)
    told = Told(table)
    table.show_span(1, 2)
    now.advance(timedelta(minutes=1))
    table.refresh()
    assert told.take() == [(1, 2, *ALL)]
    assert table.words(table.index(1, 0)).second == "at 15:11"


# Columns that change all the time


@pytest.fixture
def live(table: RowTable[Letter]) -> RowTable[Letter]:
    """Sorted by the share of each row."""
    table.replace([Letter(name, name, share=at) for at, name in enumerate("abcd")])
    table.sort(PLACES["share"], UP)
    return table


def test_live_columns_are_not_sorted_until_they_settle(live: RowTable[Letter]) -> None:
    told, seen = Told(live), Layouts(live)
    live.change([replace(row(live, "a"), share=9)], (), {"a": frozenset({"share"})})
    assert ids(live) == ["a", "b", "c", "d"]
    assert told.take() == [(0, 0, 2, 2)]
    live.settle()
    assert ids(live) == ["b", "c", "d", "a"]
    live.settle()
    assert seen.count == 1


def test_new_rows_of_a_live_column_are_put_in_their_place(live: RowTable[Letter]) -> None:
    live.change([replace(row(live, "a"), share=9)])
    live.change([Letter("e", "e", share=1.5)])
    assert sorted(ids(live)) == ["a", "b", "c", "d", "e"]
    live.settle()
    assert ids(live) == ["b", "e", "c", "d", "a"]


def test_the_filter_holds_while_a_live_column_is_out_of_order(live: RowTable[Letter]) -> None:
    live.only(lambda letter: letter.state == "idle")
    live.change([replace(row(live, "a"), share=9, state="failed")])
    assert ids(live) == ["b", "c", "d"]
    live.change([replace(row(live, "a"), share=2.5, state="idle")])
    assert ids(live) == ["b", "c", "a", "d"]


def test_a_stale_row_can_be_removed(live: RowTable[Letter]) -> None:
    live.change([replace(row(live, "a"), share=9)])
    live.change([], ["a"])
    assert ids(live) == ["b", "c", "d"]


def test_a_row_that_comes_does_not_widen_what_is_told(table: RowTable[Letter]) -> None:
    told = Told(table)
    all_fields = frozenset({"name", "size", "share", "note"})
    fields = {"b": frozenset({"size"}), "bb": all_fields}
    table.change([replace(row(table, "b"), size=1), Letter("bb", "bb")], (), fields)
    assert ids(table) == ["a", "b", "bb", "c", "d"]
    assert told.take() == [(1, 1, 1, 1)]

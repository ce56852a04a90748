"""Random changes of a list beside a list that is sorted and filtered the simple way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import FEW, RowTable
from tests.gui.support.clocks import ManualNow
from tests.gui.support.letters import COLUMNS, PLACES, Letter, Told, ids

IDS = [f"r{at:02}" for at in range(20)]
STATES = ("idle", "running", "failed")
SEARCHES = ("", "a", "b a", "A", "nothing")
FILTERS: dict[str, Callable[[Letter], bool] | None] = {
    "all": None,
    "running": lambda row: row.state == "running",
    "not failed": lambda row: row.state != "failed",
}
_D = Qt.ItemDataRole

names = st.sampled_from(("a", "b", "ab", "ba", "B", "ä", ""))
numbers = st.none() | st.integers(-2, 2).map(float)
letters = st.builds(
    Letter, st.sampled_from(IDS), names, numbers, numbers,
    st.none() | names.filter(bool), st.sampled_from(STATES),
)  # fmt: skip


class Naive:
    """The same list, sorted and filtered whole each time it is asked for."""

    def __init__(self) -> None:
        self.rows: dict[str, Letter] = {}
        #: Rows whose live key is older than they are: it holds until the list settles.
        self.settled: dict[str, Letter] = {}
        self.column, self.is_down = COLUMNS[0], False
        self.words, self.filter = "", "all"

    def take(self, row: Letter) -> bool:
        """Hold it; whether it comes, goes or moves."""
        old, key = self.rows.get(row.id), self.column.key
        self.rows[row.id] = row
        if old is not None and self.passes(old) is self.passes(row):
            if self.column.is_live:
                return False
            self.settled[row.id] = row
            return key(old) != key(row)
        self.settled[row.id] = row
        return True

    def drop(self, row_id: str) -> None:
        self.rows.pop(row_id, None)
        self.settled.pop(row_id, None)

    def settle(self) -> None:
        self.settled = dict(self.rows)

    def passes(self, row: Letter) -> bool:
        wanted = FILTERS[self.filter]
        is_found = all(word in row.haystack for word in self.words.casefold().split())
        return is_found and (wanted is None or wanted(row))

    def shown(self) -> list[str]:
        key = self.column.key
        found = [self.settled[one] for one in self.rows if self.passes(self.rows[one])]
        having = sorted((key(row), row.id) for row in found if key(row) is not None)
        lacking = sorted(row.id for row in found if key(row) is None)
        if self.is_down:
            return [row_id for _, row_id in reversed(having)] + lacking[::-1]
        return [row_id for _, row_id in having] + lacking


class Machine(RuleBasedStateMachine):
    """Everything that can happen to a list, with Qt's tester and a selection looking on."""

    #: What Qt has said.
    log: Any

    def __init__(self) -> None:
        super().__init__()
        self.table: RowTable[Letter] = RowTable(COLUMNS, ManualNow(), sorted_by="name")
        self.naive = Naive()
        self.told = Told(self.table)
        self.counted, self.layouts = 0, 0
        self.table.counted.connect(self._on_counted)
        self.table.layoutChanged.connect(self._on_laid_out)
        self.tester = QAbstractItemModelTester(
            self.table, QAbstractItemModelTester.FailureReportingMode.Warning
        )
        self.selection = QItemSelectionModel(self.table)
        self.picked: set[str] = set()
        self.kept: dict[str, QPersistentModelIndex] = {}

    def _on_counted(self) -> None:
        self.counted += 1

    def _on_laid_out(self) -> None:
        self.layouts += 1

    # What happens

    @rule(rows=st.lists(letters, max_size=12), removed=st.lists(st.sampled_from(IDS), max_size=12))
    def change(self, rows: list[Letter], removed: list[str]) -> None:
        before, counted = Counter(row.state for row in self.naive.rows.values()), self.counted
        fresh = {row.id: row for row in rows}
        moved = sum([self.naive.take(row) for row in fresh.values()])
        gone = {one for one in removed if one in self.naive.rows} - fresh.keys()
        for row_id in gone:
            self.naive.drop(row_id)
        layouts = self.layouts
        self.table.change(rows, removed)
        is_many = moved + len(gone) > FEW
        assert self.layouts - layouts == is_many
        if is_many:
            self.naive.settle()
        after = Counter(row.state for row in self.naive.rows.values())
        assert (self.counted > counted) is (before != after)

    @rule(row_id=st.sampled_from(IDS), share=numbers)
    def progress(self, row_id: str, share: float | None) -> None:
        row = self.table.find(row_id)
        if row is not None:
            fresh = replace(row, share=share)
            self.naive.take(fresh)
            self.told.take()
            self.table.change([fresh], (), {row_id: frozenset({"share"})})
            at = self.table.position(row_id)
            spans = [(at, at, PLACES["share"], PLACES["share"])] if at >= 0 else []
            assert self.told.take() == spans

    @rule(rows=st.lists(letters, max_size=20))
    def hold(self, rows: list[Letter]) -> None:
        self.table.replace(rows)
        self.naive.rows = {row.id: row for row in rows}
        self.naive.settle()

    @rule(at=st.integers(0, len(COLUMNS) - 1), is_down=st.booleans())
    def sort(self, at: int, is_down: bool) -> None:
        order = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
        self.table.sort(at, order)
        self.naive.column, self.naive.is_down = COLUMNS[at], is_down
        self.naive.settle()

    @rule(words=st.sampled_from(SEARCHES))
    def search(self, words: str) -> None:
        self.naive.words = words
        self.table.search(words)

    @rule(name=st.sampled_from(list(FILTERS)))
    def only(self, name: str) -> None:
        self.naive.filter = name
        self.table.only(FILTERS[name])

    @rule()
    def settle(self) -> None:
        self.table.settle()
        self.naive.settle()

    @rule(row_id=st.sampled_from(IDS))
    def pick(self, row_id: str) -> None:
        at = self.table.position(row_id)
        if at >= 0:
            flags = QItemSelectionModel.SelectionFlag
            self.selection.select(self.table.index(at, 0), flags.Toggle | flags.Rows)
            self.picked ^= {row_id}
            self.kept[row_id] = QPersistentModelIndex(self.table.index(at, 1))

    # What always holds

    @invariant()
    def it_shows_the_same(self) -> None:
        shown = self.naive.shown()
        assert ids(self.table) == shown
        assert [self.table.position(one) for one in shown] == list(range(len(shown)))
        hidden = [one for one in IDS if one not in shown]
        assert {self.table.position(one) for one in hidden} <= {-1}

    @invariant()
    def it_counts_the_same(self) -> None:
        assert +self.table.counts == Counter(row.state for row in self.naive.rows.values())
        assert min(self.table.counts.values(), default=0) >= 0

    @invariant()
    def what_was_picked_stays_picked(self) -> None:
        # What is hidden or gone is not selected any more, also when it comes back.
        self.picked &= set(self.naive.shown())
        rows = [index.row() for index in self.selection.selectedRows()]
        assert {self.table.id_at(row) for row in rows} == self.picked
        for row_id, cell in list(self.kept.items()):
            if cell.isValid():
                assert (self.table.id_at(cell.row()), cell.column()) == (row_id, 1)
            else:
                del self.kept[row_id]

    @invariant()
    def qt_has_nothing_to_say(self) -> None:
        assert [record.message for record in self.log.records] == []


def test_every_list_is_as_sorting_and_filtering_would_make_it(qtbot: QtBot, qtlog: Any) -> None:
    Machine.log = qtlog
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40, stateful_step_count=40, deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip

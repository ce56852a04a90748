"""One list of the window with many rows, measured in a process of its own: see `bench_rows`.

python -m tests.benchmarks.window.lists tasks 10000
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTableView

from bgtasks_gui import paths
from bgtasks_gui.gui.frame.garbage import Garbage
from bgtasks_gui.gui.style import dress
from bgtasks_gui.gui.widgets.row_view import RowView
from tests.benchmarks import agents
from tests.benchmarks.window import filling, meters

ROUNDS = 5
RATE = 1000
#: Messages on progress that an agent sends of each run and second at most.
RATE_OF_RUN = 4
WATCHED_S = 5.0
#: What the window leaves for a list.
SIZE = (1064, 640)
#: Milliseconds after which a list that is sorted by what changes is put in order again.
SETTLE_MS = 1000
WANTED = "photos"
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class Moved(msgspec.Struct):
    """What changes cost, with so many a second."""

    cpu_percent: float
    longest_stall_ms: float
    usual_stall_ms: float


class Measured(msgspec.Struct):
    """Everything about one list. Milliseconds, several of each."""

    load_ms: float
    row_bytes: float
    first_paint_ms: float
    sort_text_ms: list[float]
    sort_figure_ms: list[float]
    filter_ms: list[float]
    clear_ms: list[float]
    #: By where the changes are.
    moved: dict[str, Moved]


def measure(application: QApplication, kind: str, count: int) -> Measured:
    if kind == "proxy":
        return measure_proxy(count)
    dress.dress(application, paths.find_resources()).choose("light")
    # As the program does.
    Garbage().start()
    before = agents.memory(os.getpid(), "Rss")
    filled = filling.fill(kind, count)
    row_bytes = (agents.memory(os.getpid(), "Rss") - before) * 1e6 / count
    view, first_paint_ms = show(lambda: RowView(filled.table, "Rows"))
    columns = filled.table.columns
    figure = next(at for at, each in enumerate(columns) if not each.is_text)
    sort_text, sort_figure = sort(view, 0), sort(view, figure)
    view.sortByColumn(0, UP)
    found = Measured(
        filled.load_ms, row_bytes, first_paint_ms, sort_text, sort_figure,
        *narrow(view, filled.table.search), {},
    )  # fmt: skip
    if filled.running:
        move(view, filled, figure, found.moved)
    return found


def show(make: Callable[[], QTableView]) -> tuple[Any, float]:
    """A view on the screen, and the milliseconds until its rows were painted."""
    made: list[QTableView] = []

    def work() -> None:
        made.append(make())
        painted = meters.PaintMeter(made[0])
        made[0].resize(*SIZE)
        made[0].show()
        meters.run_loop_until(lambda: painted.paints > 0)

    taken = meters.timed(work)
    return made[0], taken


def sort(view: QTableView, column: int) -> list[float]:
    """Milliseconds of sorting by a column, up and down, with the painting of what is seen."""

    def work(order: Qt.SortOrder) -> None:
        view.sortByColumn(column, order)
        view.viewport().repaint()

    view.sortByColumn(column, DOWN)
    orders = [UP, DOWN] * ROUNDS
    return [meters.timed(lambda order=order: work(order)) for order in orders]


def narrow(view: QTableView, search: Callable[[str], None]) -> tuple[list[float], list[float]]:
    """Milliseconds of searching for a word that a ninth of all has, and of showing all again."""

    def work(text: str) -> None:
        search(text)
        view.viewport().repaint()

    filtered, cleared = [], []
    for _ in range(ROUNDS):
        filtered.append(meters.timed(lambda: work(WANTED)))
        cleared.append(meters.timed(lambda: work("")))
    return filtered, cleared


# Changes


def move(view: RowView, filled: filling.Filled, figure: int, found: dict[str, Moved]) -> None:
    """What changes cost: all over the list, on the rows that are seen, and while it is sorted."""
    found["anywhere"] = watch(filled, filled.running, RATE)
    filled.table.only(lambda row: row.state == "running")
    view.viewport().repaint()
    last = view.rowAt(view.viewport().height() - 1)
    rows = range(last + 1 if last >= 0 else filled.table.rowCount())
    runs = [filled.table.row_at(row).run for row in rows]
    seen = [run.id for run in runs if run is not None]
    found["seen"] = watch(filled, seen, RATE_OF_RUN * len(seen))
    found["crowded"] = watch(filled, seen, RATE)
    filled.table.only(None)
    view.sortByColumn(figure, DOWN)
    settling = QTimer()
    settling.timeout.connect(filled.table.settle)
    settling.start(SETTLE_MS)
    found["sorted"] = watch(filled, filled.running, RATE)
    settling.stop()


def watch(filled: filling.Filled, run_ids: Sequence[str], rate: int) -> Moved:
    """First what is used, then how the loop is blocked: watching that closely costs as well."""
    feed = filling.Feed(filled.bridge, run_ids, rate)
    cpu = meters.measure_cpu(WATCHED_S)
    stalls = meters.measure_stalls(WATCHED_S)
    sent = feed.stop()
    assert sent > 1.8 * WATCHED_S * rate, f"only {sent} were sent"
    return Moved(cpu, stalls.longest, stalls.usual)


# The peer


class PlainTable(QAbstractTableModel):
    """Rows as the examples of Qt for Python hold them."""

    def __init__(self, rows: list[tuple[str, float]]) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: object = None) -> int:
        return len(self._rows)

    def columnCount(self, parent: object = None) -> int:
        return 2

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        return None


def measure_proxy(count: int) -> Measured:
    named = filling.names()
    rows = [(next(named), number * 7919 % count / count) for number in range(count)]
    proxy = QSortFilterProxyModel()
    source = PlainTable(rows)

    def make() -> QTableView:
        proxy.setSourceModel(source)
        view = QTableView()
        view.setModel(proxy)
        return view

    view, first_paint_ms = show(make)
    sort_text, sort_figure = sort(view, 0), sort(view, 1)
    narrowed = narrow(view, proxy.setFilterFixedString)
    return Measured(0.0, 0.0, first_paint_ms, sort_text, sort_figure, *narrowed, {})


def main(kind: str, count: int) -> None:
    application = QApplication([])
    found = measure(application, kind, count)
    sys.stdout.write(json.dumps(msgspec.to_builtins(found)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Lists of the window with very many rows: `python -m tests.benchmarks.window.bench_rows`.

Each list is made and measured in a process of its own, drawn in memory. Beside it stands a
`QSortFilterProxyModel` over a plain Python model, as the examples of Qt for Python have it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NamedTuple

import msgspec

from tests.benchmarks import table
from tests.benchmarks.window import lists

PEER_COUNT = 10_000
#: Milliseconds in which a long list is to be sorted, filtered and shown.
SORT_MS, PAINT_MS = 150, 300
CPU_PERCENT, STALL_MS = 15, 50
#: Where the changes are, by the name that `lists.move` gives it, and if CPU is bounded there.
MOVES = {
    "anywhere": ("all over the list", True),
    "seen": ("as many as an agent sends of the rows seen", True),
    "crowded": ("all on the rows seen", False),
    "sorted": ("sorted by what changes", False),
}


class List(NamedTuple):
    """A list that is measured."""

    kind: str
    count: int
    title: str


LISTS = (
    List("tasks", 10_000, "10,000 tasks, 250 of them running"),
    List("tasks", 100_000, "100,000 tasks, 250 of them running"),
    List("runs", 10_000, "10,000 runs under way"),
    List("history", 100_000, "100,000 runs that have ended"),
)


def measure_list(kind: str, count: int) -> lists.Measured:
    command = [sys.executable, "-m", "tests.benchmarks.window.lists", kind, str(count)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=lists.Measured)


def measure(shown: table.Table) -> None:
    peer = measure_list("proxy", PEER_COUNT)
    for each in LISTS:
        found = measure_list(each.kind, each.count)
        shown.begin(each.title)
        show(shown, found, peer if each.count == PEER_COUNT else None)


def show(shown: table.Table, found: lists.Measured, peer: lists.Measured | None) -> None:
    shown.add("read at once", found.load_ms, "ms")
    shown.add("memory of a row, with what the mirror holds", found.row_bytes / 1000, "kB")
    first = table.at_most(PAINT_MS)
    shown.add("made and painted for the first time", found.first_paint_ms, "ms", target=first)
    for what, name in (
        ("sorted by text", "sort_text_ms"),
        ("sorted by a figure", "sort_figure_ms"),
        ("filtered by a word", "filter_ms"),
        ("all shown again", "clear_ms"),
    ):
        beside = None if peer is None else table.Peer("proxy model", getattr(peer, name))
        target = table.at_most(SORT_MS)
        shown.add(what, getattr(found, name), "ms", beside=beside, target=target)
    for name, moved in found.moved.items():
        where, is_bounded = MOVES[name]
        target = table.at_most(CPU_PERCENT) if is_bounded else None
        shown.add(f"CPU, {where}", moved.cpu_percent, "%", target=target)
        longest = table.at_most(STALL_MS)
        shown.add("  longest stall in 5 s", moved.longest_stall_ms, "ms", target=longest)
        shown.add("  99 of 100 are at most", moved.usual_stall_ms, "ms")
    if found.moved:
        shown.note(f"CPU of one core with {lists.RATE:,} changes a second, where not said else.")


if __name__ == "__main__":
    table.run(measure)

"""The whole window while 1,000 transfers run: `python -m tests.benchmarks.window.bench_transfers`.

It is measured in a process of its own, drawn in memory, and told of progress as an agent tells it:
twenty frames a second, with the newest of each transfer four times a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import msgspec

from tests.benchmarks import table
from tests.benchmarks.window import transfers

COUNT: Final = 1_000
PAINT_MS, STALL_MS = 300, 50
LOOKED_AT: Final = {
    "page": "the page of transfers",
    "sorted": "the same, sorted by speed",
    "plot": "the same, with the plot of one",
    "tasks": "another page",
    "hidden": "nothing: the window is hidden",
}


def measure(shown: table.Table) -> None:
    command = [sys.executable, "-m", transfers.__name__, str(COUNT)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)
    found = msgspec.json.decode(done.stdout, type=transfers.Measured)
    longest = table.at_most(STALL_MS)
    shown.begin(f"the window while {COUNT:,} transfers run")
    first = table.at_most(PAINT_MS)
    shown.add("from what is read to the list", found.first_paint_ms, "ms", target=first)
    shown.add("memory", found.memory_mb, "MB")
    shown.add("longest work while the plot is loaded", found.plot_ms, "ms", target=longest)
    for name, what in LOOKED_AT.items():
        moved = found.moved[name]
        shown.add(f"CPU, looking at {what}", moved.cpu_percent, "%")
        shown.add("  longest work at a time", moved.longest_work_ms, "ms", target=longest)
        shown.add("  longest stall, with what others do", moved.longest_stall_ms, "ms")
    shown.note(f"CPU of one core with {COUNT * transfers.OF_RUN_S:,} messages a second.")


if __name__ == "__main__":
    table.run(measure)

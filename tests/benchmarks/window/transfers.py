"""A window with very many transfers, measured in a process of its own: see `bench_transfers`.

python -m tests.benchmarks.window.transfers 1000
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu

from bgtasks_gui import paths
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.gui import sides
from bgtasks_gui.gui.detail.transfer.speed_plot import SpeedPlot
from bgtasks_gui.gui.frame.garbage import Garbage
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.style import dress
from bgtasks_gui.wire import codec, shapes
from tests.benchmarks import agents
from tests.benchmarks.window import meters
from tests.cli.fakes import views as told
from tests.gui.fakes import moves
from tests.gui.support import clocks, looping
from tests.gui.support.stages import Stage

#: What an agent sends: so often the newest progress of each run that moved since.
FRAMES_S = 20
OF_RUN_S = 4
WATCHED_S = 5.0
SETTLE_S = 1.0
_SIZE = 4_000_000_000


class Moved(msgspec.Struct):
    """What they cost while something is looked at."""

    cpu_percent: float
    longest_stall_ms: float
    usual_stall_ms: float
    #: The longest work of the window between two turns of its loop, whoever else was busy.
    longest_work_ms: float


class Measured(msgspec.Struct):
    first_paint_ms: float
    memory_mb: float
    #: The longest work while the plot is loaded and shown for the first time.
    plot_ms: float
    #: By what is looked at.
    moved: dict[str, Moved]


class Feed:
    """Tells of all transfers, in frames as they come over the socket."""

    def __init__(self, stage: Stage, runs: list[shapes.RunView]) -> None:
        self._stage = stage
        self._ids = [run.id for run in runs]
        self._place, self._round = 0, 0
        self.sent = 0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._send)
        self._timer.start(1000 // FRAMES_S)

    def stop(self) -> None:
        self._timer.stop()

    def _send(self) -> None:
        bridge = self._stage.bridge
        for _ in range(len(self._ids) * OF_RUN_S // FRAMES_S):
            text = codec.encode(self._event(bridge.mirror.seq + 1))
            # The window reads it as it comes, and gathers what changed.
            bridge._take(bridge.mirror.apply(codec.decode(text, shapes.EventView)))
            self.sent += 1

    def _event(self, seq: int) -> shapes.EventView:
        self._place = (self._place + 1) % len(self._ids)
        self._round += self._place == 0
        done = (self._round * 3_000_000 + self._place * 1_000_003) % _SIZE
        rate = 1e6 + (self._round * 7919 + self._place * 104_729) % 40_000_000
        known = moves.moving(done, _SIZE, rate=float(rate), eta=(_SIZE - done) / rate)
        return told.event(seq, "run_progressed", run_id=self._ids[self._place], progress=known)


async def measure(count: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bgt-") as folder:
        stage = Stage(Path(folder), clocks.ManualNow())
        window = Window(stage.parts, sides.make_sides(stage.parts, str), QMenu())
        window.resize(1280, 800)
        tasks = [
            moves.task(
                at, ("download", "upload")[at % 4 == 0], name=f"file {at * 7919 % count}.iso"
            )
            for at in range(1, count + 1)
        ]
        runs = [moves.run(at, of=task, receipt=moves.receipt()) for at, task in enumerate(tasks, 1)]
        window.show()
        window.make_pages()
        page = window.show_page("transfers")
        await asyncio.sleep(SETTLE_S)
        painted = meters.PaintMeter(page.view)
        begin = time.perf_counter()
        stage.bridge._take(stage.bridge.mirror.load(tasks, runs, 1).then(Changes(connected=True)))
        await looping.until(lambda: painted.paints > 0)
        first_ms = (time.perf_counter() - begin) * 1000
        garbage = Garbage(window)
        garbage.start()
        stage.bridge.changed.connect(garbage.look)
        feed = Feed(stage, runs)
        for run in runs:
            stage.way.on(f"GET /v1/runs/{run.id}", run)
        await asyncio.sleep(SETTLE_S)
        found = Measured(first_ms, 0.0, 0.0, {})
        await _look_at_each(window, found)
        found.memory_mb = agents.memory(os.getpid(), "Rss")
        feed.stop()
        assert feed.sent > OF_RUN_S * count * WATCHED_S, f"only {feed.sent} were sent"
        garbage.stop()
        window.may_close = True
        await window.pane.close_reading()
        window.close()
        await stage.close()
        return found


async def _look_at_each(window: Window, found: Measured) -> None:
    page = window.page
    found.moved["page"] = await watch()
    page.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    found.moved["sorted"] = await watch()
    page.view.sortByColumn(4, Qt.SortOrder.DescendingOrder)

    async def show_plot() -> None:
        page.view.selectRow(0)
        window.show_tab("Transfer")
        await looping.until(lambda: window.pane.findChild(SpeedPlot).plot is not None)
        await asyncio.sleep(SETTLE_S)

    found.plot_ms = (await stalls_of(show_plot)).worked
    found.moved["plot"] = await watch()
    page.view.clearSelection()
    window.show_page("tasks")
    found.moved["tasks"] = await watch()
    window.hide()
    found.moved["hidden"] = await watch()


async def watch() -> Moved:
    """First what is used, then how the loop is blocked: watching that closely costs as well."""
    used, before = os.times(), asyncio.get_running_loop().time()
    await asyncio.sleep(WATCHED_S)
    now, taken = os.times(), asyncio.get_running_loop().time() - before
    cpu = (now.user + now.system - used.user - used.system) / taken * 100
    stalls = await stalls_of(lambda: asyncio.sleep(WATCHED_S))
    return Moved(cpu, *stalls)


async def stalls_of(work: Callable[[], Awaitable[object]]) -> meters.Stalls:
    meter = meters.StallMeter()
    meter.start()
    await work()
    return meter.stop()


def main(count: int) -> None:
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    dress.dress(application, paths.find_resources()).choose("light")
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        found = loop.run_until_complete(measure(count))
    sys.stdout.write(json.dumps(msgspec.to_builtins(found)))


if __name__ == "__main__":
    main(int(sys.argv[1]))

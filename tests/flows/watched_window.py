"""A window whose main thread is watched while many runs change: it must not wait for anything.

It says as JSON what Qt's thread did that may wait, and how long its loop took at most between two
ticks. Home and agent are those of BGTASKS_HOME; arguments are the ids of tasks to run.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
import time

from PySide6.QtCore import QTimer

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.gui import app
from bgtasks_gui.gui.program import Program

RUNS_A_TASK = 10
_TICK_MS = 5
_WAITING = ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system")


class Watch:
    """What the main thread did since `begin`."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.longest_s = 0.0
        self._is_on = False
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_tick)
        sys.addaudithook(self._hear)

    def begin(self) -> None:
        self._is_on, self._last = True, time.perf_counter()
        self._timer.start(_TICK_MS)

    def end(self) -> None:
        self._is_on = False
        self._timer.stop()

    def _hear(self, event: str, about: tuple[object, ...]) -> None:
        if not self._is_on or event not in _WAITING:
            return
        if threading.current_thread() is not threading.main_thread():
            return
        if isinstance(about[0], socket.socket) and not about[0].getblocking():
            return
        self.done.append(f"{event} {about[0]}")

    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.longest_s, self._last = max(self.longest_s, now - self._last), now


async def visit(program: Program) -> None:
    tasks, watch = sys.argv[1:], Watch()
    mirror, client = program.parts.bridge.mirror, program.parts.bridge.client
    changed = asyncio.Event()
    program.parts.bridge.changed.connect(lambda _: changed.set())
    while program.furniture is None or len(mirror.tasks) < len(tasks):
        await changed.wait()
        changed.clear()
    await look_around(program)
    watch.begin()
    for _ in range(RUNS_A_TASK):
        await asyncio.gather(*(client(commands.run_task(task)) for task in tasks))
    await look_around(program)
    wanted = RUNS_A_TASK * len(tasks)
    while sum(run.completed_at is not None for run in mirror.runs.values()) < wanted:
        await changed.wait()
        changed.clear()
    watch.end()
    sys.stdout.write(json.dumps({"done": watch.done, "longest_s": watch.longest_s}))


async def look_around(program: Program) -> None:
    """Turn to everything once, as a person does."""
    window = program.window
    for page in window.pages:
        window.show_page(page.name).focus_list()
        for side in ("Overview", "Why", "Log", "Runs"):
            if window.pane.isVisible():
                window.show_tab(side)
            await asyncio.sleep(0.05)
    window.resize(window.width() - 40, window.height())
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    sys.exit(app.main(paths.find_home(), minimized=False, guest=visit))

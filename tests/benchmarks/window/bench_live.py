"""From a change to its cell on the screen: `python -m tests.benchmarks.window.bench_live`.

The real program with 1,000 tasks on a screen in memory. One change at a time is asked for, so the
figures hold the request, the decision, the stored change and its event, the row and its painting.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.transport import UnixTransport
from bgtasks_gui.gui import app
from bgtasks_gui.gui.program import Program
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.wire import shapes
from tests.benchmarks import agents, bench_idle, table
from tests.desktop.session import Session
from tests.desktop.support import needs

TASKS, CHANGES = 1_000, 200
#: Rows that are surely on the screen.
SEEN = 8
SETTLE_S = 1.0
#: Changes come apart from each other by at most so many seconds, in no step with anything.
APART_S = 0.05
PATIENCE_S = 120.0
CHANGED_MS = 150.0


def measure(shown: table.Table) -> None:
    shown.begin("from a change to its cell on the screen")
    lacking = [each for each in needs.SESSION if needs.find(each) is None]
    if lacking:
        shown.note(f"Left out: {', '.join(lacking)} not here.")
        return
    plan = datetime.now(UTC) + bench_idle.EVERY
    tasks = bench_idle.make_tasks(TASKS)
    with (
        tempfile.TemporaryDirectory(prefix="bgt-") as folder,
        agents.running(*tasks, plan=plan) as agent,
        Session() as session,
    ):
        told = Path(folder) / "told"
        env = {"BGTASKS_HOME": str(agent.home.root)}
        root = Path(__file__).parents[3]
        program = session.spawn(sys.executable, "-m", __spec__.name, str(told), env=env, cwd=root)
        if program.wait(PATIENCE_S) != 0:
            shown.note(f"Left out: {program.output()}")
            return
        taken: list[float] = json.loads(told.read_text())
    shown.add("asked for to painted, median", taken, "ms")
    worst = table.part(taken, 0.99)
    shown.add("asked for to painted, p99", worst, "ms", target=table.at_most(CHANGED_MS))


class Painted(QObject):
    """Tells when a widget has painted what it was waited for."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._is_there: Callable[[], bool] = bool
        self._done: asyncio.Future[float] | None = None
        widget.installEventFilter(self)

    async def until(self, is_there: Callable[[], bool]) -> float:
        """When the first picture since now was painted of which this is so."""
        self._is_there, self._done = is_there, asyncio.get_running_loop().create_future()
        return await self._done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._is_there():
            # The filter is asked before; in the loop's next turn it has been painted.
            QTimer.singleShot(0, self, self._on_painted)
        return False

    def _on_painted(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(time.perf_counter())


async def visit(program: Program) -> list[float]:
    """Change the tasks that are seen, one after the other; milliseconds that each took."""
    model = program.parts.tasks
    page = program.window.show_page("tasks")
    assert isinstance(page, ListPage)
    painted = Painted(page.view.viewport())
    client, taken = Client(UnixTransport(paths.find_home().agent_socket)), []
    async with asyncio.timeout(PATIENCE_S):
        await painted.until(lambda: model.rowCount() == TASKS)
        await asyncio.sleep(SETTLE_S)
        for number in range(CHANGES):
            task = model.row_at(number % SEEN).task
            change = commands.disable_task if task.enabled else commands.enable_task

            def has_changed(before: shapes.TaskView = task) -> bool:
                row = model.find(before.id)
                return row is not None and row.task.enabled is not before.enabled

            begin = time.perf_counter()
            asked = asyncio.ensure_future(client(change(task.id)))
            taken.append((await painted.until(has_changed) - begin) * 1000)
            await asked
            await asyncio.sleep(random.uniform(0, APART_S))
    await client.close()
    return taken


def main(told: Path) -> int:
    """The program, with somebody who changes its tasks and writes down how long it took."""

    async def write(program: Program) -> None:
        told.write_text(json.dumps(await visit(program)))

    return app.main(paths.find_home(), minimized=False, guest=write)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    table.run(measure)

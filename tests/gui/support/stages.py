"""The parts of a window over an agent that a test plays: a mirror that is filled by events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

from PySide6.QtCore import SignalInstance

from bgtasks_gui.client import commands, exchange
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui import prefs
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.wire import codec, shapes
from tests.cli.fakes import views
from tests.gui.support.clocks import ManualNow

#: What is answered: a value, an error, or what makes one of the call.
Answer = object


class PlayedWay:
    """A transport: notes every route that is asked, and answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False
        #: While it is closed, answers are waited for.
        self.gate = asyncio.Event()
        self.gate.set()
        self._answers: dict[str, Answer] = {}

    def on(self, route: str, answer: Answer) -> None:
        """Answer a route, "GET /v1/tasks/backup", so."""
        self._answers[route] = answer

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        route = f"{call.method} {call.path}"
        self.asked.append(route)
        await self.gate.wait()
        if self.is_away:
            raise errors.AgentUnreachable
        answer = self._answers.get(route, errors.NotFound(f"{route} is not there."))
        if callable(answer) and not isinstance(answer, type):
            answer = answer(call)
        if isinstance(answer, BaseException):
            raise answer
        return exchange.Answer(200, codec.encode(answer))

    async def listen(self, _call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        for nothing in ():
            yield nothing
        raise errors.AgentUnreachable

    async def close(self) -> None:
        """Nothing is open."""


class Stage:
    """Everything a page is built on."""

    def __init__(self, folder: Path, now: ManualNow) -> None:
        self.now = now
        self.way = PlayedWay()
        self.bridge = Bridge(Client(self.way))
        self.tally, self.asked = Tally(self.bridge.mirror), Asked()
        self.bridge.changed.connect(self.tally.take)
        self.performer = Performer(self.bridge.client, self.asked)
        self.tasks = TaskTable(self.bridge, self.tally, self.asked, now)
        #: Runs that a side of the pane wanted to be shown.
        self.shown_runs: list[str] = []
        self.keeper = prefs.Keeper(folder / "window.json")
        self.parts = Parts(
            self.bridge, self.tally, self.asked, self.performer, self.tasks, self.keeper, now
        )

    async def close(self) -> None:
        await self.performer.close()
        await self.keeper.close()

    # What the agent says

    def load(
        self, tasks: Iterable[shapes.TaskView] = (), runs: Iterable[shapes.RunView] = ()
    ) -> None:
        """The agent is reached, and this is all there is."""
        step = self.bridge.mirror.load(tasks, runs, self.bridge.mirror.seq + 1)
        self._take(step.then(Changes(connected=True)))

    def put(self, *runs: shapes.RunView) -> None:
        """These runs stand so now; told together."""
        steps = [self._event("run_changed", run=run) for run in runs]
        self._take(*steps)

    def put_task(self, *tasks: shapes.TaskView) -> None:
        self._take(*(self._event("task_changed", task=task) for task in tasks))

    def progress(self, run_id: str, known: shapes.ProgressView) -> None:
        self._take(self._event("run_progressed", run_id=run_id, progress=known))

    def remove_task(self, task_id: str) -> None:
        self._take(self._event("task_removed", task_id=task_id))

    def lose(self, trouble: str = "The agent is not reached.") -> None:
        self._take(Changes(connected=False, trouble=trouble))

    def say_system(self, **fields: object) -> None:
        """The machine, or the pause of everything, stands so now."""
        self.bridge.system = views.system(**fields)
        self.bridge.system_changed.emit()

    def _event(self, kind: str, **fields: object) -> Changes:
        return self.bridge.mirror.apply(views.event(self.bridge.mirror.seq + 1, kind, **fields))

    def _take(self, *steps: Changes) -> None:
        for step in steps:
            self.bridge._take(step)
        self.bridge.tell()


def collect(signal: SignalInstance) -> list[tuple[object, ...]]:
    """What a signal carried, each time it was emitted since now."""
    heard: list[tuple[object, ...]] = []
    signal.connect(lambda *values: heard.append(values))
    return heard

"""Continuous tasks over a real store, and somebody who watches over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bgtasks_gui import paths
from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import conducting, delaying, granting, holds, overseeing
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import events, runs, tasks
from bgtasks_gui.core.background import access, continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.processes import Identity
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.machine.modes import finding
from bgtasks_gui.store import SqliteStore
from bgtasks_gui.triggers import TRIGGERS
from tests.agent.support import embedded
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_run, a_task

LOOK: Final = timedelta(seconds=30)
PLAYER: Final = access.Access(
    owner="player", modes=(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER, Mode.LOCATION)
)
UNTOLD: Final = finding.unknown("pactl is not installed")
#: No process has this number.
NOBODY: Final = Identity(pid=2**30, start_ticks=1, boot_id="none")
_S = runs.RunState


class Computer:
    """Says of each mode what the test lets it say; else that it is not known."""

    def __init__(self) -> None:
        self.says: dict[Mode, finding.Finding] = {}
        self.is_recording = False
        self.asked: list[tuple[Mode, frozenset[int]]] = []

    async def look(self, mode: Mode, pids: frozenset[int]) -> finding.Finding:
        self.asked.append((mode, pids))
        if self.is_recording and mode is Mode.AUDIO_RECORDING:
            return finding.used("Sound is being recorded.", pids)
        return self.says.get(mode, UNTOLD)


class Overseen:
    """Continuous tasks over a store, and somebody who watches over them."""

    def __init__(self, store: SqliteStore, clock: ManualClock, home: paths.Home) -> None:
        self.store, self.clock, self.home = store, clock, home
        self.computer = Computer()
        self.told: list[events.ContinuousChanged] = []
        hub = bus.Bus()
        hub.subscribe(self.told.append, (events.ContinuousChanged,))
        self.ledger = ledger.Ledger(store, hub, clock)
        # Nothing is started here: runs are taken over, as from an earlier agent.
        self.runner = runner.Runner(self.ledger, Catalog(TRIGGERS, KINDS), clock, home)
        self.grants = granting.Granting(self.ledger)
        self.conducting = conducting.Conducting(self.ledger, hub, self.runner, self.grants, clock)
        self.delays = delaying.Delaying(self.ledger, clock, lambda: False)
        self.holds = holds.Holds(clock, f"unix:path={home.root}/none")
        self.overseeing = overseeing.Overseeing(
            hub, self.runner, self.conducting, self.delays, self.holds, self.computer.look
        )

    async def begin(self) -> Overseen:
        await self.grants.restore(self.store)
        await self.grants.grant(PLAYER)
        await self.delays.restore(self.store)
        await self.conducting.restore(self.store)
        self.overseeing.restore()
        self.delays.start()
        return self

    async def close(self) -> None:
        self.conducting.close()
        await self.overseeing.close()
        await self.delays.close()
        await self.holds.close()
        await self.runner.settle()
        await self.ledger.drain()

    async def starts(self, *modes: Mode, **fields: object) -> continuous.ContinuousTask:
        base = {"owner": "player", "ability": "main", "title": "Playing", "text": "A song"}
        wish = continuous.Wish(**(base | {"modes": modes} | fields))
        return await self.conducting.start(wish)

    async def begun(self, run: runs.Run, task: tasks.Task, process: Identity) -> runs.Run:
        """The run, at work and shown as that."""
        await self.ledger.add([run])
        told = self.ledger.move(run.id, _S.RUNNING, process=process)
        self.runner.adopt(self.now(run), task, None)
        await told
        await self.runner.settle()
        assert self.of(run)
        return self.now(run)

    async def walks(self, *modes: str, process: Identity = NOBODY, **fields: object) -> runs.Run:
        """A run of a task that declares these modes."""
        task = a_task(name="walk", modes=modes, **fields)
        return await self.begun(a_run(len(self.ledger.live()) + 1, task), task, process)

    def now(self, run: runs.Run) -> runs.Run:
        found = self.ledger.find(run.id)
        assert found is not None
        return found

    def why(self, run: runs.Run) -> tuple[str, str | None]:
        """State and reason of a run."""
        return embedded.why(self.now(run))

    def of(self, run: runs.Run) -> list[continuous.ContinuousTask]:
        return [one for one in self.conducting.going() if one.run_id == run.id]

    async def passes(self, time: timedelta) -> None:
        """Time goes on, and every look is over."""
        for _ in range(time // LOOK):
            await self.clock.advance_async(LOOK)
            await embedded.settles(self._is_idle)
        await self.runner.settle()

    def _is_idle(self) -> bool:
        looking = self.overseeing._checking._looking
        return looking is None or looking.done()

    def canceled(self) -> list[tuple[int, Code, str | None]]:
        ended = [(one.task.id, one.reason) for one in self.told if one.reason is not None]
        return [(id, reason.code, reason.detail) for id, reason in ended]

    def checks(self, id: int) -> list[tuple[str, bool | None, str]]:
        return [(one.mode, one.used, one.sentence) for one in self.overseeing.checks_of(id)]

    def held_for(self) -> list[str]:
        """Why the computer is kept from sleep; what it says of itself left out."""
        return [view.why.partition(". ")[0] for view in self.holds.views()]

"""A mover that does what a test says, and a listener that writes down what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bgtasks_gui.core.transfers import Figure, Outcome, Piece, Record, Spec
from bgtasks_gui.transfers.words import Outlet

SPEC = Spec(url="http://localhost:1/file", method="GET")
RECORD = Record(url=SPEC.url)


class Listener:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.calls: list[str] = []
        self.records: dict[str, Record] = {}
        self._ended = asyncio.Event()

    def moved(self, figures: Mapping[str, Figure]) -> None:
        self.calls.append("moved")
        self.told += figures.items()

    def recorded(self, run_id: str, record: Record) -> None:
        self.records[run_id] = record

    def said(self, run_id: str, line: str) -> None:
        self.told.append((run_id, line))

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        self.records[run_id] = record
        self.told.append((run_id, outcome))
        self._ended.set()

    def outcomes(self, run_id: str = "run") -> list[Outcome]:
        return [one for name, one in self.told if name == run_id and isinstance(one, Outcome)]

    async def end_of(self, run_id: str = "run", count: int = 1) -> Outcome:
        """How its attempt number `count` ended."""
        async with asyncio.timeout(20.0):
            while len(self.outcomes(run_id)) < count:
                self._ended.clear()
                await self._ended.wait()
        return self.outcomes(run_id)[count - 1]


class Scripted:
    """Moves nothing: begins, tells that, and does what the test wants."""

    def __init__(self) -> None:
        self.outlets: list[Outlet] = []
        self.begun = 0
        self.interrupted = 0
        self._wishes: list[asyncio.Future[Outcome]] = []
        #: What is waited for once interrupted.
        self.flush: asyncio.Event | None = None
        #: How it ends though it was interrupted.
        self.all_the_same: Outcome | None = None

    @property
    def outlet(self) -> Outlet:
        return self.outlets[-1]

    async def __call__(self, spec: Spec, outlet: Outlet) -> Outcome:
        del spec
        self.begun += 1
        self.outlets.append(outlet)
        wish: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._wishes.append(wish)
        try:
            return await wish
        except asyncio.CancelledError:
            self.interrupted += 1
            if self.flush is not None:
                await self.flush.wait()
            if self.all_the_same is not None:
                return self.all_the_same
            raise

    def end(self, outcome: Outcome | BaseException) -> None:
        """The last that has begun ends so."""
        if isinstance(outcome, BaseException):
            self._wishes[-1].set_exception(outcome)
        else:
            self._wishes[-1].set_result(outcome)


def with_done(record: Record, done: int) -> Record:
    """The same with so many bytes that are safe."""
    return Record(
        url=record.url, pieces=(Piece(start=0, end=1000, done=done),), failures=record.failures
    )

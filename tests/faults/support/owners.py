"""The owner of an engine: does with transfers what the agent does, and watches what it is told."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfer_ports import TransferEngine, TransferListener
from bgtasks_gui.core.transfers import Failed, Figure, Outcome, Record
from tests.faults.support.server import PATIENCE_S

#: Attempts in a row without a new byte, before one has failed.
ATTEMPTS: Final = 6

MakeEngine = Callable[[asyncio.AbstractEventLoop, TransferListener], TransferEngine]


class Broken(AssertionError):
    """The engine told something that cannot be."""


class Run:
    """One transfer over all its attempts."""

    def __init__(self, run_id: str, spec: transfers.AnySpec, right: frozenset[str]) -> None:
        self.run_id = run_id
        self.spec = spec
        #: Hashes of what may be in the file once it is there.
        self.right = right
        self.record = Record(url=spec.url)
        self.is_on = False
        self.outcomes: list[Outcome] = []
        self.lines: list[str] = []
        self.messages: list[str | None] = []
        self.figure: Figure | None = None
        self._over: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def over(self) -> Outcome:
        """How it ended, when nothing more is tried."""
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.shield(self._over)

    def begin(self) -> None:
        self.is_on = True
        if self.figure is not None and self.record.done < self.figure.done:
            self.figure = None
        if self._over.done():
            self._over = asyncio.get_running_loop().create_future()

    def end(self, outcome: Outcome) -> None:
        self._over.set_result(outcome)

    def check(self, figure: Figure) -> None:
        """What is shown of it may be true."""
        if not self.is_on:
            raise Broken(f"{self.run_id} moves, though it has ended: {figure}")
        if figure.total is not None and figure.done > figure.total:
            raise Broken(f"more than there is: {figure}")
        before = self.figure
        if before is not None and figure.done < before.done and figure.message is None:
            raise Broken(f"went back without a word: from {before} to {figure}")
        self.figure = figure
        self.messages.append(figure.message)

    def check_target(self) -> None:
        """Nothing is where the file shall be, or all of it."""
        path = Path(self.record.path)
        if self.record.path and isinstance(self.spec, transfers.DownloadSpec) and path.is_file():
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found not in self.right:
                raise Broken(f"there is already something at {path}")


class Owner:
    """Keeps the records, starts again what may pass, without a wait; a `TransferListener`."""

    def __init__(self, make: MakeEngine, *, attempts: int = ATTEMPTS) -> None:
        self.engine = make(asyncio.get_running_loop(), self)
        self.runs: dict[str, Run] = {}
        #: What cannot be; a test must not pass with any.
        self.broken: list[Broken] = []
        #: Whether what may pass is tried again without being told to.
        self.goes_on = True
        self._attempts = attempts
        self._changed = asyncio.Event()

    # What a test does

    def start(
        self,
        spec: transfers.AnySpec,
        *right: str,
        run_id: str = "run",
        record: Record | None = None,
    ) -> Run:
        """Begin a transfer; its file shall have one of these hashes."""
        run = self.runs[run_id] = Run(run_id, spec, frozenset(right))
        run.record = record or run.record
        self.resume(run)
        return run

    def resume(self, run: Run, **fields: object) -> None:
        """Another attempt, with another record where it says so."""
        run.record = msgspec.structs.replace(run.record, **fields)
        run.begin()
        self.engine.start(run.run_id, run.spec, run.record)

    async def suspend(self, run: Run) -> Outcome:
        self.engine.stop(run.run_id)
        return await run.over()

    def revive(self, make: MakeEngine) -> None:
        """Another engine after the death of one: what was on goes on from what is recorded."""
        self.engine = make(asyncio.get_running_loop(), self)
        for run in self.runs.values():
            run.figure = None
            if run.is_on:
                self.engine.start(run.run_id, run.spec, run.record)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds; it is looked at whenever the engine tells something."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def close(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.engine.close()
        if self.broken:
            raise self.broken[0]

    # What the engine tells

    def moved(self, figures: Mapping[str, Figure]) -> None:
        for run_id, figure in figures.items():
            run = self.runs[run_id]
            self._watch(lambda run=run, figure=figure: run.check(figure))  # type: ignore[misc]
            self._watch(run.check_target)
        self._changed.set()

    def recorded(self, run_id: str, record: Record) -> None:
        run = self.runs[run_id]
        run.record = record
        self._watch(lambda: _check_record(run))
        self._watch(run.check_target)
        self._changed.set()

    def said(self, run_id: str, line: str) -> None:
        run = self.runs[run_id]
        run.lines.append(line)
        if not run.is_on or "\n" in line:
            self.broken.append(Broken(f"said, though it has ended or in two lines: {line!r}"))
        self._changed.set()

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        run = self.runs[run_id]
        if not run.is_on:
            self.broken.append(Broken(f"ended twice: {outcome}"))
            return
        run.is_on, run.record = False, record
        self._watch(lambda: _check_record(run))
        self._watch(run.check_target)
        run.outcomes.append(outcome)
        if self.goes_on and _may_pass(outcome) and record.failures < self._attempts:
            self.resume(run)
        else:
            run.end(outcome)
        self._changed.set()

    def _watch(self, check: Callable[[], None]) -> None:
        try:
            check()
        except Broken as broken:
            self.broken.append(broken)


def _may_pass(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.is_passing


def _check_record(run: Run) -> None:
    """The pieces lie in the file, in order, and do not overlap."""
    behind = 0
    record = run.record
    for piece in record.pieces:
        end = piece.end if piece.end is not None else piece.start + piece.done
        if piece.start < behind or piece.start + piece.done > end:
            raise Broken(f"pieces that cannot be: {record.pieces}")
        behind = end
    if record.length is not None and behind > record.length:
        raise Broken(f"pieces behind the end, {record.length}: {record.pieces}")

"""The seams to transfers: kinds whose runs are such, and the engine that moves their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from bgtasks_gui.core import kind_ports, runs, tasks, transfers


@runtime_checkable
class TransferKind(kind_ports.TaskKind, Protocol):
    """A kind whose runs are transfers."""

    def transfer(self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run) -> transfers.Spec:
        """What to move for this run; a `transfers.AnySpec`."""
        ...

    def address(self, payload: msgspec.Struct) -> str:
        """The address the task names."""
        ...

    def folder(self, payload: msgspec.Struct) -> str:
        """The folder it writes to; "" where it writes nothing."""
        ...

    def attempts(self, payload: msgspec.Struct) -> int:
        """Attempts in a row that may bring no new byte."""
        ...

    def priority(self, payload: msgspec.Struct) -> transfers.Priority:
        """Who goes first where several wait for a place."""
        ...


class TransferListener(Protocol):
    """What a transfer engine tells. Called on the loop of its owner, in order for each run."""

    def moved(self, figures: Mapping[str, transfers.Figure]) -> None:
        """By run: how far those are that moved since the last call, at most four a second."""
        ...

    def recorded(self, run_id: str, record: transfers.Record) -> None:
        """What the record says is safe on the disk: keep it."""
        ...

    def said(self, run_id: str, line: str) -> None:
        """A line for the log of the run, without a line break."""
        ...

    def ended(self, run_id: str, record: transfers.Record, outcome: transfers.Outcome) -> None:
        """The attempt is over, its connections are closed; nothing more is told of it."""
        ...


class TransferEngine(Protocol):
    """Moves files, on a thread of its own. Called on its owner's loop; no call waits."""

    def start(self, run_id: str, spec: transfers.Spec, record: transfers.Record) -> None:
        """Begin an attempt, or go on, from what the record has."""
        ...

    def stop(self, run_id: str) -> None:
        """Close its connections, keep what it has; `ended` tells when that is done."""
        ...

    def limit(self, rate: int | None, run_id: str | None = None) -> None:
        """Bytes a second at most, of one run or of all together; None is no limit."""
        ...

    def refresh(self) -> None:
        """The network changed or the machine woke: every transfer connects anew (wishes W19)."""
        ...

    async def close(self) -> None:
        """Stop all, each as by `stop`, and end the thread."""
        ...

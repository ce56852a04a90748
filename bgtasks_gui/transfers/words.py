"""What downloads and uploads talk to while they move a file."""

from __future__ import annotations

from typing import Protocol

from bgtasks_gui.core import ports, transfers


class Outlet(Protocol):
    """One attempt of a run, as seen by what moves its file.

    Whoever moves it returns an outcome, or lets a `Trouble` out. Interrupted (`CancelledError`) it
    closes its connections first, then makes safe and keeps what it has, and lets that out too.
    """

    @property
    def run_id(self) -> str: ...

    @property
    def clock(self) -> ports.Clock: ...

    @property
    def record(self) -> transfers.Record:
        """As it was kept last; to begin with, what the attempt goes on from."""
        ...

    def keep(self, record: transfers.Record) -> None:
        """This is safe. `failures`, `used_s` and the time in the receipt are set by the outlet."""
        ...

    def moved(self, done: int, total: int | None, message: str | None = None) -> None:
        """Bytes there are now, safe or not; "connecting", "finishing", "checking", "restarted"."""
        ...

    def say(self, line: str) -> None:
        """A line for the log of the run."""
        ...

    async def pay(self, size: int) -> None:
        """So many bytes of a body have moved; returns when more may follow."""
        ...

    @property
    def grain(self) -> int:
        """Bytes that had better move at once, so that a rate is kept smoothly."""
        ...

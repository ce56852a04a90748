"""The engine that moves the files: made when the first transfer starts, not before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bgtasks_gui.core import transfer_ports

MakeEngine = Callable[[transfer_ports.TransferListener], transfer_ports.TransferEngine]


def make_engine(listener: transfer_ports.TransferListener) -> transfer_ports.TransferEngine:
    """The real one, loaded only here."""
    from bgtasks_gui.transfers.engine import Engine

    return Engine(asyncio.get_running_loop(), listener)


class LazyEngine:
    """There is none as long as nothing moves; what all together may is remembered for it."""

    def __init__(self, listener: transfer_ports.TransferListener, make: MakeEngine) -> None:
        self._listener = listener
        self._make = make
        self._made: transfer_ports.TransferEngine | None = None
        self._rate: int | None = None

    def get(self) -> transfer_ports.TransferEngine:
        if self._made is None:
            self._made = self._make(self._listener)
            self._made.limit(self._rate)
        return self._made

    def limit_all(self, rate: int | None) -> None:
        """Bytes a second of all together at most."""
        is_other, self._rate = rate != self._rate, rate
        if self._made is not None and is_other:
            self._made.limit(rate)

    def refresh(self) -> None:
        if self._made is not None:
            self._made.refresh()

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()

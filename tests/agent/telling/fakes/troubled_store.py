"""A store that writes late, or not at all."""

from __future__ import annotations

import asyncio

import msgspec

from bgtasks_gui.core import ports, tasks
from tests.fakes.memory_store import MemoryStore


class TroubledStore(MemoryStore):
    """`ports.Store` as a test wants it: notices are not written, tasks not read."""

    def __init__(self) -> None:
        super().__init__()
        #: How often notices were written, and how many at once.
        self.writes: list[int] = []
        self.refusal: Exception | None = None
        self.unreadable: Exception | None = None
        self._answering = asyncio.Event()
        self._answering.set()

    def hang(self) -> None:
        """Notices are written only after `answer`."""
        self._answering.clear()

    def answer(self) -> None:
        self._answering.set()

    async def write(self, change: ports.Change) -> None:
        if change.notices:
            self.writes.append(len(change.notices))
            await self._answering.wait()
            if self.refusal is not None:
                raise self.refusal
        await super().write(change)

    async def notices(self, query: ports.ToldQuery) -> list[msgspec.Raw]:
        self._require_readable()
        return await super().notices(query)

    async def task(self, task_id: str) -> tasks.Task | None:
        self._require_readable()
        return await super().task(task_id)

    def _require_readable(self) -> None:
        if self.unreadable is not None:
            raise self.unreadable

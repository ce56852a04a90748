"""What a surface remembers, kept by the test."""

from __future__ import annotations

import asyncio


class KeptMemory:
    """`surface.Memory`; it keeps slowly where a test wants that."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        #: All that was to be kept.
        self.kept: list[str] = []
        self._answering = asyncio.Event()
        self._answering.set()

    async def recall(self) -> str | None:
        return self.text

    async def keep(self, text: str) -> None:
        self.kept.append(text)
        await self._answering.wait()
        self.text = text

    def hang(self) -> None:
        self._answering.clear()

    def answer(self) -> None:
        self._answering.set()

"""A computer that says what a test has it say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from bgtasks_gui.core import machine


class ScriptedMachine:
    """`ports.Machine`; whoever follows its changes hears of everything it is made to say."""

    def __init__(self, **facts: object) -> None:
        self._state = machine.MachineState(**facts)
        #: The folders whose free space was asked for.
        self.asked: list[str] = []
        self._changed = asyncio.Event()

    def say(self, **facts: object) -> None:
        """From now on these facts hold, beside those that held."""
        self._state = msgspec.structs.replace(self._state, **facts)
        self._changed.set()

    def read(self, folders: Sequence[str] = ()) -> machine.MachineState:
        self.asked += folders
        return self._state

    async def changes(self) -> AsyncIterator[None]:
        while True:
            await self._changed.wait()
            self._changed.clear()
            yield

"""What a service goes on to show of an agent that died: noted while it is shown, for the next one.

A number says something only together with the service that gave it, and the bus that service is on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import msgspec

from bgtasks_gui.core.notices import surface

_log = logging.getLogger(__name__)


class _Note(msgspec.Struct, frozen=True):
    """Numbers that a service gave."""

    service: str
    numbers: tuple[int, ...]


class Leftovers:
    """The numbers of what goes with its agent, and those that an earlier one left."""

    def __init__(self) -> None:
        #: Where they are kept; nowhere as long as nobody says so.
        self.memory: surface.Memory | None = None
        self._wanted = self._kept = _Note("", ())
        self._writing: asyncio.Task[None] | None = None

    async def find(self, service: str) -> tuple[int, ...]:
        """What is noted of this service; of another nothing is up any more."""
        said = None if self.memory is None else await self.memory.recall()
        if said is None:
            return ()
        try:
            note = msgspec.json.decode(said, type=_Note)
        except msgspec.DecodeError as error:
            _log.warning("%s", error, extra={"action": "recall"})
            return ()
        return note.numbers if note.service == service else ()

    def note(self, service: str, numbers: Iterable[int]) -> None:
        """These are up now. Nobody waits until that is written."""
        self._wanted = _Note(service, tuple(sorted(numbers)))
        if self.memory is not None and self._writing is None and self._wanted != self._kept:
            self._writing = asyncio.ensure_future(self._write(self.memory))

    async def close(self) -> None:
        """Done when everything is written."""
        if self._writing is not None:
            await asyncio.wait((self._writing,))

    async def _write(self, memory: surface.Memory) -> None:
        while self._wanted != self._kept:
            # Only the newest: notices come and go faster than anything is written.
            self._kept = self._wanted
            await memory.keep(msgspec.json.encode(self._kept).decode())
        self._writing = None

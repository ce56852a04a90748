"""What a surface has the agent keep for it."""

from __future__ import annotations

import logging

from bgtasks_gui.core import errors, ports

_log = logging.getLogger(__name__)


class Memory:
    """`surface.Memory` of one surface, in the store; where that fails, it goes on without."""

    def __init__(self, store: ports.Store, name: str) -> None:
        self._store = store
        self._fact = f"surface:{name}"

    async def recall(self) -> str | None:
        try:
            return await self._store.fact(self._fact)
        except errors.StorageUnavailable as error:
            _log.warning("%s: %s", self._fact, error, extra={"action": "recall"})
            return None

    async def keep(self, text: str) -> None:
        try:
            await self._store.write(ports.Change(facts={self._fact: text}))
        except errors.StorageUnavailable as error:
            _log.warning("%s: %s", self._fact, error, extra={"action": "keep"})

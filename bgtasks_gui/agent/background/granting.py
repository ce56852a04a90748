"""What each owner may do in the background, kept over restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.core import errors, ports
from bgtasks_gui.core.background import access, names

_log = logging.getLogger(__name__)

FACT: Final = "access"

Listener = Callable[[str], Awaitable[None]]


class Granting:
    """Access by owner. An owner that is not listed may nothing.

    Each of `on_changed` is called with an owner that may something else than before, and each of
    `on_removed` with one that is gone; both once that is stored.
    """

    def __init__(self, book: ledger.Ledger) -> None:
        self._ledger = book
        self._by_owner: dict[str, access.Access] = {}
        #: One change at a time: each stores everything there is.
        self._turn = asyncio.Lock()
        self.on_changed: list[Listener] = []
        self.on_removed: list[Listener] = []

    async def restore(self, store: ports.Store) -> None:
        """Take up what the last agent had granted."""
        text = await store.fact(FACT)
        if text is None:
            return
        try:
            known = msgspec.json.decode(text, type=list[access.Access])
        except msgspec.DecodeError:
            # Nobody may anything, which a person sees and can mend.
            _log.exception("what was granted cannot be read", extra={"action": "restore"})
            return
        self._by_owner = {one.owner: one for one in known}

    def find(self, owner: str) -> access.Access | None:
        return self._by_owner.get(owner)

    def all(self) -> tuple[access.Access, ...]:
        """By the names of their owners."""
        return tuple(found for _, found in sorted(self._by_owner.items()))

    async def grant(self, wanted: access.Access) -> None:
        """Put this in place of what its owner might until now.

        Raises `codes.BadParameter` and `errors.StorageUnavailable`.
        """
        names.check(wanted.owner, "owner", "Name the program.")
        async with self._turn:
            await self._keep({**self._by_owner, wanted.owner: wanted})
        for listener in self.on_changed:
            await listener(wanted.owner)

    async def remove(self, owner: str) -> access.Access:
        """Forget an owner. Raises `errors.NotFound` and `errors.StorageUnavailable`."""
        async with self._turn:
            found = self._by_owner.get(owner)
            if found is None:
                raise errors.NotFound(f"No access is kept for {owner!r}.", field="owner")
            await self._keep({name: one for name, one in self._by_owner.items() if name != owner})
        for listener in self.on_removed:
            await listener(owner)
        return found

    async def _keep(self, wanted: dict[str, access.Access]) -> None:
        text = msgspec.json.encode(list(wanted.values())).decode()
        await self._ledger.keep_fact(FACT, text)
        self._by_owner = wanted

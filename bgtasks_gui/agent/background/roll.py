"""The continuous tasks that go on: in memory, in step with the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.core import errors, ports
from bgtasks_gui.core.background import codes, continuous

_log = logging.getLogger(__name__)

FACT: Final = "continuous"
_replace = msgspec.structs.replace


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What goes on, as it is stored."""

    next_id: int = 1
    going: tuple[continuous.ContinuousTask, ...] = ()


class Roll:
    """By their numbers. Only one change at a time may be under way: each stores everything.

    What cannot be stored is refused with `codes.ContinuousNotStored`, unless it is to be so
    `anyway`.
    """

    def __init__(self, book: ledger.Ledger) -> None:
        self._ledger = book
        self._going: dict[int, continuous.ContinuousTask] = {}
        self.next_id = 1

    async def restore(
        self, store: ports.Store, now: datetime, goes_on: Callable[[str | None], bool]
    ) -> None:
        """Take up what went on under the last agent, but for what belongs to runs that are over."""
        text = await store.fact(FACT)
        try:
            known = Kept() if text is None else msgspec.json.decode(text, type=Kept)
        except msgspec.DecodeError:
            _log.exception("what went on cannot be read", extra={"action": "restore"})
            return
        # Nothing could be said of progress while no agent lived.
        still = [_replace(one, progressed_at=now) for one in known.going if goes_on(one.run_id)]
        self._going = {one.id: one for one in still}
        self.next_id = known.next_id

    def all(self) -> tuple[continuous.ContinuousTask, ...]:
        """The oldest first."""
        return tuple(self._going.values())

    def find(self, id: int) -> continuous.ContinuousTask | None:
        return self._going.get(id)

    def of_run(self, run_id: str) -> tuple[continuous.ContinuousTask, ...]:
        return tuple(one for one in self._going.values() if one.run_id == run_id)

    async def put(
        self, task: continuous.ContinuousTask, *, anyway: bool = False
    ) -> continuous.ContinuousTask:
        """Add it, or put it in place of the one of its number; as it is then."""
        next_id = max(self.next_id, task.id + 1)
        await self._store({**self._going, task.id: task}.values(), next_id, anyway=anyway)
        self.next_id = next_id
        before = self._going.get(task.id)
        if before is not None:
            # It may have come further while this was stored.
            said, at = before.transferred, before.progressed_at
            task = _replace(task, transferred=said, progressed_at=at)
        self.advance(task)
        return task

    def advance(self, task: continuous.ContinuousTask) -> None:
        """Take in its progress, which is not stored."""
        self._going[task.id] = task

    async def drop(
        self, ended: Iterable[continuous.ContinuousTask], *, anyway: bool = False
    ) -> None:
        """Take these off."""
        numbers = {one.id for one in ended}
        if not numbers:
            return
        left = [one for one in self._going.values() if one.id not in numbers]
        await self._store(left, self.next_id, anyway=anyway)
        for number in numbers:
            del self._going[number]

    async def _store(
        self, going: Iterable[continuous.ContinuousTask], next_id: int, *, anyway: bool
    ) -> None:
        bare = tuple(_replace(one, transferred=None, progressed_at=None) for one in going)
        text = msgspec.json.encode(Kept(next_id=next_id, going=bare)).decode()
        try:
            await self._ledger.keep_fact(FACT, text)
        except errors.StorageUnavailable as error:
            if not anyway:
                raise codes.ContinuousNotStored from error
            _log.warning("continuous tasks are not stored", extra={"action": "store"})

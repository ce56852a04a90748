"""Efficiency resources as they are held: kept over restarts, and the computer awake meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from bgtasks_gui.agent import ledger
from bgtasks_gui.agent.background import granting, holds
from bgtasks_gui.agent.running import work
from bgtasks_gui.core import errors, ports
from bgtasks_gui.core.background import access, codes, resources
from bgtasks_gui.machine import inhibitor

FACT: Final = "resources"
#: The longest wait for what is due, since the time may be set, or pass while the machine sleeps.
LONGEST_WAIT_S: Final = 30.0

_AWAKE: Final[inhibitor.What] = "sleep:shutdown"
_WHAT: Final = {
    resources.Resource.CPU: "the processor at work",
    resources.Resource.RUNNING_LOCK: "the computer awake",
}

_log = logging.getLogger(__name__)


class Resourcing:
    """What programs of the system hold.

    A resource is held once that is stored. What time, a release or the person ends is over also
    where that cannot be stored; then the next agent may hold it again, until its time.
    """

    def __init__(
        self,
        book: ledger.Ledger,
        clock: ports.Clock,
        grants: granting.Granting,
        holding: holds.Holds,
        boot_id: str,
    ) -> None:
        self._ledger = book
        self._clock = clock
        self._grants = grants
        self._holds = holding
        self._boot_id = boot_id
        self._book = resources.Book(boot_id=boot_id, as_of=clock.now())
        #: One change at a time: each stores everything there is.
        self._turn = asyncio.Lock()
        self._timer: ports.Timer | None = None
        self._work = work.Work()
        self._has_started = False
        #: Names of the wishes to stay awake.
        self._kept: frozenset[str] = frozenset()
        #: Something is held, or its end is another one.
        self.on_changed: Callable[[], object] = _nothing

    async def restore(self, store: ports.Store) -> None:
        """Take up what was held under the last agent by owners who still may."""
        text = await store.fact(FACT)
        if text is None:
            return
        try:
            found = resources.Book.decode(text, self._boot_id, self._clock.now())
        except msgspec.DecodeError:
            _log.exception("the efficiency resources cannot be read", extra={"action": "restore"})
            return
        for owner in {one.owner for one in found.held}:
            if not self._may(owner):
                found = found.reset_all(owner)
        self._put(found)

    def start(self) -> None:
        """Let time go on."""
        self._has_started = True
        self._look()

    async def close(self) -> None:
        """Hear of time no more; what is held is taken up by the next agent."""
        self._has_started = False
        self._disarm()
        await self._work.settle()

    # What programs ask for

    async def act(self, request: resources.Request) -> tuple[resources.Held, ...]:
        """Apply for resources or release them; what the owner holds then.

        Raises as `resources.Book.act`, and `codes.ResourceServiceFailed` where what was applied
        for cannot be stored.
        """
        async with self._turn:
            allowed, now = self._grants.find(request.owner), self._clock.now()
            wanted = self._book.act(request, allowed, now)
            if request.is_apply:
                await self._store_granted(wanted)
                self._change_to(wanted)
            else:
                self._change_to(wanted)
                await self._keep()
        return wanted.of(request.owner)

    async def reset_all(self, owner: str) -> tuple[resources.Held, ...]:
        """Release everything of this owner; what that was.

        Raises `codes.NotSystemProgram` and `codes.PermissionDenied`.
        """
        access.require_system(self._grants.find(owner))
        return await self._reset(owner)

    def held(self) -> tuple[resources.Held, ...]:
        """What is held now, by owner and bit."""
        return self._book.at(self._clock.now()).held

    # What others end

    async def access_changed(self, owner: str) -> None:
        """An owner that may not any more, or is gone, holds nothing."""
        if not self._may(owner):
            await self._reset(owner)

    def _may(self, owner: str) -> bool:
        allowed = self._grants.find(owner)
        return allowed is not None and allowed.is_system and allowed.keep_running

    async def _reset(self, owner: str) -> tuple[resources.Held, ...]:
        async with self._turn:
            now = self._book.at(self._clock.now())
            wanted = now.reset_all(owner)
            if wanted != now:
                self._change_to(wanted)
                await self._keep()
        return now.of(owner)

    # What time does

    def _look(self) -> None:
        self._timer = None
        now = self._clock.now()
        over = self._book.due(now)
        self._put(self._book.at(now))
        if over:
            self._work.spawn(self._keep_in_turn())
            self.on_changed()

    def _arm(self) -> None:
        self._disarm()
        at = self._book.next_at
        if self._has_started and at is not None:
            wait_s = max((at - self._clock.now()).total_seconds(), 0.0)
            self._timer = self._clock.call_later(min(wait_s, LONGEST_WAIT_S), self._look)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Inside

    def _change_to(self, book: resources.Book) -> None:
        self._put(book)
        self.on_changed()

    def _put(self, book: resources.Book) -> None:
        """From now on this is held: the computer stays awake for each of it, and no longer."""
        self._book = book
        wanted = {_name(one): _why(one) for one in book.held}
        for name in self._kept - wanted.keys():
            self._holds.release(name)
        for name, why in wanted.items():
            self._holds.take(name, _AWAKE, why)
        self._kept = frozenset(wanted)
        self._arm()

    async def _store_granted(self, wanted: resources.Book) -> None:
        try:
            await self._ledger.keep_fact(FACT, wanted.encode())
        except errors.StorageUnavailable as error:
            why = f"The resources were not granted: {error.message}"
            raise codes.ResourceServiceFailed(why) from error
        except asyncio.CancelledError:
            # Whoever asked is gone, and takes it for not granted.
            self._work.spawn(self._keep_in_turn())
            raise

    async def _keep_in_turn(self) -> None:
        async with self._turn:
            await self._keep()

    async def _keep(self) -> None:
        """Store how things stand, if that can be."""
        try:
            await self._ledger.keep_fact(FACT, self._book.encode())
        except errors.StorageUnavailable as error:
            _log.warning("%s", error.message, extra={"action": "keep_resources"})


def _name(one: resources.Held) -> str:
    whose = "process" if one.is_process else "program"
    return f"resource {one.resource.value} of the {whose} {one.owner}"


def _why(one: resources.Held) -> str:
    return f"{one.owner} keeps {_WHAT[one.resource]}: {one.reason}"


def _nothing() -> None:
    """Stands for a listener where there is none."""

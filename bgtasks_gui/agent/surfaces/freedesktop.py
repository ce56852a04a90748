"""Notices by the desktop's own notification service, `org.freedesktop.Notifications`.

It knows notices by numbers, which are void as soon as it ends: who showed them is told `LOST`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final
from weakref import WeakValueDictionary

from bgtasks_gui.agent.surfaces import buses, leftovers
from bgtasks_gui.agent.surfaces.servers import DEFAULT, SIGNATURE, Server
from bgtasks_gui.core.notices import notice, surface

SERVICE: Final = buses.Service(
    "org.freedesktop.Notifications",
    "/org/freedesktop/Notifications",
    "org.freedesktop.Notifications",
)
_NOBODY: Final = "no notification service on the session bus"
_ABSENT: Final = tuple(
    f"org.freedesktop.DBus.Error.{name}" for name in ("ServiceUnknown", "NameHasNoOwner")
)
_REASONS: Final = {
    1: surface.Closed.EXPIRED,
    2: surface.Closed.DISMISSED,
    3: surface.Closed.WITHDRAWN,
}
#: A dismissal so soon after an action is how a service ends a notice that has been acted on.
_FOLLOWS_S: Final = 1.0


@dataclass
class _Shown:
    """A notice that the service shows, by its number there."""

    key: str
    is_live: bool
    #: 0 as long as there is none.
    number: int = 0
    #: When an action was taken from it.
    acted_at: float | None = None
    #: What lets a window come to the front for the action that follows.
    token: str | None = None


class FreedesktopSurface:
    """Tells by the notification service of the session."""

    name: ClassVar[str] = "freedesktop"
    title: ClassVar[str] = "Desktop notifications"
    role: ClassVar[surface.Role] = surface.Role.MESSAGES

    def __init__(
        self,
        address: str | None = None,
        *,
        timeout_s: float = buses.TIMEOUT_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.on_heard: Callable[[surface.Heard], None] = lambda heard: None
        self.on_changed: Callable[[], None] = lambda: None
        self.shows_progress = False
        self._timeout_s = timeout_s
        self._now = now
        self._bus = buses.SessionBus(address, timeout_s=timeout_s)
        self._bus.on_lost = self._on_gone
        self._server: Server | None = None
        #: Counts the services there were; a number is good for one of them.
        self._epoch = 0
        self._shown: dict[str, _Shown] = {}
        #: What was not answered in time, and is wanted still.
        self._late: dict[str, _Shown] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        #: How many numbers are waited for, and what was heard meanwhile of unknown ones.
        self._awaited = 0
        self._early: dict[int, list[tuple[str, list[object]]]] = {}
        self._tidying: set[asyncio.Task[None]] = set()
        self._leftovers = leftovers.Leftovers()
        #: Who the service is, and which one (of `_epoch`) was asked to take down what was left.
        self._origin, self._tidied = "", -1

    def remember(self, memory: surface.Memory) -> None:
        self._leftovers.memory = memory

    async def probe(self) -> surface.Probe:
        try:
            server = await self._meet()
        except surface.Unavailable as error:
            return surface.Probe(is_available=False, sentence=str(error))
        return surface.Probe(is_available=True, sentence=server.sentence)

    async def show(self, told: notice.Notice) -> None:
        async with self._turn(told.key):
            server = self._server or await self._meet()
            before = self._shown.get(told.key)
            shown = _Shown(told.key, told.kind is notice.Kind.LIVE)
            arguments = server.arguments(told, before.number if before else 0)
            self._late[told.key] = shown
            epoch = self._epoch
            late = partial(self._on_late, shown, epoch)
            with self._hearing_early():
                answer = await self._call("Notify", SIGNATURE, *arguments, on_late=late)
                self._learn(shown, epoch, answer)
            self._note()

    async def withdraw(self, key: str) -> None:
        async with self._turn(key):
            self._late.pop(key, None)
            # What is told of it from here on is no news.
            shown, epoch = self._shown.pop(key, None), self._epoch
            if shown is None:
                return
            try:
                await self._take_down(shown.number)
            except surface.Unavailable:
                if epoch == self._epoch:
                    self._shown.setdefault(key, shown)
                raise
            self._note()

    async def close(self) -> None:
        live = [self.withdraw(each.key) for each in self._shown.values() if each.is_live]
        # One that hangs is not waited for twice.
        await asyncio.gather(*live, *self._tidying, return_exceptions=True)
        await self._leftovers.close()
        await self._bus.close()
        self._forget()

    async def _meet(self) -> Server:
        await self._bus.open()
        await self._bus.follow(SERVICE.name, lambda owner: self._on_gone())
        await self._bus.listen(SERVICE, self._on_signal)
        # An answer that nobody waits for any more says that it is back.
        match await self._call("GetServerInformation", on_late=lambda answer: self.on_changed()):
            case [str() as name, _, str() as version, *_]:
                pass
            case other:
                raise surface.Unavailable(f"{SERVICE.name} says of itself {other}")
        match await self._call("GetCapabilities"):
            case [list() as capabilities]:
                can = frozenset(map(str, capabilities))
            case _:
                can = frozenset()
        self._server = Server(name=name, version=version, capabilities=can)
        self.shows_progress = self._server.shows_progress
        if self._tidied != self._epoch:
            await self._tidy_up()
        return self._server

    async def _tidy_up(self) -> None:
        """Take down what an agent that died has left: its buttons do nothing any more."""
        epoch, self._origin = self._epoch, await self._bus.origin(SERVICE.name)
        left = await self._leftovers.find(self._origin)
        if epoch == self._epoch != self._tidied:
            self._tidied = epoch
            for number in left:
                if self._find(number) is None:
                    self._tidy(number)

    def _note(self) -> None:
        live = (each.number for each in self._shown.values() if each.is_live)
        self._leftovers.note(self._origin, live)

    async def _call(
        self, member: str, signature: str = "", *body: object, on_late: buses.OnAnswer | None = None
    ) -> list[object]:
        try:
            return await self._bus.call(SERVICE, member, signature, *body, on_late=on_late)
        except buses.Refused as error:
            raise surface.Unavailable(_NOBODY) if error.code in _ABSENT else error from error

    async def _take_down(self, number: int) -> None:
        # It refuses where nothing of this number is shown any more.
        with contextlib.suppress(buses.Refused):
            await self._bus.call(SERVICE, "CloseNotification", "u", number)

    @contextlib.asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        """One call after the other about a notice, as the second needs what the first is told."""
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(self._timeout_s):
                await turn.acquire()
        except TimeoutError:
            raise surface.Unavailable(f"{SERVICE.name} does not answer") from None
        try:
            yield
        finally:
            turn.release()

    @contextlib.contextmanager
    def _hearing_early(self) -> Iterator[None]:
        """Keep what is heard of a notice before its number is known here."""
        self._awaited += 1
        try:
            yield
        finally:
            self._awaited -= 1
            if not self._awaited:
                self._early.clear()

    def _learn(self, shown: _Shown, epoch: int, answer: list[object]) -> None:
        """Take the number of a notice."""
        if epoch != self._epoch:
            raise surface.Unavailable(f"{SERVICE.name} went away")
        match answer:
            case [int() as number]:
                shown.number = number
            case other:
                raise surface.Unavailable(f"{SERVICE.name} gives {other} for a number")
        before = self._shown.get(shown.key)
        if before is not None and before.number == shown.number:
            shown.acted_at, shown.token = before.acted_at, before.token
        self._late.pop(shown.key, None)
        self._shown[shown.key] = shown
        for member, body in self._early.pop(shown.number, []):
            self._on_signal(member, body)

    def _on_late(self, shown: _Shown, epoch: int, answer: list[object]) -> None:
        """Nobody waits for the number any more, but the notice is on the screen."""
        if self._late.get(shown.key) is shown:
            with contextlib.suppress(surface.Unavailable):
                self._learn(shown, epoch, answer)
            return
        match answer:
            # It was withdrawn meanwhile, or shown again.
            case [int() as number] if epoch == self._epoch and self._find(number) is None:
                self._tidy(number)

    def _tidy(self, number: int) -> None:
        tidying = asyncio.ensure_future(self._take_down(number))
        self._tidying.add(tidying)
        tidying.add_done_callback(self._on_tidied)

    def _on_tidied(self, tidying: asyncio.Task[None]) -> None:
        self._tidying.discard(tidying)
        if not tidying.cancelled():
            # A service that went away has taken it with it.
            tidying.exception()

    def _forget(self) -> None:
        self._epoch += 1
        self._server = None
        self.shows_progress = False
        self._shown.clear()
        self._late.clear()
        self._early.clear()

    def _on_gone(self) -> None:
        """Another service is there, or none."""
        lost = list(self._shown)
        self._forget()
        for key in lost:
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.LOST))
        self.on_changed()

    def _find(self, number: object) -> _Shown | None:
        return next((each for each in self._shown.values() if each.number == number), None)

    def _on_signal(self, member: str, body: list[object]) -> None:
        match member, body:
            case "ActivationToken", [int() as number, str() as token]:
                if shown := self._find(number):
                    shown.token = token or None
                    return
            case "ActionInvoked", [int() as number, str() as action]:
                if shown := self._find(number):
                    self._on_action(shown, action)
                    return
            case "NotificationClosed", [int() as number, int() as reason]:
                if shown := self._find(number):
                    self._on_closed(shown, _REASONS.get(reason, surface.Closed.EXPIRED))
                    return
            case _:
                return
        if self._awaited:
            self._early.setdefault(number, []).append((member, body))

    def _on_action(self, shown: _Shown, named: str) -> None:
        named = notice.Action.SHOW if named == DEFAULT else named
        # It is good for this one action.
        token, shown.token = shown.token, None
        if named in list(notice.Action):
            shown.acted_at = self._now()
            self.on_heard(surface.Heard(key=shown.key, action=notice.Action(named), token=token))

    def _on_closed(self, shown: _Shown, closed: surface.Closed) -> None:
        has_acted = shown.acted_at is not None and self._now() - shown.acted_at <= _FOLLOWS_S
        if closed is surface.Closed.DISMISSED and has_acted:
            closed = surface.Closed.WITHDRAWN
        del self._shown[shown.key]
        self.on_heard(surface.Heard(key=shown.key, closed=closed))

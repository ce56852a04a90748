"""Surfaces that show nothing but remember all, and are away, slow or broken as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from bgtasks_gui.core.notices import notice, surface


class Messages:
    """`surface.Surface`: what the first desktop service shows."""

    name: ClassVar[str] = "messages"
    title: ClassVar[str] = "Messages"
    role: ClassVar[surface.Role] = surface.Role.MESSAGES

    def __init__(self, *, is_away: bool = False, shows_progress: bool = False) -> None:
        self.on_heard: Callable[[surface.Heard], None] = lambda heard: None
        self.on_changed: Callable[[], None] = lambda: None
        self.shows_progress = shows_progress
        self.is_away = is_away
        self.is_closed = False
        #: What is on the screen, by key.
        self.up: dict[str, notice.Notice] = {}
        #: Every call, in order: "show failed:1".
        self.calls: list[str] = []
        #: Calls that hang.
        self._slow: set[str] = set()
        #: Set whenever these are others.
        self._are_others = asyncio.Event()
        self._faults: dict[str, BaseException] = {}

    # What Surface asks for

    async def probe(self) -> surface.Probe:
        await self._take("probe")
        sentence = "nobody is there" if self.is_away else "it is there"
        return surface.Probe(is_available=not self.is_away, sentence=sentence)

    async def show(self, told: notice.Notice) -> None:
        await self._take("show", told.key)
        self._require()
        self.up[told.key] = told

    async def withdraw(self, key: str) -> None:
        await self._take("withdraw", key)
        self._require()
        self.up.pop(key, None)

    async def close(self) -> None:
        await self._take("close")
        self.is_closed = True
        self.up = {key: one for key, one in self.up.items() if one.kind is not notice.Kind.LIVE}

    # What a test has it do

    def hang(self, *names: str) -> None:
        """These calls, or all, and only they, answer after `answer`."""
        self._set_slow(set(names or ("probe", "show", "withdraw", "close")))

    def answer(self) -> None:
        self._set_slow(set())

    def _set_slow(self, names: set[str]) -> None:
        self._slow = names
        self._are_others.set()
        self._are_others = asyncio.Event()

    def fail(self, call: str, error: BaseException | None) -> None:
        """This call ("show", "show failed:1") fails; None: it does not any more."""
        if error is None:
            self._faults.pop(call, None)
        else:
            self._faults[call] = error

    def go_away(self) -> None:
        """The service ends, and what it showed goes with it."""
        self.is_away = True
        self.restart()

    def come_back(self) -> None:
        """The service is there again, and knows nothing."""
        self.is_away = False
        self.on_changed()

    def restart(self) -> None:
        """Another service takes its place, and knows nothing."""
        lost, self.up = list(self.up), {}
        for key in lost:
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.LOST))
        self.on_changed()

    def press(self, key: str, action: notice.Action) -> None:
        self.on_heard(surface.Heard(key=key, action=action))

    def take_down(self, key: str, closed: surface.Closed) -> None:
        """The person, or the desktop, closes a notice."""
        self.up.pop(key, None)
        self.on_heard(surface.Heard(key=key, closed=closed))

    def count(self, call: str) -> int:
        return self.calls.count(call)

    async def _take(self, name: str, key: str = "") -> None:
        call = f"{name} {key}".strip()
        self.calls.append(call)
        while name in self._slow:
            await self._are_others.wait()
        fault = self._faults.get(call) or self._faults.get(name)
        if fault is not None:
            raise fault

    def _require(self) -> None:
        if self.is_away:
            raise surface.Unavailable("nobody is there")


class OtherMessages(Messages):
    """What speaks where the first does not."""

    name: ClassVar[str] = "others"


class JobView(Messages):
    """Shows what goes on better than a message."""

    name: ClassVar[str] = "jobs"
    role: ClassVar[surface.Role] = surface.Role.JOBS


class Icon(Messages):
    """Counts beside all others."""

    name: ClassVar[str] = "icon"
    role: ClassVar[surface.Role] = surface.Role.BESIDE

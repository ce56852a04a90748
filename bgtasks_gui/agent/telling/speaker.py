"""One surface, spoken to in its own time: whatever it does, nobody else waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bgtasks_gui.core.notices import notice, surface

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
#: What a surface gets for one call; those that limit their own calls take less.
CALL_S: Final = 5.0
_SLOW: Final = "it does not answer"


class Speaker:
    """Says the newest of each notice, one after the other.

    `on_changed` is called when it became available, or is no more.
    """

    def __init__(self, way: surface.Surface, *, call_s: float = CALL_S) -> None:
        self.way = way
        self.is_available = False
        #: How it stands with it, for a person.
        self.sentence = "not looked for yet"
        self.on_changed: Callable[[], None] = lambda: None
        self._call_s = call_s
        #: What is to be said of each key; None: take it down.
        self._wanted: dict[str, notice.Notice | None] = {}
        self._is_told = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        way.on_changed = self._look_again
        self._looks: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        return self.way.name

    def start(self) -> None:
        self._work = asyncio.get_running_loop().create_task(self._speak())

    async def close(self) -> None:
        """Stop, and let the surface take down what does not go on without us."""
        found = [one for one in (self._work, *self._looks) if one is not None]
        for one in found:
            one.cancel()
        await asyncio.gather(*found, return_exceptions=True)
        try:
            await self._limited(self.way.close())
        except surface.Unavailable as error:
            _log.info("%s: %s", self.name, error, extra={"action": "close"})

    async def look(self) -> None:
        """Find out whether it is there."""
        try:
            found = await self._limited(self.way.probe())
        except surface.Unavailable as error:
            found = surface.Probe(is_available=False, sentence=str(error))
        self._settle(found.is_available, found.sentence)

    def say(self, told: notice.Notice) -> None:
        """Show a notice, or put it in place of the one of its key."""
        self._want(told.key, told)

    def unsay(self, key: str) -> None:
        """Take a notice down."""
        self._want(key, None)

    def forget(self) -> None:
        """Nothing is to be said any more: somebody else does."""
        self._wanted.clear()

    # Inside

    def _want(self, key: str, told: notice.Notice | None) -> None:
        self._wanted[key] = told
        self._is_told.set()

    async def _speak(self) -> None:
        while True:
            await self._is_told.wait()
            self._is_told.clear()
            while self._wanted:
                key = next(iter(self._wanted))
                told = self._wanted.pop(key)
                await self._do(key, told)

    async def _do(self, key: str, told: notice.Notice | None) -> None:
        call = self.way.withdraw(key) if told is None else self.way.show(told)
        try:
            await self._limited(call)
        except surface.Unavailable as error:
            _log.info("%s: %s", self.name, error, extra={"action": "show"})
            self._settle(False, str(error))

    async def _limited(self, call: Awaitable[Answer]) -> Answer:
        try:
            return await asyncio.wait_for(call, self._call_s)
        except TimeoutError:
            raise surface.Unavailable(_SLOW) from None
        except surface.Unavailable:
            raise
        except Exception as error:
            # A fault of a surface must not keep the others from telling.
            _log.exception("a surface failed", extra={"action": "show", "surface": self.name})
            raise surface.Unavailable("it failed here; the log says how") from error

    def _look_again(self) -> None:
        task = asyncio.get_running_loop().create_task(self.look())
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)

    def _settle(self, is_available: bool, sentence: str) -> None:
        has_changed = (is_available, sentence) != (self.is_available, self.sentence)
        self.is_available, self.sentence = is_available, sentence
        if has_changed:
            self.on_changed()

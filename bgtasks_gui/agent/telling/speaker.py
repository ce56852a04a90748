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
    """Says the newest of each notice, one after the other, while the surface is there.

    Whether it is there only a look says. A call that failed is followed by one, and by one more
    try where it is there; a notice that fails again is `refused`, and for another surface to show.

    `on_changed` is called when it became available or is no more, says something else of itself,
    may have lost what it showed, or refused a notice.
    """

    def __init__(self, way: surface.Surface, *, call_s: float = CALL_S) -> None:
        self.way = way
        self.is_available = False
        #: How it stands with it, for a person.
        self.sentence = "not looked for yet"
        #: Keys of notices that it cannot show, though it is there.
        self.refused: set[str] = set()
        self.on_changed: Callable[[], None] = lambda: None
        self._call_s = call_s
        #: What is to be said of each key; None: take it down. That waits for a surface that is
        #: away, which may come back with what it showed.
        self._wanted: dict[str, notice.Notice | None] = {}
        #: Keys whose call failed once.
        self._tried: set[str] = set()
        self._is_told = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_look_wanted = False
        #: It is another one, or has lost something: whoever asked it for anything asks again.
        self._is_new = False
        self._is_closed = False
        way.on_changed = self.look_anew

    @property
    def name(self) -> str:
        return self.way.name

    def start(self) -> None:
        self._work = asyncio.get_running_loop().create_task(self._speak())

    async def close(self) -> None:
        """Stop, and let the surface take down what does not go on without us."""
        self._is_closed = True
        found = [one for one in (self._work, self._looking) if one is not None]
        for one in found:
            one.cancel()
        await asyncio.gather(*found, return_exceptions=True)
        try:
            await self._limited(self.way.close())
        except surface.Unavailable as error:
            _log.info("%s: %s", self.name, error, extra={"action": "close"})

    async def look(self) -> None:
        """Find out whether it is there."""
        self._look_soon()
        if self._looking is not None:
            # Not cancelled with whoever waits: others may wait for it too.
            await asyncio.wait((self._looking,))

    def look_anew(self) -> None:
        """What is known of it, and what it showed, may be gone. `on_changed` follows."""
        self._is_new = True
        self.refused.clear()
        self._look_soon()

    def say(self, told: notice.Notice) -> None:
        """Show a notice, or put it in place of the one of its key."""
        self._want(told.key, told)

    def unsay(self, key: str) -> None:
        """Take a notice down."""
        self._want(key, None)

    def forget(self) -> None:
        """Nothing is to be shown any more: somebody else does."""
        self._wanted = {key: told for key, told in self._wanted.items() if told is None}

    # Speaking

    def _want(self, key: str, told: notice.Notice | None) -> None:
        self._wanted[key] = told
        self._is_told.set()

    async def _speak(self) -> None:
        while True:
            await self._is_told.wait()
            self._is_told.clear()
            while self.is_available and self._wanted:
                key = next(iter(self._wanted))
                await self._do(key, self._wanted.pop(key))

    async def _do(self, key: str, told: notice.Notice | None) -> None:
        if told is not None and not self.way.shows_progress:
            told = notice.at_rest(told)
        call = self.way.withdraw(key) if told is None else self.way.show(told)
        try:
            await self._limited(call)
        except surface.Unavailable as error:
            _log.info("%s: %s", self.name, error, extra={"action": "show"})
            await self.look()
            self._retry(key, told)
        else:
            self._tried.discard(key)

    def _retry(self, key: str, told: notice.Notice | None) -> None:
        """A call failed. What came meanwhile of its key is newer."""
        if not self.is_available:
            if told is None:
                self._wanted.setdefault(key, None)
        elif key not in self._tried:
            self._tried.add(key)
            self._wanted.setdefault(key, told)
        else:
            self._tried.discard(key)
            if told is not None:
                _log.warning("%s cannot show %s", self.name, key, extra={"action": "show"})
                self.refused.add(key)
                self.on_changed()

    async def _limited(self, call: Awaitable[Answer]) -> Answer:
        try:
            # Unlike `wait_for`, which misses to be cancelled just when the call is done.
            async with asyncio.timeout(self._call_s):
                return await call
        except TimeoutError:
            raise surface.Unavailable(_SLOW) from None
        except surface.Unavailable:
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Something inside of it was cancelled, not we.
            raise surface.Unavailable("it broke off") from None
        except Exception as error:
            # A fault of a surface must not keep the others from telling.
            _log.exception("a surface failed", extra={"action": "show", "surface": self.name})
            raise surface.Unavailable("it failed here; the log says how") from error

    # Looking

    def _look_soon(self) -> None:
        """One look at a time, and one more where it was asked for meanwhile."""
        if self._is_closed:
            return
        self._is_look_wanted = True
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        found = surface.Probe(is_available=False, sentence=_SLOW)
        while self._is_look_wanted:
            self._is_look_wanted = False
            try:
                found = await self._limited(self.way.probe())
            except surface.Unavailable as error:
                found = surface.Probe(is_available=False, sentence=str(error))
        self._looking = None
        self._settle(found)

    def _settle(self, found: surface.Probe) -> None:
        before = self.is_available, self.sentence
        self.is_available, self.sentence = found.is_available, found.sentence
        has_changed = self._is_new or before != (self.is_available, self.sentence)
        self._is_new = False
        if self.is_available:
            self._is_told.set()
        else:
            self._tried.clear()
        if has_changed:
            self.on_changed()

"""Which surfaces show what: chosen at the start, and anew whenever one comes or goes."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable
from typing import Final

from bgtasks_gui.agent.telling.speaker import Speaker
from bgtasks_gui.core import ports
from bgtasks_gui.core.notices import notice, surface

_log = logging.getLogger(__name__)

#: Seconds after which a surface that is away is looked for again.
AGAIN_S: Final = 60.0
_K = notice.Kind


class Showing:
    """Everything that is up, on the surfaces there are.

    Of those that tell everything the first that is there speaks. A job view takes the live
    notices over; a count on an icon comes beside all. `on_heard` is told what a person does to
    a notice, `on_changed` that another surface speaks.
    """

    def __init__(self, ways: Iterable[surface.Surface], clock: ports.Clock) -> None:
        self.speakers: Final = tuple(Speaker(way) for way in ways)
        self.on_heard: Callable[[surface.Heard], None] = lambda heard: None
        self.on_changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._up: dict[str, notice.Notice] = {}
        #: Who was given the notice of each key.
        self._given: dict[str, tuple[Speaker, ...]] = {}
        self._timer: ports.Timer | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_settled = False

    async def start(self) -> None:
        """Look for all surfaces; done when it is known who speaks."""
        for speaker in self.speakers:
            speaker.way.on_heard = functools.partial(self._hear, speaker)
            speaker.start()
        await asyncio.gather(*(speaker.look() for speaker in self.speakers))
        self._is_settled = True
        for speaker in self.speakers:
            speaker.on_changed = self._choose_anew
        self._choose_anew()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await asyncio.gather(*(speaker.close() for speaker in self.speakers))

    @property
    def messenger(self) -> Speaker | None:
        """The one that tells everything; None where nobody does."""
        return self._first(surface.Role.MESSAGES)

    def uses(self, speaker: Speaker) -> bool:
        """Whether this one shows something now, or would."""
        if speaker.way.role is surface.Role.BESIDE:
            return speaker.is_available
        return speaker is self._first(speaker.way.role)

    def show(self, told: notice.Notice, *, moves_only: bool = False) -> tuple[str, ...]:
        """Show a notice, or its new state; the names of the surfaces that are given it."""
        self._up[told.key] = told
        if not moves_only or told.key not in self._given:
            self._give(told)
            return tuple(speaker.name for speaker in self._given[told.key])
        for speaker in self._given[told.key]:
            if speaker.way.shows_progress:
                speaker.say(told)
        return tuple(speaker.name for speaker in self._given[told.key])

    def withdraw(self, key: str) -> None:
        """Take a notice down wherever it is."""
        self._up.pop(key, None)
        for speaker in self._given.pop(key, ()):
            speaker.unsay(key)

    # Inside

    def _give(self, told: notice.Notice) -> None:
        chosen = self._chosen(told)
        for speaker in self._given.get(told.key, ()):
            if speaker not in chosen:
                speaker.unsay(told.key)
        self._given[told.key] = chosen
        for speaker in chosen:
            speaker.say(told)

    def _chosen(self, told: notice.Notice) -> tuple[Speaker, ...]:
        main = self._first(surface.Role.JOBS) if told.kind is _K.LIVE else None
        main = main or self.messenger
        beside = (one for one in self.speakers if one.way.role is surface.Role.BESIDE)
        found = (main, *(one for one in beside if one.is_available))
        return tuple(one for one in found if one is not None)

    def _first(self, role: surface.Role) -> Speaker | None:
        fit = (one for one in self.speakers if one.way.role is role and one.is_available)
        return next(fit, None)

    def _choose_anew(self) -> None:
        """A surface came or went: whatever is up is where it belongs."""
        if not self._is_settled:
            return
        for speaker in self.speakers:
            if not speaker.is_available:
                speaker.forget()
        for told in list(self._up.values()):
            given = tuple(one for one in self._given.get(told.key, ()) if one.is_available)
            if given != self._chosen(told):
                self._give(told)
        self._tell_who()
        if any(not speaker.is_available for speaker in self.speakers) and self._timer is None:
            self._timer = self._clock.call_later(AGAIN_S, self._look_again)

    def _tell_who(self) -> None:
        speaker = self.messenger
        said = "nobody: the window's tray icon is left" if speaker is None else speaker.name
        _log.info("notices are shown by %s", said, extra={"action": "telling"})
        self.on_changed()

    def _look_again(self) -> None:
        self._timer = None
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        away = [speaker for speaker in self.speakers if not speaker.is_available]
        await asyncio.gather(*(speaker.look() for speaker in away))
        if any(not speaker.is_available for speaker in self.speakers) and self._timer is None:
            self._timer = self._clock.call_later(AGAIN_S, self._look_again)

    def _hear(self, speaker: Speaker, heard: surface.Heard) -> None:
        if speaker not in self._given.get(heard.key, ()):
            return
        if heard.closed is surface.Closed.LOST:
            # Its service ended, which nobody wished: it is shown by the next one.
            self._given[heard.key] = tuple(
                one for one in self._given[heard.key] if one is not speaker
            )
        self.on_heard(heard)

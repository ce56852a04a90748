"""Which surfaces show what: chosen at the start, and anew whenever one comes or goes."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from bgtasks_gui.agent.telling.speaker import CALL_S, Speaker
from bgtasks_gui.core import ports
from bgtasks_gui.core.notices import notice, surface

_log = logging.getLogger(__name__)

#: Seconds after which a surface that is away is looked for again. Most tell when they come, so each
#: look in vain doubles that, up to an hour.
AGAIN_S: Final = 60.0
LONGEST_S: Final = 3600.0
#: Nobody dismisses what has just changed before their eyes. Xfce's service tells of such a
#: dismissal where a notice changes while a button is held down.
REACTION_S: Final = 0.3
_K = notice.Kind
_NOBODY: Final = "nobody: the window's tray icon is left"


class Showing:
    """Everything that is up, on the surfaces there are.

    Of those that tell everything the first that is there speaks. A job view takes the live
    notices over; a count on an icon comes beside all. What is to be shown before it is known who
    is there waits for that. `on_heard` is told what a person does to a notice, `on_moved` which
    surfaces took a notice over, `on_changed` that another surface speaks.
    """

    def __init__(
        self, ways: Iterable[surface.Surface], clock: ports.Clock, *, call_s: float = CALL_S
    ) -> None:
        self.speakers: tuple[Speaker, ...] = ()
        self._call_s = call_s
        self.add(ways)
        self.on_heard: Callable[[surface.Heard], None] = lambda heard: None
        self.on_moved: Callable[[notice.Notice, tuple[str, ...]], None] = lambda told, names: None
        self.on_changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._up: dict[str, notice.Notice] = {}
        #: Who was given the notice of each key.
        self._given: dict[str, tuple[Speaker, ...]] = {}
        #: When the notice of each key was given or given anew.
        self._said_at: dict[str, float] = {}
        self._timer: ports.Timer | None = None
        self._wait_s = AGAIN_S
        self._looked_at = clock.monotonic()
        self._looking: asyncio.Task[None] | None = None
        self._is_settled = False
        self._is_closed = False
        #: Who spoke when that was last noted.
        self._noted: str | None = None

    def add(self, ways: Iterable[surface.Surface]) -> None:
        """These are looked for, too; before the start."""
        self.speakers += tuple(Speaker(way, call_s=self._call_s) for way in ways)

    async def start(self) -> None:
        """Look for all surfaces; done when it is known who speaks."""
        for speaker in self.speakers:
            speaker.way.on_heard = functools.partial(self._hear, speaker)
            speaker.start()
        await asyncio.gather(*(speaker.look() for speaker in self.speakers))
        if self._is_closed:
            return
        self._is_settled = True
        for speaker in self.speakers:
            speaker.on_changed = self._choose_anew
        self._choose_anew()

    async def close(self) -> None:
        self._is_closed = True
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
        if self.messenger is None and self._clock.monotonic() - self._looked_at >= AGAIN_S:
            self._look_now()
        if not moves_only or told.key not in self._given:
            self._deal(told, again=True)
        else:
            for speaker in self._given[told.key]:
                if speaker.way.shows_progress:
                    speaker.say(told)
        return _names(self._given[told.key])

    def withdraw(self, key: str) -> None:
        """Take a notice down wherever it is."""
        self._up.pop(key, None)
        self._said_at.pop(key, None)
        for speaker in self._given.pop(key, ()):
            speaker.unsay(key)
        for speaker in self.speakers:
            speaker.refused.discard(key)

    # Inside

    def _deal(self, told: notice.Notice, *, again: bool) -> tuple[Speaker, ...]:
        """Give a notice to those it belongs to; they are told `again` where they have it.

        Who has it now and had not.
        """
        before, chosen = self._given.get(told.key, ()), self._chosen(told)
        self._given[told.key] = chosen
        for speaker in before:
            if speaker not in chosen:
                speaker.unsay(told.key)
        new = tuple(speaker for speaker in chosen if speaker not in before)
        self._said_at[told.key] = self._clock.monotonic()
        for speaker in chosen if again else new:
            speaker.say(told)
        return new

    def _chosen(self, told: notice.Notice) -> tuple[Speaker, ...]:
        main = self._first(surface.Role.JOBS, told.key) if told.kind is _K.LIVE else None
        main = main or self._first(surface.Role.MESSAGES, told.key)
        beside = self._fit(surface.Role.BESIDE, told.key)
        return (*(() if main is None else (main,)), *beside)

    def _first(self, role: surface.Role, key: str = "") -> Speaker | None:
        return next(iter(self._fit(role, key)), None)

    def _fit(self, role: surface.Role, key: str) -> list[Speaker]:
        if not self._is_settled:
            return []
        found = (one for one in self.speakers if one.way.role is role and one.is_available)
        return [one for one in found if key not in one.refused]

    def _choose_anew(self) -> None:
        """A surface came or went: whatever is up is where it belongs."""
        if self._is_closed:
            return
        for speaker in self.speakers:
            if not speaker.is_available:
                speaker.forget()
        for told in list(self._up.values()):
            new = self._deal(told, again=False)
            if new:
                self.on_moved(told, _names(new))
        self._note_who()
        self._wait_s = AGAIN_S
        self._watch()
        self.on_changed()

    def _note_who(self) -> None:
        speaker = self.messenger
        said = _NOBODY if speaker is None else speaker.name
        if said != self._noted:
            self._noted = said
            _log.info("notices are shown by %s", said, extra={"action": "telling"})

    def _watch(self) -> None:
        """Whoever is away is looked for again."""
        if self._timer is None and not all(speaker.is_available for speaker in self.speakers):
            self._timer = self._clock.call_later(self._wait_s, self._look_now)
            self._wait_s = min(2 * self._wait_s, LONGEST_S)

    def _look_now(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_settled and (self._looking is None or self._looking.done()):
            self._looked_at = self._clock.monotonic()
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        away = [speaker for speaker in self.speakers if not speaker.is_available]
        await asyncio.gather(*(speaker.look() for speaker in away))
        self._watch()

    def _hear(self, speaker: Speaker, heard: surface.Heard) -> None:
        if self._is_closed:
            return
        given = self._given.get(heard.key, ())
        if heard.closed is surface.Closed.LOST:
            # Its service ended, which nobody wished: whoever is there then shows it again.
            if speaker in given:
                self._given[heard.key] = tuple(one for one in given if one is not speaker)
            speaker.look_anew()
            return
        if heard.closed is surface.Closed.DISMISSED and self._has_just_changed(speaker, heard.key):
            heard = msgspec.structs.replace(heard, closed=surface.Closed.WITHDRAWN)
        if speaker not in given:
            # What another shows now is not closed by this; a button is a button.
            heard = msgspec.structs.replace(heard, closed=None)
        if heard.action is not None or heard.closed is not None:
            self.on_heard(heard)

    def _has_just_changed(self, speaker: Speaker, key: str) -> bool:
        # Where progress moves, notices change all the time, and in their place.
        told, said_at = self._up.get(key), self._said_at.get(key)
        if told is None or said_at is None or speaker.way.shows_progress:
            return False
        return told.kind is _K.LIVE and self._clock.monotonic() - said_at < REACTION_S


def _names(speakers: Iterable[Speaker]) -> tuple[str, ...]:
    return tuple(speaker.name for speaker in speakers)

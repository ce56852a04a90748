"""Work that goes on and is shown for as long: a run, or a continuous task of a program."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import runs, tasks
from bgtasks_gui.core.notices import notice, rules, words

#: Key of the one notice that stands for all.
ALL: Final = "live:all"

#: How something stands: told at once when it changes, while all else only moves.
Stance = tuple[object, ...]


@dataclasses.dataclass
class RunWork:
    """A run that has begun and is not over."""

    run: runs.Run
    task: tasks.Task | None
    #: From when on it deserves a notice.
    due_at: datetime
    #: Dismissed: not shown again while it goes on.
    is_hidden: bool = False

    @property
    def key(self) -> str:
        return f"live:{self.run.id}"

    @property
    def task_id(self) -> str:
        return self.run.task_id

    @property
    def stance(self) -> Stance:
        return words.stance(self.run, self.task)

    def is_wanted(self, how: rules.Rules) -> bool:
        """Whether it is shown; one that needs the person is told of otherwise."""
        if how.needs_person(self.run, self.task):
            return False
        return how.shows_live(self.run, self.task)

    def make(self, now: datetime) -> notice.Notice:
        return words.live(self.run, self.task, now)


@dataclasses.dataclass
class ToldWork:
    """A continuous task, in the words of its program."""

    told: notice.Notice
    due_at: datetime
    is_hidden: bool = False

    @property
    def key(self) -> str:
        return self.told.key

    @property
    def task_id(self) -> str:
        return self.told.task_id or self.told.key

    @property
    def stance(self) -> Stance:
        told = self.told
        body = told.body if told.fraction is None else ""
        return told.title, body, told.is_suspended, told.actions

    def is_wanted(self, _how: rules.Rules) -> bool:
        """Always: as long as it runs its notice is up (concepts R103)."""
        return True

    def make(self, _now: datetime) -> notice.Notice:
        return self.told


Work = RunWork | ToldWork


def one_each(works: Iterable[Work]) -> list[Work]:
    """The one work of each task that is shown, those that began first first.

    Of one task the program's own words come first. One that was dismissed keeps the others of
    its task from taking its place.
    """
    chosen: dict[str, Work] = {}
    for work in sorted(works, key=_order):
        chosen.setdefault(work.task_id, work)
    return sorted((work for work in chosen.values() if not work.is_hidden), key=_age)


def _order(work: Work) -> tuple[bool, datetime, str]:
    return isinstance(work, RunWork), *_age(work)


def _age(work: Work) -> tuple[datetime, str]:
    return work.due_at, work.key


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A notice that should be up, and what it stands for."""

    key: str
    works: tuple[Work, ...]

    @property
    def stance(self) -> Stance:
        if self.key != ALL:
            return self.works[0].stance
        return tuple(work.key for work in self.works)

    @property
    def may_wait(self) -> bool:
        """Whether it may change more often than anybody can read."""
        return self.key == ALL or isinstance(self.works[0], ToldWork)

    def make(self, now: datetime) -> notice.Notice:
        """The notice as it is now."""
        if self.key != ALL:
            return msgspec.structs.replace(self.works[0].make(now), key=self.key)
        return words.summary([work.make(now) for work in self.works], now)


class Shown(msgspec.Struct, frozen=True):
    """What is up, and how it stood when it was last shown in full."""

    told: notice.Notice
    wanted: Wanted
    stance: Stance
    #: When it was last shown, and last shown in full.
    at: datetime
    stood_at: datetime
    #: The desktop took it down though it is still to be up.
    is_away: bool = False
    #: When it was shown again for that; None also once the person did something to it.
    again_at: datetime | None = None

    def is_same(self, told: notice.Notice) -> bool:
        """Whether this notice says nothing new."""
        return msgspec.structs.replace(told, at=self.told.at) == self.told


def wait(since: datetime, now: datetime, least: timedelta) -> datetime | None:
    """Until when to wait so that this much has passed; None where it has.

    A clock that was set back keeps nothing waiting.
    """
    ready_at = since + least
    return ready_at if since <= now < ready_at else None

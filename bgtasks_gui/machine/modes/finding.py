"""What a check of a mode answers, and what every check is."""

from __future__ import annotations

from typing import ClassVar, Protocol

import msgspec

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background import modes


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a mode is used now."""

    #: None: it cannot be checked here; the sentence says why.
    used: bool | None
    sentence: str
    #: Why a task is ended for it; only where it is not used.
    code: reasons.Code | None = None
    #: The processes that were seen using it; None where that is not told.
    pids: frozenset[int] | None = None


class Check(Protocol):
    """One way of finding out."""

    modes: ClassVar[frozenset[modes.Mode]]

    async def look(self, pids: frozenset[int]) -> Finding:
        """Whether these processes use it; whether anybody does where none are named."""
        ...


class Unavailable(Exception):
    """Nobody here can be asked; the message is the rest of "It cannot be checked here: ..."."""


def used(sentence: str, pids: frozenset[int] | None = None) -> Finding:
    """It is."""
    return Finding(used=True, sentence=sentence, pids=pids)


def unused(code: reasons.Code, sentence: str) -> Finding:
    """It is not."""
    return Finding(used=False, sentence=sentence, code=code)


def unknown(why: object) -> Finding:
    """Nobody can say; `why` is a phrase without a full stop."""
    return Finding(used=None, sentence=f"It cannot be checked here: {why}.")

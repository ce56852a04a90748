"""The pause of everything: how long it can last, and how it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Final, NamedTuple

from bgtasks_gui.client import commands
from bgtasks_gui.client.phrases import tasks as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

#: A pause for the night ends when the day begins, not at midnight: nobody who stays up late wants
#: the work back at twelve. After midnight it is the morning to come, so "tomorrow" is not said.
MORNING: Final = clock_time(6)


class Choice(NamedTuple):
    """One way to pause."""

    text: str
    #: The stamp at which it ends by itself; None where it does not.
    until: Callable[[datetime], str | None]


def _in_an_hour(now: datetime) -> str:
    return stamps.stamp(now + timedelta(hours=1))


def _in_the_morning(now: datetime) -> str:
    here = now.astimezone()
    day = here.date() + timedelta(days=here.time() >= MORNING)
    # A time without a zone is one on this computer's clock, with that day's own offset.
    return stamps.stamp(datetime.combine(day, MORNING).astimezone())


PAUSES: Final = (
    Choice("For 1 hour", _in_an_hour),
    Choice(f"Until {MORNING:%H:%M} in the morning", _in_the_morning),
    Choice("Until you resume", lambda _now: None),
)


def pause(performer: Performer, choice: Choice) -> None:
    """Pause everything."""
    performer.ask(commands.pause_everything(choice.until(times.now())))


def resume(performer: Performer) -> None:
    """End the pause of everything."""
    performer.ask(commands.resume_everything())


def resume_text(known: shapes.PauseView | None, now: datetime) -> str:
    """ "Resume all (paused until 14:02)"."""
    if known is None or not known.paused or known.until is None:
        return "Resume all"
    return f"Resume all (paused {phrases.until(known, now)})"

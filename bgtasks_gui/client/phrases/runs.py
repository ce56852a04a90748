"""A run in words: its state, how far it is, why it stands so, and how it ended."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import durations, runs
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

_S = runs.RunState

#: Words for people where the state's own name is not one.
_WORDS: Final = {
    _S.CANCELED: "cancelled",
    _S.CANCELING: "being cancelled",
    _S.PENDING: "about to start",
}
_TRIGGERS: Final = {
    "manual": "by hand",
    "interval": "by its interval",
    "cron": "by its cron expression",
    "date": "at its time",
    "calendar": "by its calendar",
    "startup": "at start",
    "after": "after another task",
    "custom_event": "by an event",
}
#: In which a rate is told, the first in which it is more than nothing.
_SPANS: Final = (("s", 1), ("min", 60), ("h", 3600))
_LEAST_RATE: Final = 0.1
#: So long after a cancel the end is told to have come later.
_NOTABLE: Final = timedelta(seconds=1)
_FORCED: Final = "It had to be killed (forced)."


def word(state: runs.RunState) -> str:
    return _WORDS.get(state, str(state))


def has_ended(run: shapes.RunView) -> bool:
    return run.state in runs.ENDED


# How it stands


def summary(run: shapes.RunView, now: datetime) -> str:
    """ "completed 5 min ago", "running for 3 min", "failed yesterday 14:02"."""
    if has_ended(run):
        return f"{word(run.state)} {times.when(run.completed_at or run.triggered_at, now)}"
    if run.started_at is not None and run.state is _S.RUNNING:
        return f"running for {took(run, now)}"
    return word(run.state)


def took(run: shapes.RunView, now: datetime) -> str:
    """ "3 min": from its start to its end, or until now; nothing where it never started."""
    if run.started_at is None:
        return ""
    return times.between(run.started_at, run.completed_at or stamps.stamp(now))


def note(run: shapes.RunView, now: datetime) -> str:
    """What there is to say beside the state: why it stands so, or how far it is."""
    if has_ended(run):
        return _sentences(run.reason.sentence if run.reason is not None else "", forced(run))
    if run.retry_at is not None:
        again = f"tries again {times.when(run.retry_at, now)}"
        return f"{run.reason.sentence} It {again}." if run.reason else again
    if run.cleaning_up and run.grace_ends_at is not None:
        return cleanup(run, now)
    if run.waits_for is not None:
        return run.waits_for
    if run.reason is not None and run.state is not _S.RUNNING:
        return run.reason.sentence
    return "" if run.progress is None else progress(run.progress)


def cleanup(run: shapes.RunView, now: datetime) -> str:
    """ "cleaning up, 6 s left": of a run that is asked to end; nothing where it is not."""
    if run.grace_ends_at is None or has_ended(run):
        return ""
    left = math.ceil((stamps.parse(run.grace_ends_at) - now).total_seconds())
    doing = "cleaning up" if run.cleaning_up else "cancelling"
    return f"{doing}, {times.length(left)} left" if left > 0 else f"{doing}, being killed"


def stopping(run: shapes.RunView, now: datetime) -> str:
    """ "Cleaning up, 6 s left. Being cancelled by you: the disk is needed."

    All that there is to say of a run that is asked to end; nothing where it is not.
    """
    if run.state is not _S.CANCELING:
        return ""
    left = cleanup(run, now)
    until = f"{left[:1].upper()}{left[1:]}." if left else ""
    return _sentences(until, run.reason.sentence if run.reason is not None else "")


def forced(run: shapes.RunView) -> str:
    """That it did not end by itself; nothing where it did."""
    return _FORCED if run.forced and has_ended(run) else ""


def ended_sentence(run: shapes.RunView, now: datetime) -> str:
    """Of a run that has ended: why it did, when, and how long it had taken.

    "Completed 7 min ago after 3 min.", "Failed: exit status 3. It ended today 14:02 after 3 min."
    """
    when = times.when(run.completed_at or run.triggered_at, now)
    after = "" if run.started_at is None else f" after {took(run, now)}"
    if run.reason is None:
        first = f"{word(run.state).capitalize()} {when}{after}."
    elif run.started_at is None:
        first = f"{run.reason.sentence} That was {when}."
    else:
        first = f"{run.reason.sentence} It ended {when}{after}."
    return _sentences(first, forced(run))


# Where it comes from and what it used


def asked_by(run: shapes.RunView, now: datetime) -> str:
    """ "by hand 5 min ago", "by its calendar, to make up for yesterday 18:00 5 min ago"."""
    by = trigger(run)
    if run.trigger.caught_up and run.trigger.planned_at is not None:
        by += f", to make up for {times.when(run.trigger.planned_at, now)}"
    return f"{by} {times.when(run.triggered_at, now)}"


def trigger(run: shapes.RunView) -> str:
    """ "by hand", "by its calendar"."""
    return _TRIGGERS.get(run.trigger.type, f"by {run.trigger.type}")


def spent(run: shapes.RunView) -> list[str]:
    """ "attempt 2", "took 3 min", "suspended once, for 40 s in all", "12 s of CPU"."""
    parts = []
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    if run.started_at is not None and run.completed_at is not None:
        parts.append(f"took {times.between(run.started_at, run.completed_at)}")
    if lag := _lag(run):
        parts.append(f"ended {lag} after it was asked to")
    if run.suspended_count:
        often = {1: "once", 2: "twice"}.get(run.suspended_count, f"{run.suspended_count} times")
        parts.append(f"suspended {often}, for {times.length(run.suspended_s)} in all")
    if run.cpu_s is not None:
        parts.append(f"{times.length(run.cpu_s)} of CPU")
    if run.max_rss:
        parts.append(f"{durations.say_size(run.max_rss)} of memory")
    return parts


def _lag(run: shapes.RunView) -> str:
    """Between a cancel and the end it brought; nothing where that is no time at all."""
    if run.state is not _S.CANCELED or run.reason is None or run.completed_at is None:
        return ""
    took = stamps.parse(run.completed_at) - stamps.parse(run.reason.at)
    return durations.say_duration(took) if took >= _NOTABLE else ""


# How far it is


def progress(known: shapes.ProgressView) -> str:
    """ "45 % (9 of 20 files), 3 files/s, 2 min left: reading b.txt"."""
    share, much = percent(known), amount(known)
    first = f"{share} ({much})" if share and much else share or much
    said = ", ".join(part for part in (first, rate(known), eta(known)) if part)
    return f"{said}: {text.one_line(known.message)}" if known.message else said


def fraction(known: shapes.ProgressView) -> float | None:
    """How much of it is done, from 0 to 1; None where the whole is not known."""
    total = 100 if known.unit == "%" else known.total
    return min(known.done / total, 1.0) if total else None


def percent(known: shapes.ProgressView) -> str:
    """ "45 %"; nothing where the whole is not known. It is 100 only when all is done."""
    share = fraction(known)
    if share is None:
        return ""
    return "100 %" if share >= 1 else f"{min(round(share * 100), 99)} %"


def amount(known: shapes.ProgressView) -> str:
    """ "2.6 of 4.2 GiB", "9 of 20 files", "3 files"; nothing where percent is all there is."""
    if known.unit == "%":
        return ""
    done = _measure(known.done, known.unit)
    if not known.total:
        return done
    whole = _measure(known.total, known.unit)
    number, _, unit = done.partition(" ")
    # The unit is said once, where both have the same.
    return f"{number if unit == whole.partition(' ')[2] else done} of {whole}"


def rate(known: shapes.ProgressView) -> str:
    """ "3 files/s"; nothing where it is not known, or says no more than the percent."""
    if known.rate is None or known.unit == "%":
        return ""
    for span, seconds in _SPANS:
        if known.rate * seconds >= _LEAST_RATE:
            return f"{_measure(known.rate * seconds, known.unit)}/{span}"
    return ""


def eta(known: shapes.ProgressView) -> str:
    """ "2 min left"; nothing where it is not known."""
    return "" if known.eta is None else f"{times.length(max(known.eta, 1.0))} left"


def _measure(much: float, unit: str | None) -> str:
    if unit == "bytes":
        return durations.say_size(round(much))
    return f"{_number(much)} {text.one_line(unit)}" if unit else _number(much)


def _number(much: float) -> str:
    return f"{much:.0f}" if much >= 100 or much == int(much) else f"{much:.1f}"


def _sentences(*said: str) -> str:
    return " ".join(one for one in said if one)

"""A run in words: its state, its progress, the sentence that says why, and its row in a table."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.cli.show import outlet, times
from bgtasks_gui.core import durations, runs
from bgtasks_gui.wire import codec, shapes
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

TITLES: Final = ("RUN", "TASK", "STATE", "STARTED", "TOOK", "WHY")


def word(state: runs.RunState) -> str:
    return _WORDS.get(state, str(state))


def has_ended(run: shapes.RunView) -> bool:
    return run.state in runs.ENDED


def row(run: shapes.RunView, now: datetime) -> tuple[str, ...]:
    """Its line in a table under `TITLES`."""
    began = run.started_at or run.triggered_at
    when = times.when(began, now)
    return (run.id, run.task_name, word(run.state), when, took(run, now), note(run, now))


def took(run: shapes.RunView, now: datetime) -> str:
    if run.started_at is None:
        return "-"
    return times.between(run.started_at, run.completed_at or stamps.stamp(now))


def note(run: shapes.RunView, now: datetime) -> str:
    """What there is to say beside the state: why it stands so, or how far it is."""
    if run.retry_at is not None and not has_ended(run):
        again = f"tries again {times.when(run.retry_at, now)}"
        return f"{run.reason.sentence} It {again}." if run.reason else again
    if run.cleaning_up and run.grace_ends_at is not None:
        return f"cleaning up, killed {times.when(run.grace_ends_at, now)}"
    if run.waits_for is not None and not has_ended(run):
        return run.waits_for
    if run.reason is not None and run.state is not _S.RUNNING:
        return run.reason.sentence
    if run.progress is not None and not has_ended(run):
        return progress(run.progress)
    return ""


def summary(run: shapes.RunView, now: datetime) -> str:
    """ "completed 5 min ago", "running for 3 min", "failed yesterday 14:02"."""
    if has_ended(run):
        return f"{word(run.state)} {times.when(run.completed_at or run.triggered_at, now)}"
    if run.started_at is not None and run.state is _S.RUNNING:
        return f"running for {took(run, now)}"
    return word(run.state)


def paragraph(run: shapes.RunView, now: datetime) -> list[str]:
    """Everything a person wants to know of one run, the most important first."""
    lines = [f"{outlet.one_line(run.task_name)}: {summary(run, now)}"]
    if said := note(run, now):
        lines.append(outlet.clean(said))
    lines.append(f"Asked for {_asked_by(run, now)}{_spent(run)}")
    if run.exit_code is not None:
        forced = "; it had to be killed" if run.forced else ""
        lines.append(f"Exit status {run.exit_code}{forced}")
    elif run.forced:
        lines.append("It had to be killed")
    if run.result is not None:
        lines.append(f"Result {outlet.one_line(codec.encode(run.result).decode())}")
    lines.append(f"Run {run.id}")
    return lines


def _asked_by(run: shapes.RunView, now: datetime) -> str:
    by = _TRIGGERS.get(run.trigger.type, f"by {run.trigger.type}")
    if run.trigger.caught_up and run.trigger.planned_at is not None:
        by += f", to make up for {times.when(run.trigger.planned_at, now)}"
    return f"{by} {times.when(run.triggered_at, now)}"


def _spent(run: shapes.RunView) -> str:
    """ "; attempt 2; took 3 min; suspended once, for 40 s in all; 12 s of CPU"."""
    parts = []
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    if run.started_at is not None and run.completed_at is not None:
        parts.append(f"took {times.between(run.started_at, run.completed_at)}")
    if run.suspended_count:
        often = {1: "once", 2: "twice"}.get(run.suspended_count, f"{run.suspended_count} times")
        parts.append(f"suspended {often}, for {times.length(run.suspended_s)} in all")
    if run.cpu_s is not None:
        parts.append(f"{times.length(run.cpu_s)} of CPU")
    if run.max_rss:
        parts.append(f"{durations.say_size(run.max_rss)} of memory")
    return "".join(f"; {part}" for part in parts)


def progress(known: shapes.ProgressView) -> str:
    """ "45 % (9 of 20 files), 3 files/s, 2 min left: reading b.txt"."""
    parts = [_amount(known)]
    if known.rate is not None and known.unit != "%":
        parts.append(f"{_measure(known.rate, known.unit)}/s")
    if known.eta is not None:
        parts.append(f"{times.length(max(known.eta, 1.0))} left")
    said = ", ".join(part for part in parts if part)
    return f"{said}: {outlet.one_line(known.message)}" if known.message else said


def _amount(known: shapes.ProgressView) -> str:
    if known.unit == "%":
        return f"{known.done:.0f} %"
    done = _measure(known.done, known.unit)
    if not known.total:
        return done
    percent = f"{min(known.done / known.total, 1):.0%}".replace("%", " %")
    if known.unit == "bytes":
        return f"{percent} ({done} of {_measure(known.total, known.unit)})"
    return f"{percent} ({_number(known.done)} of {_measure(known.total, known.unit)})"


def _measure(amount: float, unit: str | None) -> str:
    if unit == "bytes":
        return durations.say_size(round(amount))
    return f"{_number(amount)} {unit}" if unit else _number(amount)


def _number(amount: float) -> str:
    return f"{amount:.0f}" if amount >= 100 or amount == int(amount) else f"{amount:.1f}"

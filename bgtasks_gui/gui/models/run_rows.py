"""Lists of runs: those under way and those that have ended, and what their columns say."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states, task_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Column, Words
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

_S = runs.RunState
_ALL: Final = frozenset(shapes.RunView.__struct_fields__)
_PROGRESS: Final = frozenset({"progress", "state"})
#: Ends whose sentence is coloured.
_CALLS: Final = frozenset({"failed", "missed"})


class RunRow:
    """A run."""

    __slots__ = ("haystack", "id", "run", "state")

    def __init__(self, run: shapes.RunView) -> None:
        self.id = run.id
        self.run = run
        self.state = str(run.state)
        why = task_rows.why_of(run)
        self.haystack = f"{run.task_name}\n{why}\n{run.id}\n{self.state}".casefold()


def active_columns(asked: Asked) -> tuple[Column[RunRow], ...]:
    """What is said of runs that have not ended."""

    def name(row: RunRow, now: datetime) -> Words:
        # What was asked of its task is not said of this run: there may be others.
        said = asked.words(row.id)
        role = states.APPEARANCES[row.state].role
        if not said:
            said = task_rows.live_note(row.run, now)
            role = role if row.state in ("waiting", "canceling", "pending") else "second"
        return Words(text.one_line(row.run.task_name), said, role, row.state)

    return (
        Column(
            name="task", title="Run", look="name", width=0, words=name, is_text=True,
            key=lambda row: row.run.task_name.casefold(), is_optional=False, depends_on=_ALL,
        ),
        Column(
            name="progress", title="Progress", look="progress", width=230,
            words=lambda row, now: task_rows.progress_words(row.run),
            key=lambda row: task_rows.fraction_of(row.run), is_live=True, importance=4,
            depends_on=_PROGRESS | {"started_at"},
        ),
        Column(
            name="speed", title="Speed", look="figures", width=120, is_live=True, is_right=True,
            words=lambda row, now: task_rows.speed_words(row.run),
            key=lambda row: task_rows.rate_of(row.run), depends_on=_PROGRESS, importance=3,
        ),
        Column(
            name="started", title="Started", look="words", width=160, words=_started, importance=2,
            key=lambda row: row.run.started_at, is_text=True,
            depends_on=frozenset({"started_at", "attempt"}),
        ),
        Column(
            name="trigger", title="Asked for", look="words", width=170, words=_asked_by,
            importance=1,
            key=lambda row: row.run.triggered_at, is_text=True,
            depends_on=frozenset({"triggered_at"}),
        ),
    )  # fmt: skip


def ended_columns() -> tuple[Column[RunRow], ...]:
    """What is said of runs that have ended."""
    return (
        Column(
            name="task", title="Run", look="name", width=0, words=_ended_name, is_text=True,
            key=lambda row: row.run.task_name.casefold(), is_optional=False, depends_on=_ALL,
        ),
        Column(
            name="outcome", title="Outcome", look="outcome", width=170, importance=3,
            words=lambda row, now: task_rows.outcome_words(row.run, now),
            key=lambda row: row.state, is_text=True, depends_on=_ALL,
        ),
        Column(
            name="when", title="Asked for", look="words", width=180, words=_asked_by, importance=2,
            key=lambda row: row.id, is_text=True, depends_on=frozenset({"triggered_at"}),
        ),
        Column(
            name="took", title="Took", look="figures", width=110, is_right=True, words=_took,
            importance=1,
            key=_seconds, depends_on=frozenset({"completed_at", "started_at", "suspended_s"}),
        ),
    )  # fmt: skip


def _ended_name(row: RunRow, now: datetime) -> Words:
    said = text.one_line(run_phrases.note(row.run, now))
    role = states.APPEARANCES[row.state].role if row.state in _CALLS else "second"
    return Words(text.one_line(row.run.task_name), said or "Ended well.", role, row.state)


def _started(row: RunRow, now: datetime) -> Words:
    run = row.run
    if run.started_at is None:
        return Words("Not started")
    began = times.when(run.started_at, now)
    again = f"attempt {run.attempt}" if run.attempt > 1 else ""
    return Words(f"{began[:1].upper()}{began[1:]}", again)


def _asked_by(row: RunRow, now: datetime) -> Words:
    when = times.when(row.run.triggered_at, now)
    by = run_phrases.trigger(row.run)
    return Words(f"{when[:1].upper()}{when[1:]}", text.one_line(by))


def _took(row: RunRow, now: datetime) -> Words:
    run = row.run
    suspended = f"{times.length(run.suspended_s)} paused" if run.suspended_s >= 1 else ""
    return Words(run_phrases.took(run, now), suspended)


def _seconds(row: RunRow) -> float | None:
    run = row.run
    if run.started_at is None or run.completed_at is None:
        return None
    return (stamps.parse(run.completed_at) - stamps.parse(run.started_at)).total_seconds()

"""The list of tasks: one row each, and what its columns say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import tasks as task_phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Column, Words
from bgtasks_gui.wire import shapes

_S = runs.RunState
#: What the name is told of: its second line and its shape, by the task and by its run.
_NAME: Final = frozenset(
    {
        *("name", "does", "enabled", "registered", "unscheduled", "expires_at", "next_run_at"),
        *("last_run", "state", "reason", "waits_for", "retry_at", "started_at", "progress"),
        *("grace_ends_at", "cleaning_up"),
    }
)
_PROGRESS: Final = frozenset({"progress", "state"})
#: States in which the person may do something, so that the second line is coloured.
_CALLS: Final = frozenset({"waiting", "failed", "missed", "canceling", "pending"})


class TaskRow:
    """A task with the one of its runs that has not ended, if any."""

    __slots__ = ("haystack", "id", "name_key", "run", "state", "task")

    def __init__(self, task: shapes.TaskView, run: shapes.RunView | None) -> None:
        self.id = task.id
        self.task = task
        self.run = run
        self.state = states.of_task(task, run)
        self.name_key = task.name.casefold()
        why = why_of(run or task.last_run)
        self.haystack = f"{task.name}\n{task.does}\n{task.group}\n{why}".casefold()


def why_of(run: shapes.RunView | None) -> str:
    """Why a run stands as it does, for a search."""
    if run is None:
        return ""
    return f"{run.waits_for or ''}\n{'' if run.reason is None else run.reason.sentence}"


def columns(
    pause: Callable[[], shapes.PauseView | None], asked: Asked
) -> tuple[Column[TaskRow], ...]:
    """The columns of the list, in their first order."""

    def name(row: TaskRow, now: datetime) -> Words:
        return Words(text.one_line(row.task.name), *_second(row, now, asked), row.state)

    def following(row: TaskRow, now: datetime) -> Words:
        return _next(row.task, now, pause())

    return (
        Column(
            name="task", title="Task", look="name", width=0, words=name,
            key=lambda row: row.name_key, is_text=True, is_optional=False,
            depends_on=_NAME,
        ),
        Column(
            name="progress", title="Progress", look="progress", width=230, words=_progress,
            importance=4,
            key=_fraction, is_live=True, depends_on=_PROGRESS | {"started_at"},
        ),
        Column(
            name="speed", title="Speed", look="figures", width=120, words=_speed, key=_rate,
            is_live=True, is_right=True, depends_on=_PROGRESS, importance=1,
        ),
        Column(
            name="next", title="Next run", look="words", width=150, words=following,
            importance=3,
            key=lambda row: row.task.next_run_at, is_text=True,
            depends_on=frozenset(
                {
                    *("next_run_at", "when", "triggers", "enabled", "registered", "unscheduled"),
                    "expires_at",
                }
            ),
        ),
        Column(
            name="outcome", title="Last result", look="outcome", width=150, words=_outcome,
            importance=2,
            key=_ran_at, is_text=True,
            depends_on=frozenset({"last_run", "state"}),
        ),
    )  # fmt: skip


def _second(row: TaskRow, now: datetime, asked: Asked) -> tuple[str, str]:
    """The most important thing to say about a task, and the role of its colour."""
    run, task = row.run, row.task
    if mark := asked.words(task.id, run.id if run is not None else ""):
        return mark, "waiting"
    role = states.APPEARANCES[row.state].role if row.state in _CALLS else "second"
    if run is not None:
        return live_note(run, now), role
    if row.state in ("disabled", "expired"):
        said = task_phrases.following(task, now)
        return f"{said[:1].upper()}{said[1:]}", role
    if task.last_run is not None and task.last_run.reason is not None:
        return text.one_line(run_phrases.note(task.last_run, now)), role
    return text.one_line(f"{task.does[:1].upper()}{task.does[1:]}"), role


def live_note(run: shapes.RunView, now: datetime) -> str:
    """What a run that has not ended does, or waits for."""
    if run.state is _S.CANCELING:
        said = run_phrases.cleanup(run, now)
        why = run.reason.sentence if run.reason is not None else ""
        return text.one_line(f"{said[:1].upper()}{said[1:]}. {why}" if said else why)
    if run.state is _S.WAITING and run.retry_at is None:
        return text.one_line(f"Waits: {run.waits_for}" if run.waits_for else "Waits for its turn")
    if run.state is _S.RUNNING:
        message = None if run.progress is None else run.progress.message
        return text.one_line(message or f"Running for {run_phrases.took(run, now)}")
    return text.one_line(run_phrases.note(run, now))


def _progress(row: TaskRow, now: datetime) -> Words:
    return progress_words(row.run)


def progress_words(run: shapes.RunView | None) -> Words:
    """Percent and amount; words where there is no figure, nothing where no run is under way."""
    if run is None:
        return Words()
    if run.progress is None:
        return Words("Not started" if run.started_at is None else "")
    share, much = run_phrases.percent(run.progress), run_phrases.amount(run.progress)
    return Words(share or much, much if share else "")


def _fraction(row: TaskRow) -> float | None:
    return fraction_of(row.run)


def fraction_of(run: shapes.RunView | None) -> float | None:
    """Its share that is done; what has no total sorts below everything that has one."""
    if run is None:
        return None
    share = None if run.progress is None else run_phrases.fraction(run.progress)
    return -1.0 if share is None else share


def _speed(row: TaskRow, now: datetime) -> Words:
    return speed_words(row.run)


def speed_words(run: shapes.RunView | None) -> Words:
    if run is None or run.progress is None or run.state is not _S.RUNNING:
        return Words()
    return Words(run_phrases.rate(run.progress), run_phrases.eta(run.progress))


def _rate(row: TaskRow) -> float | None:
    return rate_of(row.run)


def rate_of(run: shapes.RunView | None) -> float | None:
    if run is None or run.progress is None or run.state is not _S.RUNNING:
        return None
    return run.progress.rate


def _next(task: shapes.TaskView, now: datetime, pause: shapes.PauseView | None) -> Words:
    said = text.one_line(task_phrases.following(task, now, pause))
    how = text.one_line("; ".join(task.when)) if task.next_run_at is not None else ""
    return Words(f"{said[:1].upper()}{said[1:]}", how)


def _outcome(row: TaskRow, now: datetime) -> Words:
    last = row.task.last_run
    return Words("No run yet") if last is None else outcome_words(last, now)


def _ran_at(row: TaskRow) -> str | None:
    return None if row.task.last_run is None else row.task.last_run.triggered_at


def outcome_words(run: shapes.RunView, now: datetime) -> Words:
    """How a run stands or ended, and since when."""
    look = states.APPEARANCES[str(run.state)]
    if run.state not in runs.ENDED:
        since = times.when(run.started_at or run.triggered_at, now)
        return Words(look.word, f"began {since}" if run.started_at else since, state=str(run.state))
    when = times.when(run.completed_at or run.triggered_at, now)
    extra = f", exit {run.exit_code}" if run.exit_code else ", forced" if run.forced else ""
    return Words(look.word, f"{when}{extra}", "second", str(run.state))

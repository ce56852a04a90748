"""A task on the command line: its row in a table, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bgtasks_gui.cli.show import runs
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import tasks, text, times
from bgtasks_gui.wire import shapes

TITLES: Final = ("NAME", "NEXT", "LAST", "DOES")


def row(task: shapes.TaskView, now: datetime, pause: shapes.PauseView | None) -> tuple[str, ...]:
    """Its line in a table under `TITLES`."""
    last = "never ran" if task.last_run is None else _standing(task.last_run, now)
    return (task.name, tasks.following(task, now, pause), last, task.does)


def _standing(run: shapes.RunView, now: datetime) -> str:
    """ "running for 3 min, 45 %"."""
    said = run_phrases.summary(run, now)
    if run_phrases.has_ended(run) or run.progress is None:
        return said
    return ", ".join(filter(None, (said, run_phrases.percent(run.progress))))


def paragraph(task: shapes.TaskView, now: datetime) -> list[str]:
    """Everything about one task, a subject a line."""
    return [f"{title:<13}{line}" for title, lines in _subjects(task, now) for line in lines if line]


def environment(task: shapes.TaskView) -> list[str]:
    return [
        text.one_line(f"{name}={value}") for name, value in sorted((task.environment or {}).items())
    ]


def _subjects(task: shapes.TaskView, now: datetime) -> Iterator[tuple[str, list[str]]]:
    last = None if task.last_run is None else runs.paragraph(task.last_run, now)
    yield "Task", [text.one_line(task.name)]
    yield "Id", [task.id]
    yield "Does", [text.clean(task.does)]
    yield "When", [text.clean(line) for line in task.when] or ["by hand only"]
    yield "Only", [text.clean(line) for line in task.only_if]
    yield "Next", [tasks.following(task, now)]
    yield "Last run", ["never"] if last is None else [line for line in last[:2] if line]
    yield "Policy", [tasks.policy(task)]
    yield "Limits", [tasks.limits(task)]
    yield "Belongs to", [tasks.belongs(task)]
    yield "Expires", [times.when(task.expires_at, now) if task.expires_at else ""]
    yield "Suspending", ["" if task.can_suspend else "not possible for this task"]
    yield "Note", [text.clean(warning) for warning in task.warnings]
    if task.environment is not None:
        count = len(task.environment)
        yield "Environment", [f"{count} variables; show them with --environment"]

"""Missed times that wait for an answer: told once, and again at most daily (wishes W8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bgtasks_gui.core import runs, tasks
from bgtasks_gui.core.notices import notice, words

#: By itself it is said again after this at the earliest.
EVERY: Final = timedelta(days=1)


class _Question:
    """What is asked about one task."""

    def __init__(self, task: tasks.Task) -> None:
        self.task = task
        self.asking: dict[str, runs.Run] = {}
        self.told_at: datetime | None = None
        #: When it is said, for the first time or again.
        self.due_at: datetime | None = None

    @property
    def free_at(self) -> datetime | None:
        """From when on it may be said again; None where it never was."""
        return None if self.told_at is None else self.told_at + EVERY


class Reminders:
    """Which tasks have an open question, and when it is put."""

    def __init__(self) -> None:
        self._questions: dict[str, _Question] = {}

    @property
    def next_at(self) -> datetime | None:
        """When a question is put."""
        due = (one.due_at for one in self._questions.values() if one.due_at is not None)
        return min(due, default=None)

    def ask(self, run: runs.Run, task: tasks.Task, now: datetime) -> None:
        """This run waits for an answer."""
        question = self._questions.setdefault(task.id, _Question(task))
        question.task = task
        if run.id not in question.asking:
            soonest = question.free_at
            question.due_at = now if soonest is None else max(now, soonest)
        question.asking[run.id] = run

    def answered(self, run: runs.Run) -> str | None:
        """This run waits no more; the key of its notice where no other of its task does."""
        question = self._questions.get(run.task_id)
        if question is None or question.asking.pop(run.id, None) is None or question.asking:
            return None
        question.due_at = None
        return key_of(run.task_id)

    def newest(self, task_id: str) -> str:
        """The run that an answer is for now: since it was told, others may have been answered."""
        return next(reversed(self._questions[task_id].asking))

    def put_off(self, task_id: str, until: datetime | None) -> None:
        """The person wants to be asked again then; None: not about these times."""
        self._questions[task_id].due_at = until

    def settle(self, now: datetime) -> Iterator[tuple[notice.Notice, str]]:
        """The questions that are to be put now, and of which task."""
        for task_id, question in list(self._questions.items()):
            if question.due_at is not None and now >= question.due_at:
                # Without an answer it is said again.
                question.due_at, question.told_at = now + EVERY, now
                told = words.missed(list(question.asking.values()), question.task, now)
                yield told, question.task.name
            free_at = question.free_at
            if not question.asking and (free_at is None or now >= free_at):
                del self._questions[task_id]


def key_of(task_id: str) -> str:
    """The key of the notice about a task's missed times."""
    return f"missed:{task_id}"

"""The tab that says what a task is: in one sentence, then fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import kept, text, times
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import tasks as task_phrases
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui.actions.catalogue import BY_NAME, Subject, remedy
from bgtasks_gui.gui.detail.facts import Fact, FactSheet
from bgtasks_gui.wire import shapes

#: Milliseconds after which the seconds that a cancelled run has left are told anew.
_COUNT_MS: Final = 1000


class OverviewTab(FactSheet):
    """What a task does, when, under which conditions, and in which environment."""

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        super().__init__("What it is")
        self._client = client
        self._now = now
        self._subject = Subject(None, None)
        #: The environment of the task it belongs to, once that was asked for.
        self._environment: tuple[str, dict[str, str]] | None = None
        self._count = QTimer(self)
        self._count.setInterval(_COUNT_MS)
        self._count.timeout.connect(lambda: self.show_subject(self._subject))
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.column.insertWidget(0, self._sentence)

    def show_subject(self, subject: Subject) -> None:
        """Tell of this task and run, which may be newer states of those that are told of."""
        self._subject = subject
        task, run = subject.task, subject.run
        is_counted = run is not None and run.state is runs.RunState.CANCELING
        if not (is_counted and self.isVisible()):
            self._count.stop()
        elif not self._count.isActive():
            self._count.start()
        if task is None:
            self._sentence.setText("The task of this run was removed; its history is kept.")
        else:
            self._sentence.setText(_first_up(task_phrases.sentence(task, self._now())))
        self.show_facts(list(self._facts(subject)))

    async def read(self) -> None:
        """Ask for what lists do not carry: the environment."""
        task = self._subject.task
        if task is None or (self._environment is not None and self._environment[0] == task.id):
            return
        try:
            whole = await self._client(commands.show_task(task.id))
        except errors.UserError:
            # The window says that the agent is away; the rest of the page stays as it was.
            return
        self._environment = (whole.id, whole.environment or {})
        self.show_subject(self._subject)

    def _facts(self, subject: Subject) -> Iterator[Fact]:
        task, run, now = subject.task, subject.run, self._now()
        if run is not None:
            yield "Run", [text.clean(line) for line in _about_run(run, now) if line]
            if helps := _remedy(subject):
                yield "What helps", [helps]
        if task is None:
            return
        yield "Command" if task.kind == "command" else "Does", [text.clean(task.does)]
        yield "When", [text.clean(line) for line in task.when] or ["By hand only"]
        yield "Next", [_first_up(task_phrases.following(task, now))]
        if task.only_if:
            yield "Only", [text.clean(line) for line in task.only_if]
        yield "Policy", [_first_up(task_phrases.policy(task))]
        yield "Limits", [_first_up(task_phrases.limits(task))]
        if belongs := task_phrases.belongs(task):
            yield "Belongs to", [belongs]
        if task.expires_at is not None:
            yield "Expires", [times.when(task.expires_at, now)]
        if task.warnings:
            yield "Note", [text.clean(line) for line in task.warnings]
        if not task.can_suspend:
            yield "Suspending", ["Not possible for this task"]
        yield "Environment", self._told_environment(task)

    def _told_environment(self, task: shapes.TaskView) -> list[str]:
        known = self._environment
        if known is None or known[0] != task.id:
            return ["…"]
        if not known[1]:
            return ["The agent's own"]
        return [text.one_line(f"{name}={value}") for name, value in sorted(known[1].items())]


def _about_run(run: shapes.RunView, now: datetime) -> list[str]:
    """How it stands or ended, who asked for it, and what it used."""
    if run_phrases.has_ended(run):
        first = run_phrases.ended_sentence(run, now)
    else:
        note = run_phrases.stopping(run, now) or run_phrases.note(run, now)
        summary = run_phrases.summary(run, now)
        # A reason says the state itself; how far it is does not.
        is_figure = run.state is runs.RunState.RUNNING and bool(note)
        first = _first_up(f"{summary}: {note}" if is_figure else note or summary)
    used = [_first_up(run_phrases.asked_by(run, now)), *run_phrases.spent(run)]
    exit_status = f"exit status {run.exit_code}" if run.exit_code is not None else ""
    return [first, kept.sentence(run), "; ".join(one for one in (*used, exit_status) if one)]


def _remedy(subject: Subject) -> str:
    """ "Change the limit: Edit… (Ctrl+E)": what helps, and which action does it."""
    name, label = remedy(subject)
    if not name:
        return ""
    action = BY_NAME[name]
    named = "" if action.text == label else f": {action.text}"
    key = QKeySequence(action.key).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{label}{named} ({key})"


def _first_up(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"

"""Tells of bad ends and stops in banners: each once, with the verb that mends it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import reasons, runs
from bgtasks_gui.gui.actions.catalogue import BY_NAME, Subject, remedy
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.widgets.banner import BannerArea, Message
from bgtasks_gui.wire import shapes

_S = runs.RunState
#: Runs that are told one by one; more at once are told together.
FEW: Final = 2
#: Milliseconds that what happens together has to come in.
GATHER_MS: Final = 400
#: Seconds in which more of the same joins what is told together already.
_BURST_S: Final = 10.0
_BURST: Final = "burst"
#: Names of a burst that are said.
_NAMED: Final = 2
#: Said by the switch of everything for all of them at once, by the run in its place, or by the
#: person who was just asked.
_SAID_ELSEWHERE: Final = frozenset(
    {reasons.Code.PAUSED, reasons.Code.MERGED, reasons.Code.REPLACED, reasons.Code.DECLINED}
)
#: What is said of many in one state.
_TOGETHER: Final = {
    _S.FAILED: "failed", _S.CANCELED: "were cancelled", _S.SKIPPED: "were skipped",
    _S.MISSED: "were missed", _S.SUSPENDED: "were suspended",
}  # fmt: skip


class Troubles(QObject):
    """Puts messages about runs up, and takes them down when they are not true any more.

    Signals: `page_wanted` with a page and a state.
    """

    page_wanted = Signal(str, str)

    def __init__(self, parts: Parts, area: BannerArea) -> None:
        super().__init__(area)
        self._parts = parts
        self._area = area
        #: Runs that the messages are about, by key: a task's id, or `_BURST`.
        self._told: dict[str, list[shapes.RunView]] = {}
        self._news: list[shapes.RunView] = []
        self._burst_at = 0.0
        #: Why a task was passed over when the person closed the message about it.
        self._had_enough: dict[str, str] = {}
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._tell_news)
        area.closed.connect(self._on_closed)
        parts.tally.troubled.connect(self._on_troubled)
        parts.tally.changed.connect(self._on_changed)

    # What happens

    def _on_troubled(self, troubled: Sequence[shapes.RunView]) -> None:
        self._news += filter(self._is_news, troubled)
        if self._news and not self._gather.isActive():
            self._gather.start(GATHER_MS)

    def _is_news(self, run: shapes.RunView) -> bool:
        """Whether it is to be told."""
        if run.reason is None:
            return True
        if run.reason.code in _SAID_ELSEWHERE:
            return False
        return run.state is not _S.SKIPPED or self._had_enough.get(run.task_id) != run.reason.code

    def _on_changed(self, changes: Changes, touched: frozenset[str]) -> None:
        """Take down what is not true any more: a suspended run goes on, a failed one runs again."""
        for key, about in list(self._told.items()):
            known = {run.task_id for run in about}
            if known.isdisjoint(touched) and known.isdisjoint(changes.removed_tasks):
                continue
            if not any(map(self._is_true, about)):
                self._take_down(key)
        for run_id, sentence in changes.warnings.items():
            self._warn(run_id, sentence)

    def _is_true(self, run: shapes.RunView) -> bool:
        """Whether its task is there, the run still stands so, and none was begun since its end."""
        mirror = self._parts.bridge.mirror
        task = mirror.tasks.get(run.task_id)
        if task is None or mirror.runs.get(run.id, run).state is not run.state:
            return False
        ended_at = run.completed_at
        if ended_at is None:
            return True
        others = (task.last_run, self._parts.tally.foremost(run.task_id))
        return not any(
            other is not None and other.triggered_at >= ended_at and _begins(other)
            for other in others
        )

    # What is said

    def _tell_news(self) -> None:
        fresh = {run.task_id: run for run in self._news if self._is_true(run)}
        self._news.clear()
        burst = self._told.get(_BURST, ())
        if fresh and burst and time.monotonic() - self._burst_at < _BURST_S:
            fresh = {run.task_id: run for run in burst if self._is_true(run)} | fresh
        if len(fresh) > FEW:
            for task_id in fresh:
                self._take_down(task_id)
            self._burst_at = time.monotonic()
            self._show(self._about_many(list(fresh.values())), *fresh.values())
        else:
            for run in fresh.values():
                self._show(self._about(run), run)

    def _show(self, message: Message, *about: shapes.RunView) -> None:
        self._told[message.key] = list(about)
        self._area.show_message(message)

    def _take_down(self, key: str) -> None:
        self._told.pop(key, None)
        self._area.take_down(key)

    def _on_closed(self, key: str) -> None:
        for run in self._told.pop(key, ()):
            if run.reason is not None:
                self._had_enough[run.task_id] = run.reason.code

    def _about(self, run: shapes.RunView) -> Message:
        said = text.one_line(run_phrases.note(run, self._parts.now()))
        name, label = remedy(self._subject(run))
        return Message(
            key=run.task_id,
            tone="alarm" if run.state is _S.FAILED else "banner",
            lead=f"{text.one_line(run.task_name)}:",
            text=said,
            remedy=label,
            # As it stands when the button is pressed, not as it stood when this was told.
            act=lambda: self._parts.performer.perform(name, [self._subject(run)]),
        )

    def _about_many(self, about: list[shapes.RunView]) -> Message:
        states = {run.state for run in about}
        state = next(iter(states)) if len(states) == 1 else None
        names = [text.one_line(run.task_name) for run in about]
        rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said = _TOGETHER[state] if state is not None else "were stopped or failed"
        page = "history" if states <= runs.ENDED else "activity"
        return Message(
            key=_BURST,
            tone="alarm" if _S.FAILED in states else "banner",
            lead=f"{len(about)} tasks {said}:",
            text=f"{', '.join(names[:_NAMED])}{rest}.",
            remedy="Show them",
            act=lambda: self.page_wanted.emit(page, str(state or "")),
        )

    def _warn(self, run_id: str, sentence: str) -> None:
        """A run comes near a limit; it is not in trouble yet."""
        run = self._parts.bridge.mirror.runs.get(run_id)
        if run is None or run.state in runs.ENDED:
            return
        edit = BY_NAME["edit"]
        message = Message(
            key=run.task_id,
            lead=f"{text.one_line(run.task_name)}:",
            text=text.one_line(sentence),
            remedy="Change the limit" if edit.fits(self._subject(run)) else "",
            act=lambda: self._parts.performer.perform(edit.name, [self._subject(run)]),
        )
        self._show(message, run)

    def _subject(self, run: shapes.RunView) -> Subject:
        mirror = self._parts.bridge.mirror
        return Subject(mirror.tasks.get(run.task_id), mirror.runs.get(run.id, run))


def _begins(run: shapes.RunView) -> bool:
    """Whether it was started, or will be."""
    return run.started_at is not None or run.state not in runs.ENDED

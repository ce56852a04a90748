"""The first page: what runs, what needs the person, what comes next, and how today went."""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import task_rows
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.views.page import Page, Parts
from bgtasks_gui.gui.widgets.day_bar import DayBar
from bgtasks_gui.gui.widgets.empty import EmptyState
from bgtasks_gui.gui.widgets.summary_card import MOST, SummaryCard, SummaryLine
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps

_S = runs.RunState
#: Milliseconds that changes are gathered: cards are read, not watched.
_GATHER_MS: Final = 250
#: In which order today's outcomes stand.
_OUTCOMES: Final = ("completed", "failed", "canceled", "skipped", "missed")
#: Below this width the cards stand in one column.
_TWO_COLUMNS: Final = 640


class OverviewPage(Page):
    """Four cards."""

    name = "overview"
    title = "Overview"
    icon = "layout-dashboard"
    has_pane = False

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.day = DayBar()
        self.running = SummaryCard("Running now", "Nothing is running.", "Show activity")
        self.needs = SummaryCard("Needs you", "Nothing needs you.", "Show tasks")
        self.coming = SummaryCard("Coming next", "Nothing is planned.", "Show tasks")
        self.ended = SummaryCard("Ended last", "Nothing has ended today.", "Show history")
        self._cards = (self.running, self.needs, self.coming, self.ended)
        self._empty = EmptyState("sparkles")
        self._lay_out()
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self.refresh)
        parts.tally.changed.connect(self._on_changed)
        parts.bridge.system_changed.connect(self._on_changed)
        parts.bridge.connection_changed.connect(self._on_changed)
        self._connect_cards()

    def count(self) -> tuple[int, str]:
        counts = self.parts.tasks.counts
        needing = len(self.parts.tally.needing) + counts["failed"] + counts["missed"]
        return needing, ("failed" if counts["failed"] else "waiting") if needing else ""

    def set_stale(self, *, is_stale: bool) -> None:
        for card in (*self._cards, self.day):
            card.setEnabled(not is_stale)

    def focus_list(self) -> None:
        first = next((line for card in self._cards if (line := card.first_line)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Say everything anew."""
        now = self.parts.now()
        self._show_running(now)
        needing = self._needing()
        self.needs.show_lines([self._line(one, now) for one in needing[:MOST]], len(needing))
        self._show_coming(now)
        self._show_ended(now)
        bridge = self.parts.bridge
        is_empty = bridge.is_loaded and not bridge.mirror.tasks and not bridge.mirror.runs
        self._scroll.setVisible(not is_empty)
        self._empty.setVisible(is_empty)

    # Inside

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        page = QWidget()
        mark(page, role="page")
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(metrics.EDGE, 4, metrics.EDGE, metrics.EDGE)
        self._grid.setSpacing(12)
        self._grid.addWidget(self.day, 0, 0, 1, 2)
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, 1 + at // 2, at % 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._is_narrow = False
        # Below the last card, also where all four stand below one another.
        self._grid.setRowStretch(1 + len(self._cards), 1)
        self._scroll = QScrollArea()
        # Lines can be reached, and come into sight as they are.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(page)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._empty, 1)
        self._empty.hide()
        self._empty.say(
            "Welcome",
            "Background Tasks runs what you want done while you do something else, and always "
            "says why.",
            "Add your first task",
            "Try the samples",
        )
        self._empty.acted.connect(self.new_wanted)
        self._empty.other_acted.connect(self.samples_wanted)

    def _connect_cards(self) -> None:
        leads = (("activity", "running"), ("tasks", "failed"), ("tasks", ""), ("history", ""))
        for card, (page, state) in zip(self._cards, leads, strict=True):
            card.setProperty("page", page)
            card.setProperty("state", state)
            card.opened.connect(self._on_opened)
            card.more_wanted.connect(self._on_more_wanted)
        self.day.chosen.connect(self._on_outcome_chosen)

    def _on_changed(self, *_: object) -> None:
        if self.is_seen and not self._gather.isActive():
            self._gather.start(_GATHER_MS)

    def _on_opened(self, one: str) -> None:
        run = self.parts.bridge.mirror.runs.get(one)
        page = "tasks" if run is None else "history" if run.state in runs.ENDED else "activity"
        self.page_wanted.emit(page, f"id:{one}")

    def _on_more_wanted(self) -> None:
        card = self.sender()
        self.page_wanted.emit(str(card.property("page")), str(card.property("state")))

    def _on_outcome_chosen(self, state: str) -> None:
        self.page_wanted.emit("history", state)

    def _show_running(self, now: datetime) -> None:
        found = [
            run for run in self.parts.tally.active() if run.state in (_S.RUNNING, _S.CANCELING)
        ]
        self.running.show_lines([self._line(run, now) for run in found[:MOST]], len(found))

    def _needing(self) -> list[shapes.RunView | shapes.TaskView]:
        """Runs that wait for the person, then tasks whose last run failed or was missed."""
        needing = self.parts.tally.needing
        runs_needing = [run for run in self.parts.tally.active() if run.id in needing]
        rows = self.parts.tasks.all_rows()
        troubled = [row.task for row in rows if row.state in ("failed", "missed")]
        troubled.sort(key=_ended_at, reverse=True)
        return [*runs_needing, *troubled]

    def _show_coming(self, now: datetime) -> None:
        tasks = self.parts.bridge.mirror.tasks.values()
        planned = [(task.next_run_at, task.id) for task in tasks if task.next_run_at is not None]
        nearest = heapq.nsmallest(MOST, planned)
        lines = [self._coming_line(at, task_id, now) for at, task_id in nearest]
        self.coming.show_lines(lines, len(planned))

    def _coming_line(self, at: str, task_id: str, now: datetime) -> SummaryLine:
        task, pause = self.parts.bridge.mirror.tasks[task_id], self.parts.bridge.pause
        figure = "paused" if pause is not None and pause.paused else times.when(at, now)
        how = text.one_line("; ".join(task.when)) or text.one_line(task.does)
        return SummaryLine(task_id, "scheduled", text.one_line(task.name), how, figure)

    def _show_ended(self, now: datetime) -> None:
        today, mirror = now.astimezone().date(), self.parts.bridge.mirror
        known = [run for run in mirror.runs.values() if run.state in runs.ENDED]
        ended = [run for run in known if _local_date(run) == today]
        # Where nothing older is known, more may have ended today than are kept here.
        has_more = len(ended) == len(known) >= mirror.ended_kept
        ended.sort(key=lambda run: run.completed_at or run.triggered_at, reverse=True)
        lines = [self._line(run, now) for run in ended[:MOST]]
        self.ended.show_lines(lines, len(ended), has_more=has_more)
        counts = Counter(str(run.state) for run in ended)
        self.day.show_counts([(state, counts[state]) for state in _OUTCOMES], has_more=has_more)

    def _line(self, one: shapes.RunView | shapes.TaskView, now: datetime) -> SummaryLine:
        if isinstance(one, shapes.TaskView):
            run = one.last_run
            assert run is not None
        else:
            run = one
        if run.state in runs.ENDED:
            note = text.one_line(run_phrases.note(run, now)) or "Ended well."
            figure, share = times.when(run.completed_at or run.triggered_at, now), None
        else:
            note = self.parts.asked.words(run.id) or task_rows.live_note(run, now)
            known = run.progress
            share = None if known is None else run_phrases.fraction(known)
            figure = "" if known is None else run_phrases.percent(known)
        return SummaryLine(
            one.id, str(run.state), text.one_line(run.task_name), note, figure, share
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _TWO_COLUMNS
        if is_narrow is self._is_narrow:
            return
        self._is_narrow = is_narrow
        for at, card in enumerate(self._cards):
            place = (1 + at, 0, 1, 2) if is_narrow else (1 + at // 2, at % 2, 1, 1)
            self._grid.addWidget(card, *place)


def _ended_at(task: shapes.TaskView) -> str:
    run = task.last_run
    return "" if run is None else run.completed_at or run.triggered_at


def _local_date(run: shapes.RunView) -> object:
    return stamps.parse(run.completed_at or run.triggered_at).astimezone().date()

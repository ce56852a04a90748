"""The line at the foot: whether the agent is there, what it does, and how fast."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from bgtasks_gui.client.phrases import tasks as task_phrases
from bgtasks_gui.core import runs
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.widgets.shape import Shape

_S = runs.RunState


class StatusBar(QFrame):
    """One sentence at the left, counts beside it, the version at the right."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        mark(self, role="statusbar")
        self.setFixedHeight(metrics.STATUS_BAR)
        self._parts = parts
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, metrics.EDGE, 0)
        row.setSpacing(10)
        self._shape = Shape("loader-circle", "second", 14)
        self._agent, self._counts, self._right = QLabel(), QLabel(), QLabel()
        for label in (self._agent, self._counts, self._right):
            label.setTextFormat(Qt.TextFormat.PlainText)
            mark(label, role="second")
        row.addWidget(self._shape)
        row.addWidget(self._agent)
        row.addWidget(self._counts)
        row.addStretch(1)
        row.addWidget(self._right)
        self.refresh()

    def refresh(self) -> None:
        bridge = self._parts.bridge
        if not bridge.is_connected:
            self._shape.set_icon("unplug", "failed" if bridge.is_loaded else "second")
            self._agent.setText("Agent away" if bridge.is_loaded else "Reaching the agent…")
            self._counts.setText("")
            return
        pause = bridge.pause
        if pause is not None and pause.paused:
            self._shape.set_icon("circle-pause", "waiting")
            self._agent.setText(f"Paused {task_phrases.until(pause, self._parts.now())}")
        else:
            self._shape.set_icon("circle-check", "done")
            self._agent.setText("Agent running")
        counts = self._parts.tally.counts
        said = (
            (counts[_S.RUNNING] + counts[_S.CANCELING], "running"),
            (counts[_S.WAITING] + counts[_S.PENDING], "waiting"),
            (counts[_S.SUSPENDED], "suspended"),
        )
        self._counts.setText(", ".join(f"{count:,} {word}" for count, word in said if count))
        if bridge.system is not None:
            self._right.setText(f"Background Tasks {bridge.system.health.version}")

"""What stands beside the page: the task in words, what to mind, and its next runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.client.phrases import tasks as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import durations
from bgtasks_gui.gui.editor.asking import NAMELESS
from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.style import fonts, mark
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire import shapes

WIDTH: Final = 296
_LONG: Final = re.compile(r"\S{28,}")
_PIECE: Final = re.compile(r".{1,16}")
_NONE_PLANNED: Final = "No time is planned. It runs when you start it, or on an event."


class Preview(QScrollArea):
    """The present task as the agent understands it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        mark(page, role="page")
        self._box = QVBoxLayout(page)
        self._box.setContentsMargins(20, 20, 20, 20)
        self._box.setSpacing(8)
        self.sentence = make_label("")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = make_label("", "second")
        self.warnings = _Lines()
        self.runs = _Lines()
        self.none = make_label(_NONE_PLANNED, "second")
        self._runs_title = make_label("Next runs", "section")
        self._add("In words", self.sentence, self.state, self.warnings)
        self._box.addSpacing(12)
        self._box.addWidget(self._runs_title)
        self._box.addWidget(self.none)
        self._box.addWidget(self.runs)
        self._box.addStretch(1)
        self.setWidget(page)
        self.wait()

    def _add(self, title: str, *parts: QWidget) -> None:
        self._box.addWidget(make_label(title, "section"))
        for part in parts:
            self._box.addWidget(part)

    def wait(self) -> None:
        """Nothing is known yet."""
        self._say("", "What you enter is said here in words.")
        self._show_runs(None)

    def show_checked(self, name: str, checked: shapes.CheckedView) -> None:
        """What the agent makes of it."""
        said = phrases.check_sentence(name or NAMELESS, checked)
        self._say(said[:1].upper() + said[1:], "")
        self.warnings.fill([_warning(text) for text in checked.warnings])
        self._show_runs(checked.next)

    def show_incomplete(self, label: str, text: str) -> None:
        """Something is missing or wrong, so there is nothing to say yet."""
        self._say("", f"Not ready yet. {label}: {text}" if label else f"Not ready yet. {text}")
        self._show_runs(None)

    def show_lost(self, sentence: str) -> None:
        """The agent is away; what was said last may not hold any more."""
        self._say("", f"{sentence} What you typed is kept.")
        self._show_runs(None)

    def _say(self, sentence: str, state: str) -> None:
        self.sentence.setText(_breakable(sentence))
        self.sentence.setVisible(bool(sentence))
        self.state.setText(_breakable(state))
        self.state.setVisible(bool(state))
        self.warnings.fill([])

    def _show_runs(self, chances: Sequence[shapes.ChanceView] | None) -> None:
        self._runs_title.setVisible(chances is not None)
        self.none.setVisible(chances is not None and not chances)
        now = times.now()
        self.runs.fill([_chance(one, now) for one in chances or ()])


class _Lines(QWidget):
    """Rows that are made anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self.rows: list[QWidget] = []

    def fill(self, rows: list[QWidget]) -> None:
        for row in self.rows:
            self._box.removeWidget(row)
            row.deleteLater()
        self.rows = rows
        for row in rows:
            self._box.addWidget(row)
        self.setVisible(bool(rows))


def _warning(text: str) -> QWidget:
    return _with_icon("triangle-alert", "waiting", make_label(text, "waiting"))


def _chance(chance: shapes.ChanceView, now: datetime) -> QWidget:
    """A planned time; where the clock or a blackout makes it odd, with the reason."""
    row = QWidget()
    box = QVBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(2)
    at = datetime.fromisoformat(chance.local)
    line = QHBoxLayout()
    line.addWidget(make_label(_day(at, now)), 1)
    clock = make_label(f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}")
    clock.setFont(fonts.text(weight=QFont.Weight.DemiBold, tabular=True))
    clock.setWordWrap(False)
    line.addWidget(clock)
    box.addLayout(line)
    if chance.note:
        note = make_label(chance.note, "waiting")
        box.addWidget(_with_icon("clock-alert", "waiting", note))
    return row


def _breakable(text: str) -> str:
    """The text with places to break what would be wider than the column."""
    return _LONG.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), text)


def _day(at: datetime, now: datetime) -> str:
    """ "Today", "Tomorrow", "Tue 24 Nov"."""
    days = (at.date() - now.astimezone().date()).days
    if days in (0, 1):
        return ("Today", "Tomorrow")[days]
    return durations.say_time(at, now).rsplit(" ", 1)[0]


def _with_icon(icon: str, role: str, words: QWidget) -> QWidget:
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    box.addWidget(Shape(icon, role), 0, Qt.AlignmentFlag.AlignTop)
    box.addWidget(words, 1)
    return row

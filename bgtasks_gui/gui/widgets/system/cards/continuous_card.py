"""The card of long work that programs show for as long as it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.gui.style import metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.gui.widgets.system import modes
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.gui.widgets.system.line import Line
from bgtasks_gui.gui.widgets.system.words import Words
from bgtasks_gui.wire.background import ContinuousView, ModeCheckView

_ACTIVE: Final = ("activity", "running")
_USED: Final = ("circle-check", "done")
_UNUSED: Final = ("circle-x", "failed")
_UNKNOWN: Final = ("circle-help", "second")
_AWAKE: Final = ("moon", "second")
_ASKED: Final = "Cancelling…"


class ContinuousCard(SystemCard):
    """Continuous tasks, each with its modes and whether they are used.

    Signals: `cancel_wanted` with the number of one.
    """

    cancel_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__("Continuous tasks", "No program says that it works for long now.")
        self.entries = Entries[tuple[ContinuousView, datetime], ContinuousLine](
            self.body, self._make, lambda line, shown: line.show_task(*shown)
        )

    def settle(self, number: int) -> None:
        """What was asked for is confirmed or refused."""
        line = self.entries.find(number)
        if line is not None:
            line.show_asked(is_asked=False)

    def show_tasks(self, tasks: Sequence[ContinuousView], now: datetime) -> None:
        """Say what goes on."""
        self.entries.show_all({one.id: (one, now) for one in tasks})
        self.show_emptiness(is_empty=not tasks)

    def _make(self) -> ContinuousLine:
        line = ContinuousLine()
        line.cancel_wanted.connect(self.cancel_wanted)
        return line


class ContinuousLine(Line):
    """One of them.

    Signals: `cancel_wanted` with its number.
    """

    cancel_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self.button = QPushButton("Cancel")
        self.button.setProperty("small", True)
        self.button.clicked.connect(self._on_clicked)
        self.right.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.about = ElidedLabel("", "second")
        self.below.addWidget(self.about)
        self.awake = CheckLine()
        self.awake.say(_AWAKE, "Keeps the computer awake")
        self._column = QVBoxLayout()
        self._column.setSpacing(3)
        self._column.setContentsMargins(0, 3, 0, 0)
        self.below.addLayout(self._column)
        self.below.addWidget(self.awake)
        self.checks = Entries[ModeCheckView, CheckLine](
            self._column, CheckLine, lambda line, check: line.show_check(check)
        )

    def show_task(self, task: ContinuousView, now: datetime) -> None:
        """Say what it does, for whom, and whether it does what it says."""
        self._number = task.id
        title = text.one_line(task.title) or text.one_line(task.owner)
        self.say(_ACTIVE, title, task.text, f"since {times.clock(task.started_at, now)}")
        self.about.set_text(", ".join(_about(task)))
        self.about.setVisible(bool(self.about.text()))
        self.awake.setVisible(task.keeps_awake)
        self.button.setAccessibleName(f"Cancel {title}")
        known = {one.mode: one for one in task.checks}
        # A mode of which nothing is told is declared, and that is all that is known.
        self.checks.show_all(
            {
                one: known.get(one, ModeCheckView(mode=one, used=None, sentence=""))
                for one in task.modes
            }
        )

    def show_asked(self, *, is_asked: bool) -> None:
        """Say that its end was asked for, until that is confirmed or refused."""
        self.button.setEnabled(not is_asked)
        self.button.setText(_ASKED if is_asked else "Cancel")

    def _on_clicked(self) -> None:
        self.show_asked(is_asked=True)
        self.cancel_wanted.emit(self._number)


class CheckLine(QWidget):
    """A mode and whether it is used."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._shape, self._words = Shape(size=metrics.SMALL_ICON), Words()
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)

    def say(self, shape: tuple[str, str], words: str) -> None:
        """Say this."""
        self._shape.set_icon(*shape)
        self._words.say(words)

    def show_check(self, check: ModeCheckView) -> None:
        """Say what was found."""
        found = _USED if check.used else _UNUSED
        label, sentence = modes.label(check.mode), text.one_line(check.sentence)
        said = f"{label}. {sentence[:1].upper()}{sentence[1:]}" if sentence else label
        self.say(_UNKNOWN if check.used is None else found, said)


def _about(task: ContinuousView) -> Iterator[str]:
    if task.title:
        yield text.one_line(task.owner)
    if task.ability != "main":
        yield text.one_line(task.ability)

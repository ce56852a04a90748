"""The panel of a test run: how it stands in a sentence, and what it prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.editor.parts.output import Output
from bgtasks_gui.gui.style import icons, mark
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire import shapes

_LOG_HEIGHT: Final = 116
_TOP: Final = Qt.AlignmentFlag.AlignTop


class Shows(Protocol):
    """A widget that shows the output of a run."""

    def show_run(self, run: shapes.RunView | None) -> None: ...


#: Makes what shows the output; it is a widget with `show_run`.
MakeLog = Callable[[Client], QWidget]


class TrialPanel(QFrame):
    """One test run.

    Signals: `cancel_wanted` and `closed` when the person presses the button.
    """

    cancel_wanted = Signal()
    closed = Signal()

    def __init__(self, client: Client, make_log: MakeLog = Output) -> None:
        super().__init__()
        mark(self, role="pane")
        self.log = make_log(client)
        self.log.setFixedHeight(_LOG_HEIGHT)
        self._shape = Shape("loader-circle", "running")
        self.title = make_label("Test run", "strong")
        self.title.setWordWrap(False)
        self.sentence = make_label("")
        self.cancel_button = QPushButton("Cancel test run")
        self.cancel_button.setProperty("small", True)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.close_button = QToolButton()
        mark(self.close_button, role="quiet")
        icons.bind(self.close_button, "x", "second")
        self.close_button.setAccessibleName("Close the test run")
        self.close_button.setToolTip("Close")
        self.close_button.clicked.connect(self.closed)
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 8, 12, 0)
        head.setSpacing(8)
        shape = QVBoxLayout()
        shape.setContentsMargins(0, 6, 0, 0)
        shape.addWidget(self._shape)
        shape.addStretch(1)
        head.addLayout(shape)
        for label, stretch in ((self.title, 0), (self.sentence, 1)):
            label.setContentsMargins(0, 6, 0, 6)
            head.addWidget(label, stretch, _TOP)
        for button in (self.cancel_button, self.close_button):
            head.addWidget(button, 0, _TOP)
        body = QHBoxLayout()
        body.setContentsMargins(16, 0, 12, 8)
        body.addWidget(self.log)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(head)
        box.addLayout(body, 1)

    def begin(self) -> None:
        """A test run was asked for."""
        self._say("loader-circle", "running", "is being started…")
        self._shows.show_run(None)
        self.cancel_button.show()
        self.log.show()
        self.show()

    def show_run(self, run: shapes.RunView) -> None:
        """How the run stands now."""
        self._shows.show_run(run)
        if not phrases.has_ended(run):
            note = phrases.note(run, times.now())
            word = phrases.word(run.state)
            self._say("loader-circle", "running", f"{word}: {note}" if note else f"{word}…")

    def show_end(self, run: shapes.RunView, sentence: str) -> None:
        """How it ended, in words."""
        self._shows.show_run(run)
        is_done = run.state == "completed"
        icon, role = ("circle-check", "done") if is_done else ("circle-x", "failed")
        if run.state == "canceled":
            icon, role = "circle-slash", "paused"
        self._say(icon, role, sentence)
        self.cancel_button.hide()

    def show_refusal(self, sentence: str) -> None:
        """Why there is no test run."""
        self._say("circle-x", "failed", sentence)
        self.cancel_button.hide()
        self.log.hide()

    @property
    def _shows(self) -> Shows:
        return cast(Shows, self.log)

    def _say(self, icon: str, role: str, sentence: str) -> None:
        self._shape.set_icon(icon, role)
        self.sentence.setText(sentence)
        self.sentence.setToolTip(sentence)
        self.setAccessibleName(f"Test run: {sentence}")

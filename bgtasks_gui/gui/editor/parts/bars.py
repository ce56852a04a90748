"""The bottom of the editor: its buttons, and the bar that asks and tells above them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.shape import Shape

#: A button of a question: its words, its role, and what it does.
Answer = tuple[str, str, Callable[[], object]]


class AskBar(QWidget):
    """A sentence inside the window, with what can be done about it; never a box over it."""

    def __init__(self) -> None:
        super().__init__()
        self._shape = Shape("triangle-alert", "waiting", 18)
        self.words = make_label("", "strong")
        self.buttons: list[QPushButton] = []
        self.frame = QFrame()
        around = QHBoxLayout(self)
        around.setContentsMargins(12, 10, 12, 10)
        around.addWidget(self.frame)
        self._row = QHBoxLayout(self.frame)
        self._row.setContentsMargins(12, 8, 8, 8)
        self._row.setSpacing(10)
        self._row.addWidget(self._shape)
        self._row.addWidget(self.words, 1)
        self.hide()

    def ask(self, question: str, *answers: Answer) -> None:
        """Show a question; the last answer has the focus, so that Enter does no harm."""
        self._fill("banner", "triangle-alert", "waiting", question, answers)
        self.buttons[-1].setFocus()

    def tell(self, sentence: str) -> None:
        """Say what went wrong."""
        self._fill("alarm", "circle-x", "failed", sentence, (("Close", "", self.hide),))

    def _fill(
        self, tone: str, icon: str, role: str, words: str, answers: tuple[Answer, ...]
    ) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        mark(self.frame, role=tone)
        self._shape.set_icon(icon, role)
        self.words.setText(words)
        self.setAccessibleName(words)
        self.buttons = [self._make_button(answer) for answer in answers]
        self.show()

    def _make_button(self, answer: Answer) -> QPushButton:
        words, role, act = answer
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setProperty("small", True)
        if role:
            mark(button, role=role)
        button.clicked.connect(lambda: act())
        self._row.addWidget(button)
        # At once, since what is not there yet cannot have the focus.
        button.show()
        return button


class Buttons(QFrame):
    """What the editor can do.

    Signals: `trial_wanted`, `cancel_wanted` and `save_wanted` when the person presses the button.
    """

    trial_wanted = Signal()
    cancel_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, save_words: str) -> None:
        super().__init__()
        mark(self, role="statusbar")
        self._save_words = save_words
        self.trial = QPushButton("Test run")
        icons.bind(self.trial, "play")
        self.trial.setToolTip("Run it once now, in the agent's own environment")
        self.trial.clicked.connect(self.trial_wanted)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.cancel_wanted)
        self.save = QPushButton(save_words)
        mark(self.save, role="primary")
        self.save.setToolTip("Ctrl+Enter")
        self.save.clicked.connect(self.save_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE, 12, metrics.EDGE, 12)
        row.setSpacing(metrics.GAP)
        row.addWidget(self.trial)
        row.addStretch(1)
        for button in (self.cancel, self.save):
            row.addWidget(button)
        for button in (self.trial, self.cancel, self.save):
            # Enter in a field is for the field.
            button.setAutoDefault(False)

    def set_saving(self, is_saving: bool) -> None:
        self.save.setEnabled(not is_saving)
        self.save.setText("Saving…" if is_saving else self._save_words)

    def set_trying(self, is_trying: bool) -> None:
        self.trial.setEnabled(not is_trying)

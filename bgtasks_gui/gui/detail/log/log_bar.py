"""The line above a log: how the run stands, and what can be done with its output."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire import shapes

#: From this width on there is room for words on all buttons.
_ROOMY: Final = 760
#: Milliseconds without a key after which is searched.
_TYPING_MS: Final = 200
_SEARCH_WIDTH: Final = 190
_FIGURES_WIDTH: Final = 84


class LogBar(QWidget):
    """Shows and asks; what is asked for is done elsewhere.

    Signals: `searched` with the text to find, or with nothing; `stepped` with whether forward;
    `wrap_toggled` and `follow_toggled` by the person; `copy_asked`, `save_asked`.
    """

    searched = Signal(str)
    stepped = Signal(bool)
    wrap_toggled = Signal(bool)
    follow_toggled = Signal(bool)
    copy_asked = Signal()
    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = Shape()
        self._word = QLabel()
        self._rest = ElidedLabel(role="second")
        self._done = QLabel()
        self._field = QLineEdit()
        self._figures = QLabel()
        self._previous = _button("chevron-up", "Previous hit (Shift+Enter)")
        self._next = _button("chevron-down", "Next hit (Enter)")
        self._wrap = _button("wrap-text", "Wrap long lines", is_switch=True)
        self._follow = _button("arrow-down-to-line", "Follow", is_switch=True)
        self._copy = _button("copy", "Copy all")
        self._save = _button("save", "Save as…")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._build_field()
        self._arrange()
        self._connect()
        self.show_hits("")

    # What is shown

    def show_run(self, run: shapes.RunView, now: datetime) -> None:
        """Say how it stands."""
        look = states.APPEARANCES[str(run.state)]
        self._shape.set_icon(look.icon, look.role)
        self._word.setText(look.word)
        mark(self._word, role=look.role)
        self._rest.set_text(standing(run, now))
        self._follow.setVisible(not phrases.has_ended(run))

    def show_following(self, follows: bool) -> None:
        self._follow.setChecked(follows)

    def show_wrapping(self, wraps: bool) -> None:
        self._wrap.setChecked(wraps)

    def show_hits(self, words: str, *, can_step: bool = False) -> None:
        """Say what was found, "3 of 17"."""
        self._figures.setText(words)
        for widget in (self._figures, self._previous, self._next):
            widget.setVisible(bool(self._field.text()))
        for button in (self._previous, self._next):
            button.setEnabled(can_step)

    def show_done(self, words: str, *, is_trouble: bool = False) -> None:
        """Say what was just done with the output."""
        self._done.setText(words)
        mark(self._done, role="error" if is_trouble else "second")
        self._done.setVisible(bool(words))

    def set_usable(self, can_use: bool) -> None:
        """Whether there is output to copy and to save."""
        self._copy.setEnabled(can_use)
        self._save.setEnabled(can_use)

    # Searching

    def focus_search(self) -> None:
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def search_text(self) -> str:
        return self._field.text()

    def clear_search(self) -> None:
        self._field.clear()
        self._on_typing_rested()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and self._take_key(event):
                return True
            # Escape is also a shortcut of the window; while there is text, it clears that.
            is_escape = event.key() == Qt.Key.Key_Escape and bool(self._field.text())
            if event.type() == QEvent.Type.ShortcutOverride and is_escape:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._typing.isActive():
                self._on_typing_rested()
            else:
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.stepped.emit(not back)
            return True
        if event.key() == Qt.Key.Key_Escape and self._field.text():
            self.clear_search()
            return True
        return False

    def _on_typing_rested(self) -> None:
        self._typing.stop()
        self.searched.emit(self._field.text())

    # Its parts

    def _build_field(self) -> None:
        mark(self._field, role="search")
        self._field.setProperty("small", "true")
        self._field.setPlaceholderText("Find in output")
        self._field.setAccessibleName("Find in output")
        self._field.setClearButtonEnabled(True)
        leading = QLineEdit.ActionPosition.LeadingPosition
        self._field.addAction(icons.icon("search", "second"), leading)
        self._field.setFixedWidth(_SEARCH_WIDTH)
        self._field.installEventFilter(self)
        mark(self._figures, role="second")
        self._figures.setFixedWidth(_FIGURES_WIDTH)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE, 4, metrics.EDGE - 4, 4)
        row.setSpacing(4)
        row.addWidget(self._shape)
        row.addSpacing(2)
        row.addWidget(self._word)
        row.addSpacing(2)
        row.addWidget(self._rest, 1)
        for widget in (self._field, self._figures, self._previous, self._next):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self._done)
        for button in (self._wrap, self._follow, self._copy, self._save):
            row.addWidget(button)

    def _connect(self) -> None:
        self._field.textChanged.connect(self._on_text_changed)
        self._typing.timeout.connect(self._on_typing_rested)
        self._previous.clicked.connect(lambda: self.stepped.emit(False))
        self._next.clicked.connect(lambda: self.stepped.emit(True))
        self._wrap.clicked.connect(self.wrap_toggled)
        self._follow.clicked.connect(self.follow_toggled)
        self._copy.clicked.connect(lambda: self.copy_asked.emit())
        self._save.clicked.connect(lambda: self.save_asked.emit())

    def _on_text_changed(self) -> None:
        self._typing.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        is_roomy = self.width() >= _ROOMY
        for button in (self._follow, self._copy, self._save):
            button.setToolButtonStyle(
                styles.ToolButtonTextBesideIcon if is_roomy else styles.ToolButtonIconOnly
            )


def standing(run: shapes.RunView, now: datetime) -> str:
    """Beside the word for the state: since when, how long it took, and how its process ended."""
    parts = []
    if phrases.has_ended(run):
        parts.append(times.when(run.completed_at or run.triggered_at, now))
        took = phrases.took(run, now)
        parts.append(f"took {took}" if took else "")
        parts.append("" if run.exit_code is None else f"exit status {run.exit_code}")
    elif run.state is runs.RunState.RUNNING:
        parts.append(f"for {phrases.took(run, now)}")
    else:
        parts.append(text.one_line(phrases.note(run, now)))
    parts.append(f"attempt {run.attempt}" if run.attempt > 1 else "")
    return ", ".join(part for part in parts if part)


def _button(icon: str, name: str, *, is_switch: bool = False) -> QToolButton:
    button = QToolButton()
    mark(button, role="quiet")
    button.setText(name)
    icons.bind(button, icon)
    button.setToolTip(name)
    button.setCheckable(is_switch)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button

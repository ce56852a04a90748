"""The pane below a list: the selected task or run, looked at from several sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bgtasks_gui.client.phrases import text
from bgtasks_gui.gui.actions.catalogue import BY_NAME, Subject
from bgtasks_gui.gui.actions.offered import Offered
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape

#: Actions that have a button in the pane, as far as they fit.
_BUTTONS: Final = (
    *("new_address", "resume", "suspend", "cancel", "retry", "open_file", "open_folder"),
    *("run", "edit"),
)
_MOST_BUTTONS: Final = 4
_HEAD_GAP: Final = 10
#: Pixels of the head beside the buttons and the word for the state: signs, edges, a short name.
_HEAD_WIDTH: Final = 240
#: Milliseconds that further changes are waited for before a tab asks the agent anew.
_GATHER_MS: Final = 200
#: Live values (a battery, the time of day) are asked for again as often, while they are looked at.
_AGAIN_MS: Final = 10_000


class Tab(Protocol):
    """One side of a task or run; a widget."""

    def show_subject(self, subject: Subject) -> None: ...

    async def read(self) -> None:
        """Ask the agent for what the mirror does not have; called while the tab is seen."""
        ...


def _always(_subject: Subject) -> bool:
    return True


class Side(NamedTuple):
    """A side by its title; it is made when it is first looked at."""

    title: str
    make: Callable[[], Tab]
    #: Whether a subject has this side.
    fits: Callable[[Subject], bool] = _always


class Pane(QFrame):
    """What is selected.

    Signals: `closed` when the person closes it, `left` when the keyboard has to go elsewhere.
    """

    closed = Signal()
    left = Signal()

    def __init__(self, sides: Sequence[Side], offered: Offered) -> None:
        super().__init__()
        mark(self, role="pane")
        self._offered = offered
        self._subject = Subject(None, None)
        self._reading: asyncio.Task[None] | None = None
        self._is_live = True
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._read)
        self._sides = tuple(sides)
        self._made: dict[int, Tab] = {}
        #: The side that the person turned to, also while what is selected has none such.
        self._wanted = 0
        self._stack = QStackedWidget(self)
        self._is_filled = False
        self.setMinimumHeight(150)

    @property
    def bar(self) -> QTabBar:
        """The titles of the sides."""
        self._fill()
        return self._bar

    def _fill(self) -> None:
        """Make what is in the pane, when it is first needed: the first picture does without."""
        if self._is_filled:
            return
        self._is_filled = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._make_head())
        bar = self._bar = QTabBar()
        # They fit on the narrowest window; the chosen one is a little wider than Qt expects.
        bar.setUsesScrollButtons(False)
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setAccessibleName("Sides of what is selected")
        for side in self._sides:
            bar.addTab(side.title)
        bar.currentChanged.connect(self._on_tab_changed)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        row.addWidget(bar)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._stack, 1)

    @property
    def subject(self) -> Subject:
        return self._subject

    def show_subject(self, subject: Subject, state: str) -> None:
        """Tell of a task or run, or of its newer state, which is the one of its row."""
        is_other = subject.ids != self._subject.ids
        self._subject = subject
        self._fill()
        self._show_head(state)
        self._offer_sides()
        if self.isVisible():
            self._current().show_subject(subject)
        self._offered.refresh()
        self._show_buttons()
        self._ask_in(0 if is_other else _GATHER_MS)

    def show_tab(self, title: str) -> None:
        """Turn to a side by its title."""
        at = next(at for at, side in enumerate(self._sides) if side.title == title)
        self.bar.setCurrentIndex(at)

    def set_live(self, *, is_live: bool) -> None:
        """Ask the agent only while the window is seen and the agent is there."""
        self._is_live = is_live
        self._gather.stop()
        self._ask_in(0)

    async def close_reading(self) -> None:
        """End what is under way."""
        self.set_live(is_live=False)
        for tab in self._made.values():
            cast(QWidget, tab).close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    # Inside

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE, 0, 12, 0)
        row.setSpacing(_HEAD_GAP)
        self._shape = Shape(size=metrics.STATE_ICON)
        self._name = ElidedLabel(role="heading", is_greedy=False)
        self._word = QLabel()
        row.addWidget(self._shape)
        row.addWidget(self._name)
        row.addWidget(self._word)
        row.addStretch(1)
        self._buttons = {name: self._make_button(name) for name in _BUTTONS}
        for button in self._buttons.values():
            row.addWidget(button)
        close = QToolButton()
        mark(close, role="quiet")
        icons.bind(close, "x", "second")
        close.setAccessibleName("Close the details")
        close.setToolTip("Close the details (Ctrl+I)")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        return row

    def _make_button(self, name: str) -> QPushButton:
        action = BY_NAME[name]
        button = QPushButton(action.text)
        button.setProperty("small", True)
        icons.bind(button, action.icon, "text", 14)
        offered: QAction = self._offered.actions[name]
        button.setToolTip(offered.toolTip())
        button.clicked.connect(offered.trigger)
        button.hide()
        return button

    def _show_head(self, state: str) -> None:
        look = states.APPEARANCES[state]
        self._shape.set_state(state)
        self._name.set_text(text.one_line(self._subject.name))
        self._word.setText(look.word)
        mark(self._word, role=look.role)

    def _show_buttons(self) -> None:
        shown, room = set[str](), self.width() - _HEAD_WIDTH - self._word.sizeHint().width()
        for name, button in self._buttons.items():
            is_offered = self._offered.actions[name].isEnabled() and len(shown) < _MOST_BUTTONS
            if name == "run" and "retry" in shown:
                # The same once more, but without the arguments it had.
                is_offered = False
            if name == "new_address" and not self._needs_address:
                # It can have one, but nothing is wrong with the old one.
                is_offered = False
            room -= (button.sizeHint().width() + _HEAD_GAP) * is_offered
            if is_offered and room >= 0:
                shown.add(name)
            elif button.hasFocus():
                # Qt would hand it to the next button, which may start something.
                self.left.emit()
            button.setVisible(name in shown)

    @property
    def _needs_address(self) -> bool:
        run = self._subject.run
        reason = None if run is None else run.reason
        return reason is not None and reason.remedy_action == "address"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_filled:
            self._show_buttons()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_tab_changed()

    def _current(self) -> Tab:
        at = self.bar.currentIndex()
        if at not in self._made:
            made = self._made[at] = self._sides[at].make()
            assert isinstance(made, QWidget)
            self._stack.addWidget(made)
        return self._made[at]

    def _offer_sides(self) -> None:
        """Show the sides that there are of it, and turn to the wanted one if that is among them."""
        wanted = self._wanted
        fitting = [at for at, side in enumerate(self._sides) if side.fits(self._subject)]
        for at in range(len(self._sides)):
            self._bar.setTabVisible(at, at in fitting)
        # Qt does not ask it again by itself how wide it is with these.
        self._bar.updateGeometry()
        self._bar.setCurrentIndex(wanted if wanted in fitting else fitting[0])
        self._wanted = wanted

    def _on_tab_changed(self) -> None:
        self._wanted = self.bar.currentIndex()
        tab = self._current()
        self._stack.setCurrentWidget(cast(QWidget, tab))
        tab.show_subject(self._subject)
        self._ask_in(0)

    def _ask_in(self, wait_ms: int) -> None:
        if self._is_live:
            self._gather.start(wait_ms)

    def _read(self) -> None:
        if not self._is_live or not self.isVisible() or self._subject == Subject(None, None):
            return
        if self._reading is not None and not self._reading.done():
            # The answer under way may be older than what is asked for now.
            self._ask_in(_GATHER_MS)
            return
        self._reading = asyncio.ensure_future(self._current().read())
        self._reading.add_done_callback(self._on_read)

    def _on_read(self, reading: asyncio.Task[None]) -> None:
        if reading.cancelled():
            return
        error = reading.exception()
        if error is not None:
            raise error
        if not self._gather.isActive():
            self._ask_in(_AGAIN_MS)

"""What every page of the window is given, and what it promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.gui.prefs import Keeper
from bgtasks_gui.gui.style import mark


@dataclass(frozen=True)
class Parts:
    """What pages are built on; there is one of each in a window."""

    bridge: Bridge
    tally: Tally
    asked: Asked
    performer: Performer
    tasks: TaskTable
    keeper: Keeper
    now: Callable[[], datetime]


class Page(QWidget):
    """One page of the window.

    Signals: `selection_changed`; `menu_wanted` with a place on the screen; `opened` with a subject
    on Enter or double click; `page_wanted` with the name of another page and a state to show there;
    `new_wanted` to add a task; `samples_wanted` to add the sample tasks; `transfer_wanted` with an
    `Offer` of addresses and files to move, or None; `counted` when the figure in the sidebar may be
    another one.
    """

    selection_changed = Signal()
    menu_wanted = Signal(object)
    opened = Signal(object)
    page_wanted = Signal(str, str)
    new_wanted = Signal()
    samples_wanted = Signal()
    transfer_wanted = Signal(object)
    counted = Signal()

    #: The page's word in settings, its title, and its icon in the sidebar.
    name: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    #: Whether what is selected is looked at in the pane below.
    has_pane: ClassVar[bool] = True
    #: What the search field says; "" is no search here.
    search_hint: ClassVar[str] = ""
    #: What is added here, on the button for it, and the key beside it.
    new_words: ClassVar[tuple[str, str]] = ("New task", "Ctrl+N")

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        mark(self, role="surface")
        self.parts = parts

    @property
    def is_seen(self) -> bool:
        """Whether somebody can look at it now."""
        return self.isVisible() and not self.window().isMinimized()

    def add(self) -> None:
        """Begin what the button for something new is for."""
        self.new_wanted.emit()

    def count(self) -> tuple[int, str]:
        """The figure in the sidebar, and the state whose colour it has; 0 shows none."""
        return 0, ""

    def subjects(self) -> Sequence[Subject]:
        """What is selected."""
        return ()

    def state_of(self, subject: Subject) -> str:
        """The state that a subject is shown in here; "" where nothing is known of it."""
        task, run = subject
        if run is not None:
            return str(run.state)
        return "" if task is None else states.of_task(task, None)

    def search(self, words: str) -> None:
        """Show only what holds these words."""

    def show_state(self, state: str) -> None:
        """Show only what is in this state."""

    def pick(self, row_id: str) -> bool:
        """Select a task or run; False where it is not here."""
        return False

    def set_stale(self, *, is_stale: bool) -> None:
        """Grey what may not be true any more."""

    def focus_list(self) -> None:
        """Put the keyboard where one goes through what is here."""
        self.setFocus()

    def refresh(self) -> None:
        """What is said of times has changed."""

    def appear(self) -> None:
        """The page is looked at from now on."""

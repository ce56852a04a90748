"""A card of the page of the machine: a title, what stands in it by its keys, or why nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.system.words import Words

_MARGIN: Final = 16
UNREAD: Final = "Reading…"
UNKNOWN: Final = "Not known while the agent is away."


class SystemCard(QFrame):
    """A title with a note, and room below; `nothing` is said where that is empty."""

    def __init__(self, title: str, nothing: str) -> None:
        super().__init__()
        mark(self, role="card")
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 14)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        named = QLabel(title)
        mark(named, role="strong")
        self.note = ElidedLabel("", "second", is_greedy=False)
        head.addWidget(named)
        head.addStretch(1)
        head.addWidget(self.note)
        column.addLayout(head)
        self._nothing = nothing
        self.empty = Words()
        column.addWidget(self.empty)
        # Only now: what is shown without a parent is a window.
        self.empty.say(UNREAD)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        column.addLayout(self.body)

    def show_unknown(self) -> None:
        """Say that it is not known, where the agent went before it told."""
        if self.empty.text() == UNREAD:
            self.empty.say(UNKNOWN)

    def show_emptiness(self, *, is_empty: bool) -> None:
        """Say that there is nothing, or leave that out."""
        self.empty.say(self._nothing if is_empty else "")


V = TypeVar("V")
W = TypeVar("W", bound=QWidget)


class Entries(QObject, Generic[V, W]):
    """Widgets in a layout, one for each key, so that each stays with what it is about.

    A button that has the keyboard must not become one about something else under the finger.
    """

    def __init__(
        self, column: QVBoxLayout, make: Callable[[], W], show: Callable[[W, V], None]
    ) -> None:
        super().__init__(column)
        self._column = column
        self._make = make
        self._show = show
        self._shown: dict[object, W] = {}

    def show_all(self, views: Mapping[object, V]) -> None:
        """Show these, in this order."""
        for gone in self._shown.keys() - views.keys():
            self._take_out(self._shown.pop(gone))
        for at, (key, view) in enumerate(views.items()):
            widget = self._shown.get(key)
            if widget is None:
                widget = self._shown[key] = self._make()
            if self._column.indexOf(widget) != at:
                self._column.insertWidget(at, widget)
            self._show(widget, view)

    def find(self, key: object) -> W | None:
        """What stands for this key."""
        return self._shown.get(key)

    def all(self) -> list[W]:
        """What is shown, from top to bottom."""
        return sorted(self._shown.values(), key=self._column.indexOf)

    def _take_out(self, widget: W) -> None:
        self._column.removeWidget(widget)
        focused = widget.window().focusWidget()
        if widget.isAncestorOf(focused):
            # Not to the next one like it, where the same key does the same to something else.
            focused.clearFocus()
        widget.hide()
        widget.deleteLater()

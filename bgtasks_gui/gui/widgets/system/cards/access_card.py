"""The card of which programs may work in the background, with a switch each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from PySide6.QtCore import Qt, Signal

from bgtasks_gui.client.phrases import text
from bgtasks_gui.gui.widgets.system import modes
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.gui.widgets.system.line import Line
from bgtasks_gui.gui.widgets.system.switch import Switch
from bgtasks_gui.wire.background import AccessView

_ALLOWED: Final = ("circle-check", "done")
_DENIED: Final = ("circle-slash", "paused")


class AccessCard(SystemCard):
    """Programs.

    Signals: `switched` with an `AccessView` as it is to be.
    """

    switched = Signal(object)

    def __init__(self) -> None:
        super().__init__("Background access", "No program has asked to work in the background.")
        self.entries = Entries[AccessView, AccessLine](
            self.body, self._make, lambda line, access: line.show_access(access)
        )

    def show_access(self, access: Sequence[AccessView]) -> None:
        """Say which programs may."""
        self.entries.show_all({one.owner: one for one in access})
        self.show_emptiness(is_empty=not access)

    def _make(self) -> AccessLine:
        line = AccessLine()
        line.switched.connect(self.switched)
        return line


class AccessLine(Line):
    """A program and its switch.

    Signals: `switched` with the access as it is to be.
    """

    switched = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._access: AccessView | None = None
        self.switch = Switch()
        self.switch.clicked.connect(self._on_clicked)
        self.right.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignTop)

    def show_access(self, access: AccessView) -> None:
        """Say what it may."""
        self._access = access
        owner = text.one_line(access.owner)
        shape = _ALLOWED if access.keep_running else _DENIED
        self.say(shape, owner, _said(access))
        self.switch.setAccessibleName(f"{owner} may work in the background")
        self.switch.setChecked(access.keep_running)
        self.switch.setEnabled(True)

    def _on_clicked(self, is_on: bool) -> None:
        assert self._access is not None
        # Until it is confirmed it is as it was.
        self.switch.setChecked(not is_on)
        self.switch.setEnabled(False)
        self.switched.emit(msgspec.structs.replace(self._access, keep_running=is_on))


def _said(access: AccessView) -> str:
    what = modes.labels(access.modes)
    if access.keep_running:
        return what or "Works in the background"
    return f"Denied: {what[:1].lower()}{what[1:]}" if what else "Denied"

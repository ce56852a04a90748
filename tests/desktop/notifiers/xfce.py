"""Xfce's own notification service as a person meets it: windows with buttons, for the mouse."""

from __future__ import annotations

import time

from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.screen import Window

_PROGRAM = "xfce4-notifyd"
#: One that is still opening is lower.
_LEAST_HEIGHT = 50
#: From the right lower corner of a window to the middle of the last button, and to the one before.
_ASIDE, _ABOVE, _NEXT = 57, 30, 92
#: It has its place and its size when it keeps them so long, in seconds.
_MOMENT_S = 0.3


class Xfce:
    """xfce4-notifyd on a desktop, from `start` on."""

    def __init__(self, desktop: Session) -> None:
        self._desktop = desktop

    def start(self) -> None:
        needs.require(needs.NOTIFIERS["xfce"])
        self._desktop.start_notifier("xfce")

    def windows(self) -> list[Window]:
        """One for each notice."""
        found = self._desktop.windows(_PROGRAM)
        return [one for one in found if one.height > _LEAST_HEIGHT]

    def wait_for(self, count: int) -> None:
        self._desktop.wait_for(lambda: len(self.windows()) == count, f"{count} notices")

    def press(self, place: int) -> float:
        """Click on the button that is so many places from the right; when it went down."""
        self._desktop.wait_for(self._stands_still, "notice that stands still")
        [window] = self.windows()
        x = window.x + window.width - _ASIDE - place * _NEXT
        self._desktop.move_pointer(x, window.y + window.height - _ABOVE)
        pressed = time.monotonic()
        self._desktop.click(x, window.y + window.height - _ABOVE)
        return pressed

    def _stands_still(self) -> bool:
        # It grows while it appears, so that a click may come too early.
        before = self.windows()
        until = time.monotonic() + _MOMENT_S
        self._desktop.wait_for(lambda: time.monotonic() > until, "moment")
        return len(before) == 1 and self.windows() == before

"""The card of what keeps the computer from sleep and shutdown (W32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import awake, text, times
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.gui.widgets.system.line import Line
from bgtasks_gui.wire.background import HoldView

_KEPT: Final = ("moon", "running")
_ASKED: Final = ("hourglass", "waiting")
_UNKNOWN: Final = ("circle-help", "waiting")


class HoldsCard(SystemCard):
    """Holds, each with why and since when."""

    def __init__(self) -> None:
        super().__init__("Sleep and shutdown", awake.NOTHING)
        self.entries = Entries[tuple[HoldView, datetime], Line](self.body, Line, _show)

    def show_holds(self, holds: Sequence[HoldView], now: datetime) -> None:
        """Say what holds the computer now."""
        # There may be two for the same reason.
        self.entries.show_all({(at, one.what): (one, now) for at, one in enumerate(holds)})
        self.show_emptiness(is_empty=not holds)


def _show(line: Line, shown: tuple[HoldView, datetime]) -> None:
    hold, now = shown
    what, why = awake.kept_from(hold.what), text.one_line(hold.why)
    since = "" if hold.since is None else f"since {times.clock(hold.since, now)}"
    if hold.is_held is None:
        line.say(_UNKNOWN, f"Cannot be kept from {what} here", why)
    elif hold.is_held:
        line.say(_KEPT, f"Kept from {what}", why, since)
    else:
        line.say(_ASKED, f"Not kept from {what} yet", why, since)

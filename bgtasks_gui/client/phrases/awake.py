"""What keeps the computer from sleep and shutdown, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import background

NOTHING: Final = "Nothing keeps this computer from sleep or shutdown."
#: Words of logind, for a person.
_WHAT: Final = {
    "idle": "sleep while idle",
    "sleep": "sleep",
    "shutdown": "shutdown",
    "handle-lid-switch": "sleep with the lid closed",
}


def told(hold: background.HoldView, now: datetime) -> str:
    """ "Kept from sleep and shutdown since 14:02: Backup: 3 of 7 parts."."""
    what, why = kept_from(hold.what), text.one_line(hold.why)
    since = "" if hold.since is None else f" since {times.clock(hold.since, now)}"
    if hold.is_held is None:
        return f"Cannot be kept from {what} here: {why}"
    return f"Kept from {what}{since}: {why}" if hold.is_held else f"Not kept from {what} yet: {why}"


def kept_from(what: str) -> str:
    """ "sleep and shutdown" for "sleep:shutdown"."""
    words = [_WHAT.get(one, text.one_line(one)) for one in what.split(":") if one]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

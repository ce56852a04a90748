"""Who tells the person, and what became of a notice, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import shapes

#: A count on an icon shows nothing of what a notice says.
BESIDE: Final = frozenset({"launcher"})
#: Nor does a list of running work tell of an end or a failure.
SILENT: Final = BESIDE | {"kde_jobs"}
#: What became of a notice that was shown.
_OUTCOMES: Final = {
    "added": "shown",
    "removed": "dismissed",
    "expired": "expired",
    "cleared": "taken down",
}


def outcome(notice: shapes.NoticeView) -> str:
    """ "dismissed", "held back: Quiet hours.", "not shown: no service was there"."""
    if notice.outcome == "held_back":
        why = text.one_line(notice.held_because or "")
        return f"held back: {why}" if why else "held back"
    if not set(notice.surfaces) - BESIDE:
        return "not shown: no service was there"
    return _OUTCOMES.get(notice.outcome, text.one_line(notice.outcome))


def messenger(telling: shapes.TellingView) -> shapes.SurfaceView | None:
    """The one that tells everything now; None where nobody does."""
    used = (one for one in telling.surfaces if one.is_used and one.name not in SILENT)
    return next(used, None)


def told_by(telling: shapes.TellingView, now: datetime) -> str:
    """Who shows notices now, whether quiet hours are on, and what was held back."""
    found = messenger(telling)
    said = ["No service shows notices here; the window's tray icon does, where there is one."]
    if found is not None:
        said = [f"Notices are shown by {found.title}: {text.one_line(found.sentence).rstrip('.')}."]
    said.append(f"{_quiet(telling, now)}.")
    if telling.held_back:
        said.append(f"{telling.held_back:,} held back since the agent started.")
    return " ".join(said)


def _quiet(telling: shapes.TellingView, now: datetime) -> str:
    if not telling.is_quiet:
        return "Quiet hours are off"
    if telling.quiet_until is None:
        return "Quiet hours are on"
    return f"Quiet hours are on until {times.clock(telling.quiet_until, now)}"

"""Which of the ways of telling speaks: some only show beside it how far things are."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.wire.notices import SurfaceView, TellingView

#: A list of running work, and a count on an icon: they tell nothing of an end or a failure.
SILENT: Final = frozenset({"kde_jobs", "launcher"})


def messenger(telling: TellingView) -> SurfaceView | None:
    """The one that tells everything now; None where nobody does."""
    used = (one for one in telling.surfaces if one.is_used and one.name not in SILENT)
    return next(used, None)

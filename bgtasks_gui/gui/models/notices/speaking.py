"""Which of the ways of telling speaks: some only show beside it how far things are."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.wire.notices import SurfaceView, TellingView

#: A count on an icon shows nothing of what a notice says.
BESIDE: Final = frozenset({"launcher"})
#: Nor does a list of running work tell of an end or a failure.
SILENT: Final = BESIDE | {"kde_jobs"}


def messenger(telling: TellingView) -> SurfaceView | None:
    """The one that tells everything now; None where nobody does."""
    used = (one for one in telling.surfaces if one.is_used and one.name not in SILENT)
    return next(used, None)

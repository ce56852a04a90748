"""One file per way of telling the person something; the first of its role that is there is used."""

from __future__ import annotations

import sys
from typing import Final

from bgtasks_gui.agent.surfaces.freedesktop import FreedesktopSurface
from bgtasks_gui.agent.surfaces.kde_jobs import KdeJobs
from bgtasks_gui.agent.surfaces.launcher import LauncherEntry
from bgtasks_gui.agent.surfaces.macos import NotificationCentre
from bgtasks_gui.agent.surfaces.portal import PortalSurface
from bgtasks_gui.agent.surfaces.windows_toasts import WindowsToasts
from bgtasks_gui.core.notices import surface

#: Every surface there is. A sandbox has a portal, which comes before what it keeps away.
SURFACES: Final[tuple[type[surface.Surface], ...]] = (
    PortalSurface,
    FreedesktopSurface,
    WindowsToasts,
    NotificationCentre,
    KdeJobs,
    LauncherEntry,
)
#: Those of one system, in the words of `sys.platform`; nobody elsewhere need hear of them.
_ONLY_ON: Final[dict[type[surface.Surface], str]] = {
    WindowsToasts: "win32",
    NotificationCentre: "darwin",
}


def of_system(platform: str = sys.platform) -> tuple[type[surface.Surface], ...]:
    """The surfaces that this system can have."""
    return tuple(one for one in SURFACES if _ONLY_ON.get(one, platform) == platform)

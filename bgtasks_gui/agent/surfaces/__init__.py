"""One file per way of telling the person something; the first of its role that is there is used."""

from __future__ import annotations

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

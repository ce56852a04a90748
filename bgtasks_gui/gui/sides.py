"""The sides of a task or run in the pane; each is loaded when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable

from bgtasks_gui.gui.detail.pane import Side, Tab
from bgtasks_gui.gui.views.page import Parts


def make_sides(parts: Parts, show_run: Callable[[str], object]) -> tuple[Side, ...]:
    """Every side, in its order. A new one is its module and a line here."""
    client, now = parts.bridge.client, parts.now

    def overview() -> Tab:
        from bgtasks_gui.gui.detail.overview_tab import OverviewTab

        return OverviewTab(client, now)

    def why() -> Tab:
        from bgtasks_gui.gui.detail.why_tab import WhyTab

        return WhyTab(client, now, lambda: parts.bridge.is_connected)

    def log() -> Tab:
        from bgtasks_gui.gui.detail.log_side import LogSide

        return LogSide(client, now)

    def runs() -> Tab:
        from bgtasks_gui.gui.detail.runs_tab import RunsTab

        tab = RunsTab(client, now)
        tab.opened.connect(show_run)
        return tab

    return (Side("Overview", overview), Side("Why", why), Side("Log", log), Side("Runs", runs))

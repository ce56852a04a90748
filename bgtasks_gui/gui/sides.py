"""The sides of a task or run in the pane; each is loaded when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.pane import Side, Tab
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.gui.views.page import Parts


def make_sides(parts: Parts, show_run: Callable[[str], object]) -> tuple[Side, ...]:
    """Every side, in its order. A new one is its module and a line here."""
    client, now = parts.bridge.client, parts.now

    def overview() -> Tab:
        from bgtasks_gui.gui.detail.overview_tab import OverviewTab

        return OverviewTab(client, now)

    def transfer() -> Tab:
        from bgtasks_gui.gui.detail.transfer.speeds import Speeds
        from bgtasks_gui.gui.detail.transfer.transfer_tab import TransferTab

        speeds = Speeds(parts.bridge.mirror, parts.tally, now)
        return TransferTab(client, now, speeds)

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

    return (
        # Of those that are transfers it says most; of others the next comes first.
        Side("Transfer", transfer, _is_transfer),
        Side("Overview", overview),
        Side("Why", why),
        Side("Log", log),
        Side("Runs", runs),
    )


def _is_transfer(subject: Subject) -> bool:
    run = subject.run
    return run is not None and run.kind in transfer_rows.WAYS

"""Notices to tell, and what a surface says back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.services import WITHIN_S

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIVE = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Backup", run_id="r1", urgency="low",
    body="65 % of 1.2 GB, 38 MB/s", fraction=0.65, is_resident=True, category="transfer",
    actions=(notice.Action.SUSPEND, notice.Action.CANCEL),
)  # fmt: skip
FAILED = notice.Notice(
    key="failed:r2", kind=notice.Kind.FAILED, at=AT, title="Sync failed", run_id="r2",
    body="rsync <a> & <b> ended with 23", urgency="critical", category="transfer.error",
    actions=(notice.Action.RETRY,),
)  # fmt: skip


class Told:
    """What a surface tells, in order, and a way to wait for more."""

    def __init__(self) -> None:
        self.heard: list[surface.Heard] = []
        self.changes = 0
        self._more = asyncio.Event()

    def on_heard(self, heard: surface.Heard) -> None:
        self.heard.append(heard)
        self._more.set()

    def on_changed(self) -> None:
        self.changes += 1
        self._more.set()

    async def until(self, *, heard: int = 0, changes: int = 0) -> list[surface.Heard]:
        """Wait until so much was told."""
        async with asyncio.timeout(WITHIN_S):
            while len(self.heard) < heard or self.changes < changes:
                self._more.clear()
                await self._more.wait()
        return self.heard

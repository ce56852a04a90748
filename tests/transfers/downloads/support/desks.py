"""One run of a download over its attempts, with everything real but the server's behaviour."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec

from bgtasks_gui.core.transfers import DownloadSpec, Outcome, Record
from bgtasks_gui.transfers.downloads.download import download
from tests.transfers.downloads.support.outlets import Outlet
from tests.transfers.downloads.support.servers import Server


class Desk:
    """Each attempt goes on from the record that was kept last."""

    def __init__(self, server: Server, folder: Path, **fields: Any) -> None:
        self.server = server
        self.folder = folder
        usual = {
            "url": server.url, "method": "GET", "to": str(folder / "file.bin"), "segments": 1,
            "request_timeout_s": 10.0, "proxy": "direct",
        }  # fmt: skip
        self.spec = DownloadSpec(**(usual | fields))
        self.record = Record(url=self.spec.url)
        self.outlet = Outlet(self.record)

    async def attempt(self, **fields: Any) -> Outcome:
        """Raises a `Trouble` where the connection fails."""
        self.begin(**fields)
        return await self.go()

    async def go(self) -> Outcome:
        try:
            async with asyncio.timeout(20.0):
                return await download(self.spec, self.outlet)
        finally:
            self.record = self.outlet.record

    def begin(self, **fields: Any) -> None:
        self.record = msgspec.structs.replace(self.record, **fields)
        self.outlet = Outlet(self.record)

    async def stop_at(self, done: int) -> None:
        """An attempt that is interrupted once so many bytes are there."""
        self.begin()
        task = asyncio.create_task(download(self.spec, self.outlet))
        await self.outlet.until(lambda: self.outlet.done >= done)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
        self.record = self.outlet.record

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    @property
    def content(self) -> bytes:
        return Path(self.record.path).read_bytes()

    @property
    def part(self) -> Path:
        return Path(self.record.part)

    @property
    def reasons(self) -> list[str]:
        return [each.why for each in self.record.receipt.again]

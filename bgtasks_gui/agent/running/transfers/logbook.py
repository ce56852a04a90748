"""The logs of transfers: lines with the time, written on a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bgtasks_gui import paths
from bgtasks_gui.supervisor import output

Grown = Callable[[int, int], object]


class Logbook:
    """Writes in order; files are as those of processes, so whoever reads one reads the other."""

    def __init__(self, home: paths.Home) -> None:
        self._home = home
        self._logs: dict[str, output.OutputLog] = {}
        self._thread: ThreadPoolExecutor | None = None

    def write(self, run_id: str, at: datetime, line: str, grown: Grown) -> None:
        """Append a line; then `grown(total, lost)` on this loop."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "transfer-logs")
        loop = asyncio.get_running_loop()
        text = f"{at.astimezone():%Y-%m-%d %H:%M:%S}  {line}\n".encode()

        def append() -> None:
            log = self._logs.get(run_id)
            if log is None:
                log = self._logs[run_id] = output.OutputLog(self._home.run_log_text(run_id))
            log.write(text)
            loop.call_soon_threadsafe(grown, log.total, log.lost)

        self._thread.submit(append)

    def close(self, run_id: str) -> None:
        """Nothing follows for now."""
        if self._thread is not None:
            self._thread.submit(self._close, run_id)

    async def end(self) -> None:
        """Wait until all is written."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.to_thread(thread.shutdown)

    def _close(self, run_id: str) -> None:
        log = self._logs.pop(run_id, None)
        if log is not None:
            log.close()

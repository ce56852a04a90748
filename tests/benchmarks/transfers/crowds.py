"""Fetches many files at once in a process of its own, and says what that took.

`python -m tests.benchmarks.transfers.crowds HOW URL COUNT FOLDER` with one of `WAYS`.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import httpx

from bgtasks_gui.core.transfers import Done, DownloadSpec, Figure, Outcome, Record
from bgtasks_gui.transfers import movers
from bgtasks_gui.transfers.engine import Engine

#: Loaded before the clock starts, as in an agent that has moved a file.
_LOADED: Final = (movers,)
#: Seconds between two looks at how late the loop is.
LOOK_S: Final = 0.01
BUFFER: Final = 256 * 1024


class Lag:
    """How late a loop is, looked at every few milliseconds."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.late_s: list[float] = []
        self._due = self._loop.time() + LOOK_S
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        self.late_s.append(now - self._due)
        self._due = now + LOOK_S
        self._timer = self._loop.call_at(self._due, self._look)

    def end(self) -> dict[str, float]:
        self._timer.cancel()
        late = sorted(self.late_s)
        return {"lag_p99": late[int(len(late) * 0.99)] * 1000, "lag_max": late[-1] * 1000}


class _Owner:
    """A `TransferListener` that counts who is still under way."""

    def __init__(self, count: int) -> None:
        self._left = count
        self.all_ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def moved(self, figures: Mapping[str, Figure]) -> None:
        del figures

    def recorded(self, run_id: str, record: Record) -> None:
        del run_id, record

    def said(self, run_id: str, line: str) -> None:
        del run_id, line

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        del record
        self._left -= 1
        if not isinstance(outcome, Done):
            self.all_ended.set_exception(RuntimeError(f"{run_id}: {outcome}"))
        elif not self._left:
            self.all_ended.set_result(None)


async def by_engine(url: str, count: int, folder: Path) -> None:
    """As downloads of the agent, whose loop is the one that is looked at."""
    owner = _Owner(count)
    engine = Engine(asyncio.get_running_loop(), owner)
    for number in range(count):
        address = f"{url}/{number}"
        spec = DownloadSpec(
            url=address, method="GET", to=str(folder / str(number)), segments=1, proxy="direct"
        )
        engine.start(str(number), spec, Record(url=address))
    await owner.all_ended
    await engine.close()


async def by_httpx(url: str, count: int, folder: Path) -> None:
    """Stock httpx: one client for all, raw pieces straight into the files."""
    limits = httpx.Limits(max_connections=None)

    async def fetch(client: httpx.AsyncClient, number: int) -> None:
        fd = os.open(folder / str(number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        async with client.stream("GET", f"{url}/{number}") as response:
            async for piece in response.aiter_raw():
                os.write(fd, piece)
        os.close(fd)

    async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:
        await asyncio.gather(*(fetch(client, number) for number in range(count)))


WAYS: Final[dict[str, Callable[[str, int, Path], Awaitable[None]]]] = {
    "engine": by_engine, "httpx": by_httpx,
}  # fmt: skip


async def measured(how: str, url: str, count: int, folder: Path) -> dict[str, float]:
    """Seconds, seconds of the processor, MB at most, and milliseconds that the loop was late."""
    lag = Lag()
    await asyncio.sleep(10 * LOOK_S)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await WAYS[how](url, count, folder)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "memory": after.ru_maxrss * 1024 / 1e6, **lag.end()}


def allow_open_files() -> None:
    """As many open files as the system allows this process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    allow_open_files()
    found = asyncio.run(measured(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
    print(json.dumps(found))

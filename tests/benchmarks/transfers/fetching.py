"""Fetches one file in a process of its own, and says what that took once all was loaded.

`python -m tests.benchmarks.transfers.fetching HOW URL FILE AUTHORITY` with one of `WAYS`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import resource
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, NamedTuple

import httpx

from bgtasks_gui.core.transfers import Done, DownloadSpec, Figure, Outcome, Record
from bgtasks_gui.transfers import movers
from bgtasks_gui.transfers.engine import Engine
from bgtasks_gui.transfers.web.web import Request, Web

#: Loaded before the clock starts, as in an agent that has moved a file.
_LOADED: Final = (movers,)


class Wanted(NamedTuple):
    """What is fetched, where to, and whom to trust."""

    url: str
    to: str
    authority: str

    def spec(self, checksum: str = "", segments: int = 1) -> DownloadSpec:
        authority = self.authority if self.url.startswith("https:") else ""
        return DownloadSpec(
            url=self.url, method="GET", to=self.to, authorities=authority,
            segments=segments, checksum=checksum, proxy="direct",
        )  # fmt: skip


async def by_web(wanted: Wanted) -> None:
    """Straight from our own connection into the file."""
    fd = os.open(wanted.to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    at = 0
    async with Web(wanted.spec()) as web:
        answer = await web.ask(Request("GET", wanted.url))
        async for piece in answer.pieces():
            at += os.pwrite(fd, piece, at)
        await answer.aclose()
    os.close(fd)


async def by_web_and_sync(wanted: Wanted) -> None:
    await by_web(wanted)
    fd = os.open(wanted.to, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


async def by_engine(wanted: Wanted, checksum: str = "", segments: int = 1) -> None:
    """As a download of the agent: reserved, synced while it comes, checked and renamed."""
    owner = _Owner()
    engine = Engine(asyncio.get_running_loop(), owner)
    engine.start("run", wanted.spec(checksum, segments), Record(url=wanted.url))
    outcome = await owner.outcome
    await engine.close()
    if not isinstance(outcome, Done):
        raise RuntimeError(str(outcome))


async def by_engine_with_sha256(wanted: Wanted) -> None:
    await by_engine(wanted, f"sha256:{os.environ['SHA256']}")


async def by_httpx(wanted: Wanted) -> None:
    """Stock httpx at its best: raw pieces of its own size, straight into the file."""
    context = ssl.create_default_context(cafile=wanted.authority)
    fd = os.open(wanted.to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    client = httpx.AsyncClient(verify=context, timeout=None, trust_env=False)
    async with client, client.stream("GET", wanted.url) as response:
        async for piece in response.aiter_raw():
            os.write(fd, piece)
    os.close(fd)


class _Owner:
    """A `TransferListener` that waits for the end."""

    def __init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def moved(self, figures: Mapping[str, Figure]) -> None:
        del figures

    def recorded(self, run_id: str, record: Record) -> None:
        del run_id, record

    def said(self, run_id: str, line: str) -> None:
        del run_id, line

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        del run_id, record
        self.outcome.set_result(outcome)


WAYS: Final[dict[str, Callable[[Wanted], Awaitable[None]]]] = {
    "web": by_web, "web and sync": by_web_and_sync, "engine": by_engine,
    "engine with sha256": by_engine_with_sha256, "httpx": by_httpx,
    **{f"engine x{count}": partial(by_engine, segments=count) for count in (1, 4, 16)},
}  # fmt: skip


def sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def measured(how: str, wanted: Wanted) -> dict[str, float]:
    """Seconds, and seconds of the processor."""
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await WAYS[how](wanted)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(sys.argv[1], Wanted(*sys.argv[2:5])))))

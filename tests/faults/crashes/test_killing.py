"""kill -9 in the middle of a large file, again and again (wishes W18)."""

from __future__ import annotations

import functools
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.support.apart import Apart
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import WHOLE, check_folder, make_download, until
from tests.faults.support.scripts import serve
from tests.faults.support.server import Server

MIB = 1024 * 1024
FILE = Entity(make_content(64 * MIB))
SAFE_EVERY = MIB

make = functools.partial(Apart, safe_every=SAFE_EVERY)


@pytest.fixture
async def owner() -> AsyncIterator[Owner]:
    """An owner whose engine can be killed."""
    one = Owner(make)
    yield one
    await one.close()


def kill(owner: Owner, *, heard: bool) -> None:
    assert isinstance(owner.engine, Apart)
    owner.engine.kill(heard=heard)


async def live_for(size: int, run: Run, server: Server) -> None:
    """Until the server has sent so many bytes more."""
    begun = server.sent
    await until(server, lambda: server.sent >= begun + size or not run.is_on)


async def ask_again(before: int, run: Run, server: Server) -> None:
    """Until there was another request than these."""
    await until(server, lambda: len(server.requests) > before or not run.is_on)


@pytest.mark.parametrize("segments", [1, 4])
@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_random_moments(
    seed: int, segments: int, server: Server, owner: Owner, folder: Path
) -> None:
    chance = random.Random(seed)
    url = server.on("/file.bin", serve(FILE))
    spec = make_download(url, folder / "file.bin", segments=segments, rate=200 * MIB)
    run = owner.start(spec, FILE.sha256)
    for _ in range(15):
        await live_for(chance.randrange(12 * MIB), run, server)
        kill(owner, heard=chance.random() < 0.5)
        assert not (folder / "file.bin").exists() or run.record.done >= 63 * MIB
        before, done = len(server.requests), run.record.done
        owner.revive(make)
        await ask_again(before, run, server)
        if segments == 1 and len(server.requests) > before:
            assert server.requests[before].first >= done - MIB, "what was safe is fetched again"
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert 64 * MIB <= run.record.receipt.moved <= server.sent


async def test_killed_before_anything_is_safe(server: Server, owner: Owner, folder: Path) -> None:
    url = server.on("/file.bin", serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    for _ in range(5):
        before = len(server.requests)
        await ask_again(before, run, server)
        kill(owner, heard=False)
        owner.revive(make)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)

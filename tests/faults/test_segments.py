"""Downloads over several connections, some of which fare badly."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.faults.support import scripts
from tests.faults.support.entities import LATER, Entity, make_content, sha256
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import (
    WHOLE,
    Scenario,
    check_folder,
    make_download,
    name_of,
    play,
    until,
)
from tests.faults.support.scripts import header, range_off, say, serve, serve_whole
from tests.faults.support.server import Act, Exchange, Server

FILE = Entity(make_content(2_000_000))
OTHER = Entity(make_content(2_000_000, seed=1), etag='"two"', modified=LATER)
FOUR = {"segments": 4}
QUICK = {**FOUR, "request_timeout_s": 0.3}
HONEST = serve(FILE)


def beyond(first: int, act: Act, times: int = 1, otherwise: Act = HONEST) -> Act:
    """Another act for the first requests that begin behind this byte."""
    lock, left = threading.Lock(), [times]

    def choose(exchange: Exchange) -> None:
        with lock:
            is_chosen = exchange.request.first > first and left[0] > 0
            left[0] -= is_chosen
        (act if is_chosen else otherwise)(exchange)

    return choose


SCENARIOS = [
    Scenario("all good", (HONEST,), FILE),
    Scenario("no ranges", (serve_whole(FILE),), FILE),
    Scenario("ranges announced and ignored",
             (serve_whole(FILE, header("Accept-Ranges", "bytes")),), FILE),
    Scenario("no validators", (serve(FILE.but(etag=None, modified=None)),), FILE),
    Scenario("weak validator", (serve(FILE.but(etag='W/"one"')),), FILE),
    Scenario("no length", (serve(FILE, scripts.in_chunks, by=scripts.chunked()),), FILE),
    Scenario("one cut", (beyond(0, serve(FILE, by=scripts.cut_after(50_000))),), FILE),
    Scenario("each cut once", (beyond(-1, serve(FILE, by=scripts.cut_after(50_000)), 4),), FILE,
             most=40),
    Scenario("one reset", (beyond(0, serve(FILE, by=scripts.reset_after(50_000))),), FILE),
    Scenario("one stalls", (beyond(0, serve(FILE, by=scripts.stall_after(50_000))),), FILE,
             fields=QUICK),
    Scenario("one is silent", (beyond(0, scripts.silence),), FILE, fields=QUICK),
    Scenario("one is refused as one too many", (beyond(0, say(503)),), FILE),
    Scenario("all but the first refused as too many", (beyond(0, say(429), 3),), FILE),
    Scenario("more than one at once is forbidden", (beyond(0, say(403), 3),), FILE),
    Scenario("one begins elsewhere, and says so",
             (beyond(0, serve(FILE, scripts.shifted(7))),), FILE),
    Scenario("one has another total", (beyond(0, serve(FILE, range_off(total=1))),), FILE),
    Scenario("one is given less", (beyond(0, serve(FILE, scripts.short_by(1000))),), FILE),
    Scenario("one in parts", (beyond(0, serve(FILE, scripts.in_parts)),), FILE),
    Scenario("one given the whole", (beyond(0, serve_whole(FILE)),), FILE),
    Scenario("changed between the first and the others",
             (serve(FILE, by=scripts.stall_after(200_000)), serve(OTHER)), OTHER, most=20),
    Scenario("checked at the end", (HONEST,), FILE,
             fields={**FOUR, "checksum": f"sha256:{FILE.sha256}"}),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name_of)
async def test_segments(scenario: Scenario, server: Server, owner: Owner, folder: Path) -> None:
    run = await play(
        Scenario(**{**vars(scenario), "fields": {**FOUR, **scenario.fields},
                    "most": max(scenario.most, 40)}),
        server, owner, folder,
    )  # fmt: skip
    assert run.record.receipt.connections <= 4


@pytest.mark.parametrize("first", range(1, 6))
async def test_changes_while_several_fetch_it(
    first: int, server: Server, owner: Owner, folder: Path
) -> None:
    """It may be the one or the other, and is not put together of both."""
    url = server.on("/file.bin", *[HONEST] * first, serve(OTHER))
    spec = make_download(url, folder / "file.bin", segments=4)
    run = owner.start(spec, FILE.sha256, OTHER.sha256)
    WHOLE.check(await run.over())
    assert sha256(Path(run.record.path).read_bytes()) in run.right


async def test_four_connections_at_once(server: Server, owner: Owner, folder: Path) -> None:
    """Where each is slow, there are as many as were asked for, and nothing comes twice."""
    meter = scripts.Meter()
    url = server.on("/file.bin", serve(FILE, by=meter))
    run = owner.start(make_download(url, folder / "file.bin", segments=4), FILE.sha256)
    # Nothing of any body is let through before all are there.
    await until(server, lambda: server.open == 4)
    meter.allow(float("inf"))
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert server.most_open == run.record.receipt.connections == 4
    assert run.record.receipt.moved <= len(FILE.content) + 4 * 262_144


async def test_suspended_in_the_middle_of_all(server: Server, owner: Owner, folder: Path) -> None:
    """Each goes on where it was, and nothing is fetched twice but what was on its way."""
    stalling = serve(FILE, by=scripts.stall_after(100_000))
    url = server.on("/file.bin", stalling)
    run = owner.start(make_download(url, folder / "file.bin", segments=4), FILE.sha256)
    await owner.until(lambda: run.figure is not None and run.figure.done >= 100_000)
    await owner.suspend(run)
    await until(server, lambda: server.open == 0)
    before, done = len(server.requests), run.record.done
    assert done >= 100_000
    server.on("/file.bin", serve(FILE))
    owner.resume(run)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    again = server.requests[before:]
    assert all(each.first > 0 for each in again)
    assert sum(each.sent for each in again) <= len(FILE.content) - done + 4 * 262_144

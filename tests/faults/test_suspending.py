"""Transfers that are stopped, go on, are slowed down, or are moved to another network."""

from __future__ import annotations

import email.utils
import functools
import time
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Done, Exceeded, Stopped
from tests.faults.support import scripts
from tests.faults.support.entities import LATER, Entity, make_content
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import (
    EXPIRED,
    WHOLE,
    Code,
    End,
    Scenario,
    check_folder,
    failed,
    make_download,
    play,
    until,
)
from tests.faults.support.scripts import say, serve
from tests.faults.support.server import Server

FILE = Entity(make_content(300_000))
OTHER = Entity(make_content(300_000, seed=1), etag='"two"', modified=LATER)
STALLING = serve(FILE, by=scripts.stall_after(100_000))


async def begin(server: Server, owner: Owner, folder: Path, *right: str) -> Run:
    """A download of which 100,000 bytes have come."""
    url = server.on("/file.bin", STALLING)
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256, *right)
    await owner.until(lambda: run.figure is not None and run.figure.done == 100_000)
    return run


async def test_suspended_means_no_connection(server: Server, owner: Owner, folder: Path) -> None:
    run = await begin(server, owner, folder)
    assert isinstance(await owner.suspend(run), Stopped)
    await until(server, lambda: server.open == 0)
    assert (server.sent, run.record.done) == (100_000, 100_000)
    assert not (folder / "file.bin").exists()
    server.on("/file.bin", serve(FILE))
    owner.resume(run)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert [each.first for each in server.requests] == [0, 100_000]
    assert run.record.receipt.moved == 300_000
    assert run.record.receipt.again == ()


async def test_suspended_again_and_again(server: Server, owner: Owner, folder: Path) -> None:
    """A little comes each time, and nothing twice."""
    meter = scripts.Meter()
    url = server.on("/file.bin", serve(FILE, by=meter))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)

    def has_come(size: int) -> bool:
        return run.figure is not None and run.figure.done >= size

    for turn in range(1, 6):
        meter.allow(20_000)
        reached = turn * 20_000
        await owner.until(functools.partial(has_come, reached))
        await owner.suspend(run)
        await until(server, lambda: server.open == 0)
        assert run.record.done == reached
        owner.resume(run)
    meter.allow(float("inf"))
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert run.record.receipt.moved == 300_000


async def test_suspended_while_nothing_answers(server: Server, owner: Owner, folder: Path) -> None:
    url = server.on("/file.bin", scripts.silence, serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    await until(server, lambda: len(server.requests) == 1)
    assert isinstance(await owner.suspend(run), Stopped)
    await until(server, lambda: server.open == 0)
    owner.resume(run)
    WHOLE.check(await run.over())


async def test_changed_while_suspended(server: Server, owner: Owner, folder: Path) -> None:
    run = await begin(server, owner, folder, OTHER.sha256)
    await owner.suspend(run)
    server.on("/file.bin", serve(OTHER))
    owner.resume(run)
    WHOLE.check(await run.over())
    check_folder(folder, run, OTHER)
    assert run.record.etag == '"two"'
    assert [each.start for each in run.record.receipt.again] == [0]


async def test_expired_address_and_a_new_one(server: Server, owner: Owner, folder: Path) -> None:
    run = await begin(server, owner, folder)
    server.on("/file.bin", say(403))
    server.drop()
    EXPIRED.check(await run.over())
    assert run.record.done == 100_000
    new = server.on("/new.bin", serve(FILE))
    owner.resume(run, url=new)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert [each.first for each in server.asked("/new.bin")] == [100_000]


async def test_new_address_of_another_file(server: Server, owner: Owner, folder: Path) -> None:
    """What was there is not put before what is something else."""
    run = await begin(server, owner, folder, OTHER.sha256)
    await owner.suspend(run)
    owner.resume(run, url=server.on("/new.bin", serve(OTHER)))
    WHOLE.check(await run.over())
    check_folder(folder, run, OTHER)


async def test_refresh_connects_anew(server: Server, owner: Owner, folder: Path) -> None:
    """On another network the old connection may stay open and dead for ever."""
    run = await begin(server, owner, folder)
    server.on("/file.bin", serve(FILE))
    owner.engine.refresh()
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert [each.connection for each in server.requests] == [1, 2]
    assert [each.first for each in server.requests] == [0, 100_000]


async def test_server_comes_back(server: Server, owner: Owner, folder: Path) -> None:
    owner.goes_on = False
    run = await begin(server, owner, folder)
    server.on("/file.bin", serve(FILE))
    server.go_down()
    server.drop()
    for failures in range(2):
        outcome = await run.over()
        failed(Code.CONNECTION).check(outcome)
        assert run.record.failures == failures, "the first brought something"
        owner.resume(run)
    failed(Code.CONNECTION, "no server answers").check(await run.over())
    server.go_up()
    owner.resume(run)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert run.record.failures == 0 or isinstance(run.outcomes[-1], Done)


@pytest.mark.parametrize("wait", ["7", "HTTP date"])
@pytest.mark.parametrize("status", [429, 503])
async def test_wait_that_the_server_asks_for(
    status: int, wait: str, server: Server, owner: Owner, folder: Path
) -> None:
    owner.goes_on = False
    said = wait if wait == "7" else email.utils.formatdate(time.time() + 3600, usegmt=True)
    url = server.on("/file.bin", say(status, retry_after=said), serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    outcome = await run.over()
    failed(Code.SERVER_ANSWER, str(status)).check(outcome)
    asked = getattr(outcome, "wait_s", None)
    assert asked == 7 if wait == "7" else 3590 < (asked or 0) <= 3600
    owner.resume(run)
    WHOLE.check(await run.over())


async def test_below_the_floor(server: Server, owner: Owner, folder: Path) -> None:
    scenario = Scenario("", (STALLING,), end=End(Exceeded, Code.LOW_SPEED),
                        fields={"floor": 1_000_000, "floor_window_s": 0.5})  # fmt: skip
    await play(scenario, server, owner, folder)


async def test_longer_than_the_whole_may_take(server: Server, owner: Owner, folder: Path) -> None:
    scenario = Scenario("", (STALLING,), end=End(Exceeded, Code.TIME_LIMIT),
                        fields={"resource_timeout_s": 0.5})  # fmt: skip
    await play(scenario, server, owner, folder)


async def test_time_suspended_counts_for_nothing(
    server: Server, owner: Owner, folder: Path
) -> None:
    run = await begin(server, owner, folder)
    await owner.suspend(run)
    used = run.record.used_s
    server.on("/file.bin", serve(FILE))
    owner.resume(run)
    WHOLE.check(await run.over())
    assert 0 <= used <= run.record.used_s < 10


async def test_rate_is_lifted_while_it_runs(server: Server, owner: Owner, folder: Path) -> None:
    """At 1,000 bytes a second it would take five minutes."""
    url = server.on("/file.bin", serve(FILE))
    spec = make_download(url, folder / "file.bin", rate=1000)
    run = owner.start(spec, FILE.sha256)
    await owner.until(lambda: run.figure is not None and run.figure.done > 0)
    assert run.figure is not None
    assert run.figure.done < 300_000
    owner.engine.limit(None, run.run_id)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)


async def test_all_together_are_limited(server: Server, owner: Owner, folder: Path) -> None:
    owner.engine.limit(1000)
    url = server.on("/file.bin", serve(FILE))
    runs = [
        owner.start(make_download(url, folder / f"{n}.bin"), FILE.sha256, run_id=str(n))
        for n in range(3)
    ]
    await owner.until(lambda: all(run.figure is not None for run in runs))
    assert not any(run.outcomes for run in runs)
    owner.engine.limit(None)
    for run in runs:
        WHOLE.check(await run.over())
    assert len(list(folder.iterdir())) == 3

"""What is asked for at the worst moment: while a transfer starts, or while its end is stored."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from bgtasks_gui import settings
from bgtasks_gui.agent.api import runs as runs_door
from bgtasks_gui.agent.running.transfers.engines import LazyEngine
from bgtasks_gui.core import ports, reasons, runs, transfer_ports, transfers
from bgtasks_gui.wire import shapes
from tests.agent.running.transfers.test_conveying import (
    FILE,
    HALF,
    OTHER,
    download,
    half_way,
    names,
)
from tests.agent.support.embedded import Embedded, why
from tests.faults.support import scripts
from tests.faults.support.scripts import serve
from tests.faults.support.server import Server

_S = runs.RunState


class HeldStore:
    """Holds back the write that lets a run wait, as a disk that is busy would."""

    def __init__(self, store: ports.Store) -> None:
        self._write = store.write
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def write(self, change: ports.Change) -> None:
        if any(run.state is _S.WAITING and run.retry_at for run in change.runs):
            self.reached.set()
            await self.go_on.wait()
        await self._write(change)


@pytest.mark.parametrize(
    ("code", "end"),
    [("user_cancel", ("canceled", "user_cancel")), ("user_suspend", ("suspended", "user_suspend"))],
)
async def test_a_wish_while_the_end_of_an_attempt_is_stored_counts(
    agent: Embedded, server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch,
    code: str, end: tuple[str, str],
) -> None:  # fmt: skip
    held = HeldStore(agent.agent.store)
    monkeypatch.setattr(agent.agent.store, "write", held.write)
    url = server.on("/file.bin", serve(FILE, by=scripts.cut_after(HALF)))
    run = await download(agent, url, folder)
    await held.reached.wait()
    reason = reasons.make(reasons.Code(code), agent.agent.clock.now())
    hands = agent.agent.runner
    asked = (hands.cancel if code == "user_cancel" else hands.suspend)(run.id, reason)
    held.go_on.set()
    await asked
    assert why(await agent.reached(run, end[0])) == end
    assert not hands.is_busy(run.id)


@pytest.mark.parametrize("draw", [0.0, 0.9])
async def test_another_address_while_the_end_of_an_attempt_is_stored_counts(
    agent: Embedded, server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, draw: float
) -> None:
    """Also where the next attempt follows at once, with the old address."""
    monkeypatch.setattr(random, "random", lambda: draw)
    held = HeldStore(agent.agent.store)
    monkeypatch.setattr(agent.agent.store, "write", held.write)
    url = server.on("/file.bin", serve(FILE, by=scripts.cut_after(HALF)))
    run = await download(agent, url, folder)
    await held.reached.wait()
    asked = agent.agent.runner.spawn(
        agent.agent.runner.transfers.readdress(run, server.on("/moved.bin", serve(FILE)))
    )
    held.go_on.set()
    await asked
    assert (await agent.ended(run)).state is _S.COMPLETED
    assert len(server.asked("/moved.bin")) == 1


async def test_a_run_that_is_suspended_before_it_moves_does_not(
    agent: Embedded, server: Server, folder: Path
) -> None:
    run = await download(agent, server.on("/file.bin", serve(FILE)), folder)
    await agent.suspend(run)
    assert agent.now(run).state in (_S.SUSPENDED, _S.COMPLETED)
    if agent.now(run).state is _S.SUSPENDED:
        await agent.resume(run)
    assert (await agent.ended(run)).state is _S.COMPLETED


async def test_a_fault_of_ours_fails_the_run_and_keeps_no_place(
    agent: Embedded, server: Server, folder: Path
) -> None:
    def broken(listener: transfer_ports.TransferListener) -> NoReturn:
        raise RuntimeError("no engine today")

    hands = agent.agent.runner
    whole, hands.transfers._engine = hands.transfers._engine, LazyEngine(hands.transfers, broken)
    url = server.on("/file.bin", serve(FILE))
    ended = await agent.ended(await download(agent, url, folder))
    assert why(ended) == ("failed", "cannot_start")
    await hands.settle()
    assert hands.busy_count == 0
    hands.transfers._engine = whole
    assert (await agent.ended(await download(agent, url, folder))).state is _S.COMPLETED


async def test_a_rate_given_before_it_has_begun_is_kept(
    agent: Embedded, server: Server, folder: Path
) -> None:
    agent.agent.runner.transfers.apply(settings.Settings(transfers_at_once=1))
    first = await half_way(agent, server, folder)
    payload = {"url": server.on("/other.bin", serve(OTHER)), "to": str(folder / "other.bin")}
    second = await agent.run(await agent.register("other", "download", payload))
    await agent.reached(second, "waiting")
    door = runs_door.RunsDoor(agent.agent.office)
    await door.limit(second.id, body=shapes.RateRequest(rate=10_000_000))
    await agent.cancel(first)
    ended = await agent.ended(second)
    assert ended.transfer is not None
    assert (ended.state, ended.transfer.rate) == (_S.COMPLETED, 10_000_000)


async def test_the_time_limit_of_its_task_counts_over_suspensions(
    agent: Embedded, server: Server, folder: Path
) -> None:
    run = await half_way(agent, server, folder)
    await agent.suspend(run)
    task = await agent.agent.store.task(run.task_id)
    assert task is not None
    await agent.agent.office.keep_task(
        msgspec.structs.replace(task, time_limit=timedelta(minutes=1))
    )
    record = agent.now(run).transfer
    assert record is not None
    used = msgspec.structs.replace(record, used_s=60.0)
    await agent.agent.ledger.keep(run.id, transfer=used)
    await agent.resume(run)
    assert why(await agent.ended(run)) == ("canceled", "time_limit")
    assert names(folder) == ["file.bin.part"], "the next run goes on from there"


async def test_what_waited_behind_a_full_disk_begins_when_there_is_room(
    agent: Embedded, server: Server, folder: Path
) -> None:
    waiting = agent.agent.runner.transfers.waiting
    full = transfers.Held(
        code=reasons.Code.RESOURCE_REVOKED, detail="full", folder=str(folder), needs=2**60
    )
    waiting.watch("another", full, agent.agent.runner.transfers.resume)
    run = await download(agent, server.on("/file.bin", serve(FILE)), folder)
    held = await agent.reached(run, "waiting")
    assert held.waits_for == f"The disk is full: another transfer waits for room in {folder}."
    waiting.forget("another")
    assert (await agent.ended(run)).state is _S.COMPLETED

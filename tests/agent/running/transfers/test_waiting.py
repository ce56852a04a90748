from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.line import supervision
from bgtasks_gui.agent.running.transfers.places import Places
from bgtasks_gui.agent.running.transfers.waiting import LOOK_S, Waiting
from bgtasks_gui.agent.running.work import Work
from bgtasks_gui.core import reasons, runs, transfers
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import codec
from tests.core.samples import NOW, make_task
from tests.fakes.manual_clock import ManualClock
from tests.fakes.memory_store import MemoryStore

_S = runs.RunState
TASK = make_task(kind="download")


class Desk:
    """What waiting asks of the runner, over a clock that is moved by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.ledger = ledger.Ledger(MemoryStore(), bus.Bus(), self.clock)
        self.home = paths.find_home()
        self.work = Work()
        self.resumed: list[str] = []

    @property
    def line(self) -> supervision.Supervision:
        raise NotImplementedError

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        return self.work.spawn(work)

    def exceeded(self, run_id: str, reason: reasons.Reason) -> None:
        raise NotImplementedError

    async def hold(self, **fields: object) -> runs.Run:
        """A run that stands still because the disk is full."""
        run = self.ledger.make_run(TASK, runs.Firing(type="manual"))
        await self.ledger.add([run])
        reason = reasons.make(reasons.Code.RESOURCE_REVOKED, NOW, "it needs 1 GiB")
        return await self.ledger.move(run.id, _S.SUSPENDED, reason=reason, **fields)

    async def resume(self, run: runs.Run) -> None:
        self.resumed.append(run.id)
        await self.ledger.move(run.id, _S.WAITING, reason=None)

    async def look(self) -> None:
        self.clock.advance(timedelta(seconds=LOOK_S))
        await self.work.settle()


def held(folder: Path, needs: int) -> transfers.Held:
    return transfers.Held(
        code=reasons.Code.RESOURCE_REVOKED, detail="full", folder=str(folder), needs=needs
    )


@pytest.fixture
def desk(home: Path) -> Desk:
    return Desk()


@pytest.fixture
def waiting(desk: Desk) -> Waiting:
    return Waiting(desk, Places(), Catalog(TRIGGERS, KINDS))


async def test_it_goes_on_when_there_is_room(desk: Desk, waiting: Waiting, tmp_path: Path) -> None:
    little, much = await desk.hold(), await desk.hold()
    waiting.watch(little.id, held(tmp_path, 1), desk.resume)
    waiting.watch(much.id, held(tmp_path, 2**60), desk.resume)
    assert desk.resumed == []
    await desk.look()
    assert desk.resumed == [little.id]
    await desk.look()
    assert desk.resumed == [little.id]
    waiting.close()
    assert desk.clock.pending == 0


async def test_one_that_was_cancelled_is_forgotten(
    desk: Desk, waiting: Waiting, tmp_path: Path
) -> None:
    run = await desk.hold()
    waiting.watch(run.id, held(tmp_path, 1), desk.resume)
    await desk.ledger.move(run.id, _S.CANCELED, completed_at=NOW)
    await desk.look()
    assert desk.resumed == []
    assert desk.clock.pending == 0, "nothing is looked at for nobody"


async def test_one_that_the_last_agent_watched_is_watched_again(
    desk: Desk, waiting: Waiting, tmp_path: Path
) -> None:
    record = transfers.Record(
        url="https://example.org/a", part=str(tmp_path / "a.part"), length=1000
    )
    run = await desk.hold(transfer=record)
    waiting.watch_again(run, desk.resume)
    await desk.look()
    assert desk.resumed == [run.id]
    other = reasons.make(reasons.Code.USER_SUSPEND, NOW)
    suspended = await desk.ledger.move(run.id, _S.SUSPENDED, reason=other)
    waiting.watch_again(suspended, desk.resume)
    assert desk.clock.pending == 0


async def test_nothing_else_begins_on_a_full_disk(
    desk: Desk, waiting: Waiting, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    payload = {"url": "https://example.org/a", "to": f"{tmp_path}/files/a"}
    task = make_task(kind="download", payload=codec.raw(payload))
    elsewhere = make_task(kind="download", payload=codec.raw({**payload, "to": "/proc/a"}))
    assert waiting.view_places(make_task()) is None
    run = await desk.hold()
    waiting.watch(run.id, held(tmp_path, 2**60), desk.resume)
    found = [waiting.view_places(one) for one in (task, elsewhere)]
    assert [(one.host, one.full_folder) for one in found if one] == [
        *(("example.org", str(tmp_path)), ("example.org", ""))
    ]
    told: list[str] = []
    waiting.on_room = lambda: told.append("room")
    waiting.forget(run.id)
    waiting.forget(run.id)
    assert told == ["room"], "those that have not begun are called"
    after = waiting.view_places(task)
    assert after is not None
    assert after.full_folder == ""
    waiting.close()


async def test_what_has_begun_does_not_wait_for_the_room_of_others(
    desk: Desk, waiting: Waiting, tmp_path: Path
) -> None:
    payload = {"url": "https://example.org/a", "to": f"{tmp_path}/missing/a"}
    task = make_task(kind="download", payload=codec.raw(payload))
    waiting.watch("other", held(tmp_path, 2**60), desk.resume)
    before = waiting.view_places(task)
    assert before is not None
    assert before.full_folder == str(tmp_path), "also where the folder is yet to be made"
    run = desk.ledger.make_run(task, runs.Firing(type="manual"))
    await desk.ledger.add([run])
    record = transfers.Record(url="https://example.org/a", part=f"{tmp_path}/missing/a.part")
    await desk.ledger.keep(run.id, transfer=record)
    after = waiting.view_places(task)
    assert after is not None
    assert after.full_folder == ""
    assert waiting.address(task) == "https://example.org/a"
    waiting.close()

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.agent.running.transfers import leftovers
from bgtasks_gui.core import ports, runs, transfers
from tests.core.samples import NOW, make_task
from tests.fakes.memory_store import MemoryStore

URL = "https://example.org/file"
TASK = make_task(kind="download")
_S = runs.RunState


def make_run(run_id: str, state: runs.RunState, **fields: object) -> runs.Run:
    return runs.Run(
        id=run_id, task_id=TASK.id, task_name=TASK.name, kind="download", state=state,
        triggered_at=NOW, firing=runs.Firing(type="manual"), **fields,
    )  # fmt: skip


def make_record(part: Path, **fields: object) -> transfers.Record:
    pieces = (transfers.Piece(start=0, end=10, done=4),)
    return transfers.Record(url=URL, part=str(part), pieces=pieces, failures=3, **fields)


async def found(before: runs.Run) -> transfers.Record:
    """What a new run begins with."""
    store = MemoryStore()
    fresh = make_run("2", _S.PENDING)
    await store.write(ports.Change(tasks=(TASK,), runs=(before, fresh)))
    return await leftovers.find(store, TASK, fresh, URL)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    path = tmp_path / "file.part"
    path.write_bytes(b"1234")
    return path


@pytest.mark.parametrize("state", [_S.FAILED, _S.CANCELED])
async def test_what_the_last_run_had_is_taken_over(part: Path, state: runs.RunState) -> None:
    record = await found(make_run("1", state, completed_at=NOW, transfer=make_record(part)))
    assert (record.part, record.done, record.failures) == (str(part), 4, 0)
    assert record.receipt.notes == ("an earlier run had received 4 bytes of it",)
    assert record.receipt.attempts == ()


async def test_what_is_of_no_use_is_not(part: Path) -> None:
    other = msgspec.structs.replace(make_record(part), url="https://example.org/other")
    gone = make_record(part.with_name("gone"))
    for record in (other, gone, None):
        before = make_run("1", _S.FAILED, completed_at=NOW, transfer=record)
        assert await found(before) == transfers.Record(url=URL)
    done = make_run("1", _S.COMPLETED, completed_at=NOW, transfer=make_record(part))
    assert await found(done) == transfers.Record(url=URL)


async def test_what_was_given_up_is_put_away(part: Path) -> None:
    await leftovers.put_away(make_record(part))
    assert not part.exists()
    await leftovers.put_away(make_record(part))
    await leftovers.put_away(transfers.Record(url=URL))
    await leftovers.put_away(None)

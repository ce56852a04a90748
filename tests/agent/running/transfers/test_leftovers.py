from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.agent.running.transfers import leftovers
from bgtasks_gui.core import ports, reasons, runs, transfers
from bgtasks_gui.transfers.files import places
from tests.core.samples import NOW, make_task
from tests.fakes.memory_store import MemoryStore

URL = "https://example.org/file"
TASK = make_task(kind="download")
BLANK = transfers.Record(url=URL, rate=4096)
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
    return await leftovers.find(store, TASK, fresh, BLANK)


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
    assert record.rate == 4096, "chosen for this run before it began"


async def test_what_an_upload_had_sent_is_taken_over() -> None:
    pieces = (transfers.Piece(start=0, end=10, done=4),)
    before = transfers.Record(url=URL, resource=f"{URL}/1", protocol="tus", pieces=pieces)
    record = await found(make_run("1", _S.FAILED, completed_at=NOW, transfer=before))
    assert (record.resource, record.done) == (f"{URL}/1", 4)
    assert record.receipt.notes == ("an earlier run had sent 4 bytes of it",)


async def test_runs_that_never_began_are_not_in_the_way(part: Path) -> None:
    store = MemoryStore()
    found_run = make_run("1", _S.FAILED, completed_at=NOW, transfer=make_record(part))
    missed = [make_run(str(n), _S.MISSED, completed_at=NOW) for n in range(2, 7)]
    limited = make_run("7", _S.CANCELED, completed_at=NOW, transfer=BLANK)
    fresh = make_run("8", _S.PENDING)
    await store.write(ports.Change(tasks=(TASK,), runs=(found_run, *missed, limited, fresh)))
    assert (await leftovers.find(store, TASK, fresh, BLANK)).done == 4


def test_nothing_has_begun_as_long_as_only_its_rate_is_known(part: Path) -> None:
    assert leftovers.is_blank(BLANK, URL)
    assert not leftovers.is_blank(BLANK, "https://example.org/moved")
    assert not leftovers.is_blank(make_record(part), URL)


async def test_what_is_of_no_use_is_not(part: Path) -> None:
    other = msgspec.structs.replace(make_record(part), url="https://example.org/other")
    gone = make_record(part.with_name("gone"))
    for record in (other, gone, None):
        before = make_run("1", _S.FAILED, completed_at=NOW, transfer=record)
        assert await found(before) == BLANK
    done = make_run("1", _S.COMPLETED, completed_at=NOW, transfer=make_record(part))
    assert await found(done) == BLANK


async def test_what_there_was_of_an_older_version_is_taken_over(part: Path) -> None:
    aside = str(part.with_name("file.part.old"))
    said = "what an earlier run had of an older version is in file.part.old until the new one is "
    record = await found(
        make_run("1", _S.FAILED, completed_at=NOW, transfer=make_record(part, aside=aside))
    )
    assert (record.part, record.aside) == (str(part), aside)
    assert record.receipt.notes[1:] == (f"{said}whole",)
    part.unlink()
    record = await found(
        make_run("1", _S.FAILED, completed_at=NOW, transfer=make_record(part, aside=aside))
    )
    assert (record.part, record.aside, record.done) == ("", aside, 0)
    assert record.receipt.notes == (f"{said}whole",)


async def test_what_was_given_up_is_put_away(part: Path) -> None:
    by_person = reasons.make(reasons.Code.USER_CANCEL, NOW)
    aside = part.with_name("file.part.old")
    aside.write_bytes(b"of an older version")
    await leftovers.put_away(make_record(part, aside=str(aside)), None)
    assert aside.exists()
    await leftovers.put_away(make_record(part, aside=str(aside)), by_person)
    assert not aside.exists()
    part.write_bytes(b"1234")
    await leftovers.put_away(make_record(part), by_person)
    assert not part.exists()
    for record in (make_record(part), BLANK, None):
        await leftovers.put_away(record, by_person)


@pytest.mark.parametrize("code", ["time_limit", "terminating", "replaced", "condition_loss"])
async def test_what_no_person_gave_up_stays(part: Path, code: str) -> None:
    await leftovers.put_away(make_record(part), reasons.make(reasons.Code(code), NOW))
    await leftovers.put_away(make_record(part), None)
    assert part.exists()


async def test_what_a_crash_left_unrecorded_is_found_by_whose_it_is(tmp_path: Path) -> None:
    for name, run_id in (("a.part", "1"), ("a.part.old", "1"), ("b.part", "2"), ("c", "1")):
        with (tmp_path / name).open("w") as file:
            places.own(file.fileno(), run_id)
    (tmp_path / "d.part").write_text("of somebody else")
    await leftovers.sweep(str(tmp_path), "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.part", "c", "d.part"]
    await leftovers.sweep(str(tmp_path / "missing"), "1")
    await leftovers.sweep("", "1")

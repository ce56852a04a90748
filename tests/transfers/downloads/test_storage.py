from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfers import Piece, Record
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.spans import Span, Spans
from bgtasks_gui.transfers.downloads.storage import Aside, Storage
from bgtasks_gui.transfers.files import asides, partfile, room, syscalls
from bgtasks_gui.transfers.files.partfile import PartFile
from tests.fakes.manual_clock import ManualClock
from tests.transfers.downloads.support.outlets import Outlet

CONTENT = os.urandom(2_000_000)
VIEW = memoryview(CONTENT)
SHA256 = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


class Desk:
    """A storage and what it stands on."""

    def __init__(self, folder: Path, done: int = 0, checksum: str = "") -> None:
        made = partfile.reserve(str(folder / "file.bin"), "run")
        assert isinstance(made, PartFile)
        self.file = made
        self.file.write(0, VIEW[:done])
        self.clock = ManualClock()
        self.outlet = Outlet(Record(url="https://example.org/"), self.clock)
        self.account = Account(self.outlet.record, self.clock.now())
        self.spans = Spans((Piece(start=0, end=len(CONTENT), done=done),))
        self.storage = Storage(self.file, self.spans, self.account, self.outlet, checksum)
        span = self.spans.take(None)
        self.span = Span(0) if span is None else span

    def put(self, end: int) -> None:
        self.storage.put(self.span, VIEW[self.span.at : end])

    @property
    def safe(self) -> list[int]:
        return [record.done for record in self.outlet.records]


async def test_made_safe_after_a_while(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(1000)
    desk.put(2000)
    assert desk.clock.pending == 1
    desk.clock.advance(timedelta(seconds=transfers.SAFE_EVERY_S))
    await desk.outlet.until(lambda: desk.safe == [2000])
    assert desk.outlet.record.mark == partfile.mark_of(desk.file.fd, desk.outlet.record.pieces)
    desk.put(3000)
    await desk.storage.close()
    assert desk.safe == [2000, 3000]
    assert desk.clock.pending == 0


async def test_made_safe_after_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "SAFE_EVERY_BYTES", 10_000)
    desk = Desk(tmp_path)
    desk.put(9_999)
    desk.put(10_000)
    await desk.outlet.until(lambda: desk.safe == [10_000])
    await desk.storage.close()


async def test_what_cannot_be_made_safe_is_told_at_the_next_piece(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(1000)
    os.close(desk.file.fd)
    desk.clock.advance(timedelta(seconds=transfers.SAFE_EVERY_S))
    await desk.storage.settle()
    with pytest.raises(OSError, match="Bad file descriptor"):
        desk.put(2000)
    desk.file.fd = -1


async def test_nothing_is_there_any_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 5000, SHA256)
    await desk.storage.empty(desk.span, 70)
    assert os.stat(desk.file.place.part).st_size == 0
    assert desk.spans.pieces() == (Piece(start=0, end=70),)
    await desk.storage.restart()
    assert desk.spans.pieces() == (Piece(start=0),)
    assert desk.spans.take(None) is not None
    await desk.storage.close()


async def test_more_than_announced_is_left(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    half = desk.spans.take(100)
    assert half is not None
    half.is_given = True
    desk.storage.put(desk.span, VIEW)
    assert desk.span.at == 1_000_000
    assert os.stat(desk.file.place.part).st_size == 1_000_000
    half.is_given = False
    desk.storage.put(desk.span, VIEW[1_000_000:])
    assert desk.span.at == 2_000_000
    await desk.storage.close()


@pytest.mark.parametrize("done", [0, 1000, 1_500_000])
async def test_digest_follows(done: int, tmp_path: Path) -> None:
    desk = Desk(tmp_path, done, SHA256)
    for end in range(done + 10_000, 2_000_001, 10_000):
        desk.put(min(end, 2_000_000))
        await asyncio.sleep(0)
    desk.put(2_000_000)
    digest = await desk.storage.digested()
    assert digest is not None
    assert digest.is_right
    await desk.storage.close()


async def test_digest_reads_what_came_out_of_order(tmp_path: Path) -> None:
    desk = Desk(tmp_path, checksum=SHA256)
    half = desk.spans.take(100)
    assert half is not None
    desk.storage.put(half, VIEW[1_000_000:])
    desk.put(1_000_000)
    digest = await desk.storage.digested()
    assert digest is not None
    assert digest.is_right
    desk.storage.release()
    assert await Desk(tmp_path).storage.digested() is None


async def test_closed_while_it_digests(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 1_900_000, SHA256)
    await asyncio.sleep(0)
    await desk.storage.close()
    assert desk.file.fd == -1


async def test_discarded(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(1000)
    await desk.storage.discard()
    assert list(tmp_path.iterdir()) == []
    assert desk.clock.pending == 0


@pytest.mark.parametrize("how", [Storage.close, Storage.discard])
async def test_stopped_while_it_closes_it_closes_all_the_same(
    how: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes on at once finds a part file that nobody holds any more."""
    assert callable(how)
    begun, free = threading.Event(), threading.Event()

    def sync(_: int) -> None:
        begun.set()
        free.wait()

    monkeypatch.setattr(os, "fdatasync", sync)
    monkeypatch.setattr(transfers, "SAFE_EVERY_BYTES", 10_000)
    desk = Desk(tmp_path)
    desk.put(10_000)
    await asyncio.to_thread(begun.wait)
    task = asyncio.create_task(how(desk.storage))
    asyncio.get_running_loop().call_soon(task.cancel)
    asyncio.get_running_loop().call_later(0.01, free.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.safe[0] == 10_000
    assert desk.file.fd == -1
    again = partfile.reserve(str(tmp_path / "file.bin"), "run")
    assert isinstance(again, PartFile)
    assert again.place == desk.file.place
    again.close()


async def keep_aside(desk: Desk) -> None:
    desk.account.has = desk.spans.done
    desk.account.begin_again("the file on the server has changed")
    await desk.storage.empty(desk.span, 70, keeps=True)


def listed(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}


async def test_older_version_is_put_aside(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 1_500_000, SHA256)
    await keep_aside(desk)
    assert listed(tmp_path) == {"file.bin.part": 0, "file.bin.part.old": 1_500_000}
    note = "the 1.4 MiB of the older version are in file.bin.part.old until the new one is whole"
    assert desk.outlet.lines == [note]
    assert desk.outlet.record.receipt.notes == (note,)
    first = desk.outlet.records[0]
    assert (first.aside, first.done) == (str(tmp_path / "file.bin.part.old"), 0)
    desk.put(70)
    await desk.storage.close()
    assert listed(tmp_path)["file.bin.part"] == 70
    assert desk.outlet.record.aside == first.aside


async def test_there_is_one_older_version_at_most(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 1_500_000)
    await keep_aside(desk)
    desk.span.end = 2_000_000
    desk.put(1_200_000)
    await keep_aside(desk)
    assert listed(tmp_path) == {"file.bin.part": 0, "file.bin.part.old": 1_200_000}
    desk.put(10)
    await keep_aside(desk)
    assert listed(tmp_path) == {"file.bin.part": 0, "file.bin.part.old": 1_200_000}
    await desk.storage.close()


@pytest.mark.parametrize("why", ["little", "no exchange", "no name"])
async def test_older_version_is_not_put_aside(
    why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, transfers.ASIDE_FROM - (why == "little"))
    if why == "no exchange":
        monkeypatch.setattr(syscalls, "exchange", lambda *_: False)
    elif why == "no name":
        monkeypatch.setattr(asides, "reserve", lambda *_: None)
    await keep_aside(desk)
    assert listed(tmp_path) == {"file.bin.part": 0}
    assert (desk.outlet.record.aside, desk.outlet.lines) == ("", [])
    await desk.storage.close()


async def test_stopped_while_it_is_put_aside(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 1_500_000)
    task = asyncio.create_task(keep_aside(desk))
    await desk.outlet.until(lambda: bool(desk.outlet.records))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await desk.storage.close()
    assert listed(tmp_path) == {"file.bin.part": 0, "file.bin.part.old": 1_500_000}


async def test_new_version_goes_first_where_room_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, 1_500_000)
    await keep_aside(desk)
    desk.account.set(length=5_000_000)
    monkeypatch.setattr(room, "free", lambda _: 5_000_000)
    await desk.storage.make_room()
    assert len(listed(tmp_path)) == 2
    monkeypatch.setattr(room, "free", lambda _: 4_999_999)
    await desk.storage.make_room()
    assert listed(tmp_path) == {"file.bin.part": 0}
    said = "what there was of the older version was removed: the new one needs its room"
    assert desk.outlet.record.receipt.notes[-1] == desk.outlet.lines[-1] == said
    assert desk.outlet.record.aside == ""
    await desk.storage.make_room()
    assert desk.outlet.lines.count(said) == 1
    await desk.storage.close()


@pytest.mark.parametrize("is_recorded", [True, False])
async def test_older_version_is_told_of_after_a_crash_too(
    is_recorded: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, 1_500_000)
    await keep_aside(desk)
    await desk.storage.close()
    record = desk.outlet.record
    if not is_recorded:
        record = msgspec.structs.replace(record, aside="", receipt=transfers.Receipt())
    account, outlet = Account(record, desk.clock.now()), Outlet(record, desk.clock)
    outlet.run_id = "run"
    aside = Aside(account, outlet)
    await aside.find(str(tmp_path))
    assert aside.path == str(tmp_path / "file.bin.part.old")
    [note] = account.record.receipt.notes
    assert "of an older version is in file.bin.part.old" in note or is_recorded
    assert outlet.lines == ([] if is_recorded else [note])
    await aside.find(str(tmp_path))
    assert account.record.receipt.notes == (note,)

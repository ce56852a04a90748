"""Downloads onto a disk on which others are at work too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bgtasks_gui.transfers.files import room
from tests.faults.support import scripts
from tests.faults.support.entities import Entity, make_content, sha256
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import (
    WHOLE,
    Code,
    check_folder,
    failed,
    make_download,
)
from tests.faults.support.scripts import header, serve
from tests.faults.support.server import Server

FILE = Entity(make_content(300_000))
THEIRS = b"somebody else's"


async def fetch(server: Server, owner: Owner, to: str | Path, *twists: scripts.Twist) -> Run:
    url = server.on("/there/file.bin", serve(FILE, *twists))
    run = owner.start(make_download(url, to), FILE.sha256, sha256(THEIRS))
    await run.over()
    return run


async def suspend_in_the_middle(server: Server, owner: Owner, folder: Path) -> Run:
    url = server.on("/file.bin", serve(FILE, by=scripts.stall_after(200_000)), serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    await owner.until(lambda: run.figure is not None and run.figure.done == 200_000)
    await owner.suspend(run)
    return run


async def test_what_is_there_is_not_overwritten(server: Server, owner: Owner, folder: Path) -> None:
    (folder / "file.bin").write_bytes(THEIRS)
    run = await fetch(server, owner, folder / "file.bin")
    WHOLE.check(run.outcomes[-1])
    assert (folder / "file.bin").read_bytes() == THEIRS
    assert (folder / "file (1).bin").read_bytes() == FILE.content
    assert run.record.path == str(folder / "file (1).bin")


async def test_what_comes_there_meanwhile_is_not_overwritten(
    server: Server, owner: Owner, folder: Path
) -> None:
    run = await suspend_in_the_middle(server, owner, folder)
    run.right |= {sha256(THEIRS)}
    (folder / "file.bin").write_bytes(THEIRS)
    owner.resume(run)
    WHOLE.check(await run.over())
    assert (folder / "file.bin").read_bytes() == THEIRS
    assert Path(run.record.path).read_bytes() == FILE.content
    assert len(list(folder.iterdir())) == 2


async def test_two_of_one_name(server: Server, owner: Owner, folder: Path) -> None:
    url = server.on("/file.bin", serve(FILE))
    runs = [
        owner.start(make_download(url, folder / "file.bin"), FILE.sha256, run_id=str(number))
        for number in range(4)
    ]
    for run in runs:
        WHOLE.check(await run.over())
        assert Path(run.record.path).read_bytes() == FILE.content
    assert len({run.record.path for run in runs}) == 4
    assert {path.name for path in folder.iterdir()} == {
        "file.bin", "file (1).bin", "file (2).bin", "file (3).bin",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, "file.bin"),
        ('attachment; filename="report.pdf"', "report.pdf"),
        ("attachment; filename*=UTF-8''na%C3%AFve%20plan.txt", "naïve plan.txt"),
        ('attachment; filename="../../../etc/passwd"', "passwd"),
        (r'attachment; filename="C:\\windows\\evil.exe"', "evil.exe"),
    ],
)
async def test_server_names_the_file(
    said: str | None, name: str, server: Server, owner: Owner, folder: Path
) -> None:
    run = await fetch(server, owner, f"{folder}/", header("Content-Disposition", said))
    WHOLE.check(run.outcomes[-1])
    assert [path.name for path in folder.iterdir()] == [name]


async def test_no_place_for_the_file(server: Server, owner: Owner, folder: Path) -> None:
    (folder / "no folder").write_bytes(THEIRS)
    run = await fetch(server, owner, folder / "no folder" / "file.bin")
    failed(Code.FILE_UNUSABLE, "no folder").check(run.outcomes[-1])
    assert len(run.outcomes) == 1
    assert [path.name for path in folder.iterdir()] == ["no folder"]


def _shorten(part: Path) -> None:
    os.truncate(part, 50_000)


def _empty(part: Path) -> None:
    part.write_bytes(b"")


def _change_the_end(part: Path) -> None:
    with part.open("r+b") as file:
        file.seek(199_990)
        file.write(b"changed!")


def _replace(part: Path) -> None:
    part.unlink()
    part.write_bytes(THEIRS)


def _make_longer(part: Path) -> None:
    with part.open("ab") as file:
        file.write(100_000 * b"x")


@pytest.mark.parametrize(
    "harm", [_shorten, _empty, _change_the_end, _replace, _make_longer, Path.unlink]
)
async def test_part_is_not_as_it_was(
    harm: Callable[[Path], None], server: Server, owner: Owner, folder: Path
) -> None:
    run = await suspend_in_the_middle(server, owner, folder)
    harm(Path(run.record.part))
    owner.resume(run)
    WHOLE.check(await run.over())
    assert Path(run.record.path).read_bytes() == FILE.content


async def test_folder_is_gone_and_back(
    server: Server, owner: Owner, folder: Path, tmp_path: Path
) -> None:
    """A disk that was pulled out: nothing is begun elsewhere, and then it goes on."""
    run = await suspend_in_the_middle(server, owner, folder)
    folder.rename(tmp_path / "away")
    owner.resume(run)
    outcome = await run.over()
    if not isinstance(outcome, type(WHOLE.kind)):
        assert getattr(outcome, "code", Code.FILE_UNUSABLE) == Code.FILE_UNUSABLE


async def test_receipt_adds_up(server: Server, owner: Owner, folder: Path) -> None:
    run = await suspend_in_the_middle(server, owner, folder)
    owner.resume(run)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    receipt = run.record.receipt
    assert [(each.first, each.last, each.status) for each in receipt.attempts] == [
        (0, 200_000, 200), (200_000, 300_000, 206),
    ]  # fmt: skip
    assert {each.validator for each in receipt.attempts} == {'"one"'}
    assert receipt.moved == 300_000
    assert receipt.active_s > 0
    assert receipt.connections == 1
    assert receipt.checked


async def test_older_version_gives_its_room_to_the_new_one(
    server: Server, owner: Owner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full in the middle of the new one, and not once the older one is gone."""
    write = os.pwrite
    old = folder / "file.bin.part.old"

    def fill(fd: int, view: memoryview, at: int) -> int:
        if old.exists() and at >= 150_000:
            raise OSError(28, "No space left on device")
        return write(fd, view[:50_000], at)

    monkeypatch.setattr(os, "pwrite", fill)
    large = Entity(make_content(2_000_000, seed=1), etag='"old"')
    cut = serve(large, by=scripts.cut_after(1_500_000))
    url = server.on("/file.bin", cut, serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert len(run.outcomes) == 2, "cut off once, and then it went on"
    assert run.record.receipt.notes[-1].startswith("what there was of the older version was rem")
    assert server.requests[-1].first >= 100_000, "what had come of the new one stays"


async def test_no_room_for_both_versions(
    server: Server, owner: Owner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Entity(make_content(2_000_000, seed=1), etag='"old"')
    cut = serve(large, by=scripts.cut_after(1_500_000))
    url = server.on("/file.bin", cut, serve(FILE))
    old = folder / "file.bin.part.old"
    monkeypatch.setattr(room, "free", lambda _: 200_000 if old.exists() else 2_500_000)
    run = owner.start(make_download(url, folder / "file.bin"), FILE.sha256)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert run.record.receipt.notes[-1].endswith("the new one needs its room")

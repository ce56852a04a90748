"""Attempts over real sockets and files: how they begin, go on and end."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.core.transfers import Done, Failed, Held, Piece
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.files import partfile, room
from bgtasks_gui.transfers.web.failures import Trouble
from tests.transfers.downloads.support.desks import Desk
from tests.transfers.downloads.support.servers import Exchange, Step, give, running, say

CONTENT = os.urandom(300_000)
OTHER = os.urandom(300_000)
LATER = "Thu, 02 Jan 2025 00:00:00 GMT"
RIGHT = {"checksum": f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"}
WRONG = {"checksum": "sha256:" + 64 * "0"}
CUT = give(CONTENT, cut=100_000)


async def play(
    folder: Path, *steps: Step, attempts: int = 2, **fields: Any
) -> tuple[Desk, Done | Failed | Held]:
    """So many attempts, all but the last of which are cut off."""
    async with running(*steps) as server:
        desk = Desk(server, folder, **fields)
        for _ in range(attempts - 1):
            with pytest.raises(Trouble):
                await desk.attempt()
        outcome = await desk.attempt()
        assert isinstance(outcome, Done | Failed | Held)
        return desk, outcome


async def test_whole_at_once(tmp_path: Path) -> None:
    desk, outcome = await play(tmp_path, give(CONTENT), attempts=1)
    assert isinstance(outcome, Done)
    path = str(tmp_path / "file.bin")
    assert msgspec.json.decode(outcome.result) == {"path": path, "bytes": 300_000}
    assert (desk.names, desk.content) == (["file.bin"], CONTENT)
    record, receipt = desk.record, desk.record.receipt
    assert (record.path, record.part, record.length) == (path, "", 300_000)
    assert (receipt.moved, receipt.connections, receipt.again) == (300_000, 1, ())
    assert receipt.checked == "the length is as announced"
    assert [each.end for each in receipt.attempts] == ["done"]
    assert desk.outlet.paid == 300_000
    assert desk.outlet.messages[0] == "connecting"
    assert desk.outlet.messages[-1] == "finishing"
    assert "secret" not in str([desk.outlet.lines, os.getxattr(path, "user.xdg.origin.url")])
    assert desk.outlet.lines[:2] == [
        f"GET http://127.0.0.1:{desk.server.port}/dir/file.bin", '200 OK, 293 KiB, ETag "one"',
    ]  # fmt: skip


async def test_cut_and_gone_on(tmp_path: Path) -> None:
    desk, outcome = await play(tmp_path, CUT, give(CONTENT), **RIGHT)
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert desk.server.firsts == [0, 100_000]
    assert desk.server.asked[1].headers["if-range"] == '"one"'
    receipt = desk.record.receipt
    assert [(each.first, each.last, each.status) for each in receipt.attempts] == [
        (0, 100_000, 200), (100_000, 300_000, 206),
    ]  # fmt: skip
    assert receipt.checked == "its sha256 is as expected"
    assert (receipt.moved, receipt.again) == (300_000, ())


async def test_stopped_and_gone_on(tmp_path: Path) -> None:
    async with running(give(CONTENT, stall=100_000), give(CONTENT)) as server:
        desk = Desk(server, tmp_path)
        await desk.stop_at(100_000)
        await server.until_closed()
        assert desk.record.pieces == (Piece(start=0, end=300_000, done=100_000),)
        assert desk.record.receipt.attempts[-1].end == "stopped"
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT


@pytest.mark.parametrize(
    ("steps", "why", "content"),
    [
        ((CUT, give(OTHER, etag='"two"', modified=LATER)), ranges.CHANGED, OTHER),
        ((CUT, give(CONTENT, ranges=False)), ranges.NO_RANGES, CONTENT),
        ((give(CONTENT, etag=None, modified=None, cut=100_000),
          give(OTHER, etag=None, modified=None)), ranges.UNKNOWN, OTHER),
        ((give(CONTENT, etag='W/"one"', modified=None, cut=100_000),
          give(OTHER, etag='W/"one"', modified=None)), ranges.DIFFERENT, OTHER),
        ((give(CONTENT, etag='"67748580-493e0"', cut=100_000),
          give(OTHER, etag='"67748580-493e0"')), ranges.DIFFERENT, OTHER),
        ((give(CONTENT, etag='W/"one"', modified=None, cut=3000), give(CONTENT)),
         ranges.TOO_LITTLE, CONTENT),
        ((CUT, say("416 Range Not Satisfiable", Content_Range="bytes */50"), give(OTHER)),
         "the server has no such range, the file has 50 bytes", OTHER),
    ],
)  # fmt: skip
async def test_again_from_the_beginning(
    steps: tuple[Step, ...], why: str, content: bytes, tmp_path: Path
) -> None:
    desk, outcome = await play(tmp_path, *steps)
    assert isinstance(outcome, Done)
    assert desk.content == content
    assert desk.reasons[-1] == why
    assert "restarted" in desk.outlet.messages
    assert desk.names == ["file.bin"]


@pytest.mark.parametrize("known", [{"etag": 'W/"one"', "modified": None}, {"etag": None},
                                   {"etag": '"67748580-493e0"'}])  # fmt: skip
async def test_compared_and_gone_on(known: dict[str, Any], tmp_path: Path) -> None:
    desk, outcome = await play(
        tmp_path, give(CONTENT, cut=100_000, **known), give(CONTENT, **known)
    )
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert desk.server.firsts == [0, 100_000 - ranges.OVERLAP]
    assert desk.reasons == ["compared with what was there"]


async def test_another_server_of_the_same_file(tmp_path: Path) -> None:
    """Its validator differs, its date and length do not (wishes W16)."""
    edge = give(CONTENT, etag='"two"')
    desk, outcome = await play(tmp_path, CUT, edge, edge)
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert desk.server.firsts == [0, 100_000, 100_000 - ranges.OVERLAP]
    assert "if-range" not in desk.server.asked[2].headers
    assert desk.record.etag == '"two"'


@pytest.mark.parametrize("content", [CONTENT, OTHER])
async def test_new_address(content: bytes, tmp_path: Path) -> None:
    """Only its length and content tell whether it has the same file (wishes W17)."""
    new = give(content, etag='"new"', modified=LATER)
    async with running(CUT, say("403 Forbidden"), new) as server:
        desk = Desk(server, tmp_path)
        with pytest.raises(Trouble):
            await desk.attempt()
        held = await desk.attempt()
        assert held == Held(code=Code.ADDRESS_EXPIRED, detail="the server answered 403 Forbidden")
        assert desk.record.done == 100_000
        assert isinstance(await desk.attempt(url=f"{server.url}&signed=2"), Done)
        assert desk.content == content
        is_same = content is CONTENT
        assert (desk.record.receipt.moved < 400_000) is is_same
        assert (ranges.DIFFERENT in desk.reasons) is not is_same


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ((say("404 Not Found"),), Failed(code=Code.SERVER_ANSWER, detail="404 Not Found")),
        ((say("204 No Content", b""),), Failed(code=Code.SERVER_ANSWER, detail="204 No Content")),
        ((say("503 Busy", Retry_After=7),),
         Failed(code=Code.SERVER_ANSWER, detail="503 Busy", is_passing=True, wait_s=7.0)),
    ],
)  # fmt: skip
async def test_refused(steps: tuple[Step, ...], outcome: Failed, tmp_path: Path) -> None:
    desk, found = await play(tmp_path, *steps, attempts=1)
    assert found == outcome
    assert (desk.names, desk.record.part) == ([], "")


async def test_wrong_content_is_removed(tmp_path: Path) -> None:
    desk, outcome = await play(tmp_path, give(CONTENT), attempts=1, **WRONG)
    found = hashlib.sha256(CONTENT).hexdigest()
    detail = f"its sha256 is {found}, expected {64 * '0'}"
    assert outcome == Failed(code=Code.WRONG_CONTENT, detail=detail)
    assert (desk.names, desk.record.part, desk.record.pieces) == ([], "", ())
    assert "what arrived was removed" in desk.record.receipt.notes
    assert len(desk.server.asked) == 1


async def test_wrong_content_of_several_answers_is_tried_once_more(tmp_path: Path) -> None:
    desk, outcome = await play(tmp_path, CUT, give(OTHER), give(CONTENT), **RIGHT)
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert desk.server.firsts == [0, 100_000, 0]


async def test_wrong_content_is_tried_only_once_more(tmp_path: Path) -> None:
    desk, outcome = await play(tmp_path, CUT, give(OTHER), **RIGHT)
    assert isinstance(outcome, Failed)
    assert outcome.code == Code.WRONG_CONTENT
    assert desk.server.firsts == [0, 100_000, 0]


async def test_server_names_the_file(tmp_path: Path) -> None:
    named = give(CONTENT, Content_Disposition='attachment; filename="../plan.txt"')
    desk, _ = await play(tmp_path, named, attempts=1, to=f"{tmp_path}/new/folder/")
    assert desk.record.path == str(tmp_path / "new/folder/plan.txt")


async def test_address_names_the_file(tmp_path: Path) -> None:
    desk, _ = await play(tmp_path, give(CONTENT), attempts=1, to=str(tmp_path))
    assert desk.names == ["file.bin"]


async def test_place_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("a file")
    to = str(tmp_path / "plain/file.bin")
    _, outcome = await play(tmp_path, give(CONTENT), attempts=1, to=to)
    assert isinstance(outcome, Failed)
    assert outcome.code == Code.FILE_UNUSABLE
    assert "plain" in outcome.detail


async def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free", lambda _: 1000)
    desk, outcome = await play(tmp_path, give(CONTENT), attempts=1)
    assert isinstance(outcome, Held)
    assert (outcome.code, outcome.folder, outcome.needs) == (
        Code.RESOURCE_REVOKED, str(tmp_path), 300_000,
    )  # fmt: skip
    assert desk.names == []
    monkeypatch.undo()
    assert isinstance(await retry(desk), Done)


async def retry(desk: Desk) -> object:
    async with running(give(CONTENT)) as server:
        return await desk.attempt(url=server.url)


async def test_disk_that_is_full_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = os.pwrite, [0]

    def fill(fd: int, view: memoryview, at: int) -> int:
        if written[0] >= 100_000:
            raise OSError(28, "No space left on device")
        count = write(fd, view[: 100_000 - written[0]], at)
        written[0] += count
        return count

    monkeypatch.setattr(os, "pwrite", fill)
    desk, outcome = await play(tmp_path, give(CONTENT), attempts=1)
    assert isinstance(outcome, Held)
    assert outcome.needs == 300_000 - desk.record.done
    monkeypatch.undo()
    assert isinstance(await retry(desk), Done)
    assert desk.content == CONTENT


async def test_post_is_not_sent_again_by_itself(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"please")
    async with running(give(CONTENT, cut=100_000)) as server:
        desk = Desk(server, tmp_path, method="POST", body=str(body), is_repeatable=False)
        with pytest.raises(Trouble) as caught:
            await desk.attempt()
        assert not caught.value.is_passing
        assert server.asked[0].body == b"please"
        [attempt] = desk.record.receipt.attempts
        crashed = msgspec.structs.replace(attempt, end=None)
        receipt = msgspec.structs.replace(desk.record.receipt, attempts=(crashed,))
        outcome = await desk.attempt(receipt=receipt)
        assert isinstance(outcome, Failed)
        assert not outcome.is_passing
        assert len(server.asked) == 1
        # By hand it may be; what was there is of no use then.
        with pytest.raises(Trouble):
            await desk.attempt()
        assert server.firsts == [0, 0]


async def test_crash_behind_the_last_step(tmp_path: Path) -> None:
    """The file has its name already, and nobody was told."""
    desk, _ = await play(tmp_path, CUT, give(CONTENT))
    early = desk.outlet.records[0]
    assert early.part
    outcome = await desk.attempt(**{name: getattr(early, name) for name in early.__struct_fields__})
    assert isinstance(outcome, Done)
    assert len(desk.server.asked) == 2
    assert (desk.names, desk.record.part) == (["file.bin"], "")


@pytest.mark.parametrize("harm", ["gone", "changed", "shorter"])
async def test_part_is_not_as_it_was(harm: str, tmp_path: Path) -> None:
    async with running(CUT, give(CONTENT)) as server:
        desk = Desk(server, tmp_path)
        with pytest.raises(Trouble):
            await desk.attempt()
        if harm == "gone":
            desk.part.unlink()
        elif harm == "shorter":
            os.truncate(desk.part, 70_000)
        else:
            desk.part.write_bytes(OTHER[:100_000])
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT
        first = 70_000 - min(ranges.OVERLAP, 70_000) if harm == "shorter" else 0
        assert server.firsts == [0, first]
        assert any(harm in why or "only 70000" in why for why in desk.reasons)


async def test_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    async with running(CUT) as server:
        desk = Desk(server, folder)
        with pytest.raises(Trouble):
            await desk.attempt()
        folder.rename(tmp_path / "away")
        outcome = await desk.attempt()
        assert isinstance(outcome, Failed)
        assert outcome.code == Code.FILE_UNUSABLE
        assert not folder.exists()


@pytest.mark.parametrize("has_blocks", [True, False])
async def test_others_filled_the_disk(
    has_blocks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken for the file in advance counts as room."""
    async with running(CUT, give(CONTENT)) as server:
        desk = Desk(server, tmp_path)
        with pytest.raises(Trouble):
            await desk.attempt()
        if not has_blocks:
            os.truncate(desk.part, 100_000)
        monkeypatch.setattr(room, "free", lambda _: 0)
        outcome = await desk.attempt()
        assert isinstance(outcome, Done if has_blocks else Held)
        if isinstance(outcome, Held):
            assert 0 < outcome.needs <= 200_000
            assert desk.record.done == 100_000


async def test_crash_before_anything_was_recorded(tmp_path: Path) -> None:
    desk, _ = await play(tmp_path, give(CONTENT), attempts=1)
    async with running(give(CONTENT)) as server:
        again = Desk(server, tmp_path)
        assert isinstance(await again.attempt(), Done)
        assert (again.names, again.record.path) == (["file.bin"], desk.record.path)
        assert again.record.receipt.moved == 300_000


async def test_failure_at_the_last_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is there: nothing is asked for another time."""

    def refuse(*_: object) -> str:
        raise OSError(5, "Input/output error")

    async with running(give(CONTENT)) as server:
        desk = Desk(server, tmp_path)
        monkeypatch.setattr(partfile.PartFile, "finish", refuse)
        outcome = await desk.attempt()
        assert isinstance(outcome, Failed)
        assert outcome.detail == f"{tmp_path}/file.bin: input/output error"
        assert desk.record.done == 300_000
        monkeypatch.undo()
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT
        assert len(server.asked) == 1


async def test_compressed_is_kept_as_it_was_sent(tmp_path: Path) -> None:
    desk, _ = await play(tmp_path, give(CONTENT, Content_Encoding="gzip"), attempts=1)
    assert desk.content == CONTENT
    assert all(total is None for _, total, message in desk.outlet.figures if message is None)
    assert "the server sent it compressed; it is kept as it was sent" in desk.record.receipt.notes


async def test_changes_again_and_again(tmp_path: Path) -> None:
    versions = iter(range(100))

    async def another(exchange: Exchange) -> None:
        step = give(CONTENT, etag=f'"{next(versions)}"', modified=None, stall=1000)
        await step(exchange)

    async with running(another) as server:
        with pytest.raises(Trouble, match="again and again") as caught:
            await Desk(server, tmp_path, segments=2).attempt()
        assert caught.value.is_passing
        assert len(server.asked) < 10


async def test_refused_post_is_not_tried_again(tmp_path: Path) -> None:
    fields = {"method": "POST", "is_repeatable": False}
    _, outcome = await play(tmp_path, say("503 Busy"), attempts=1, **fields)
    assert outcome == Failed(code=Code.SERVER_ANSWER, detail="503 Busy")

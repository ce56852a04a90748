"""Which way a file is sent, and what is kept however that ends."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.core.transfers import Done, Failed
from tests.faults.support import uploads
from tests.faults.support.entities import make_answer, make_content, sha256
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import REFUSED, WHOLE, Code, failed, make_upload, until
from tests.faults.support.server import Exchange, Server
from tests.transfers.uploads.conftest import CONTENT
from tests.transfers.uploads.drafts import DraftServer


async def test_auto_finds_tus(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    run = owner.start(make_upload(tus.url, file, protocol="auto"))
    WHOLE.check(await run.over())
    assert tus.content() == CONTENT
    assert run.record.protocol == "tus"


async def test_auto_finds_the_draft(server: Server, owner: Owner, file: Path) -> None:
    drafts = DraftServer(server, limits="max-size=10000000")
    run = owner.start(make_upload(drafts.url, file, protocol="auto", method="POST"))
    WHOLE.check(await run.over())
    assert drafts.content() == CONTENT
    assert run.record.protocol == "draft"


@pytest.mark.parametrize("status", [200, 204, 404, 405, 501])
async def test_auto_is_plain_where_nothing_is_offered(
    status: int, server: Server, owner: Owner, file: Path
) -> None:
    def act(exchange: Exchange) -> None:
        is_offer = exchange.request.method == "OPTIONS"
        exchange.answer(make_answer(status if is_offer else 201, location="/made/1"))

    run = owner.start(make_upload(server.on("/up", act), file, protocol="auto"))
    outcome = await run.over()
    assert isinstance(outcome, Done)
    assert msgspec.json.decode(outcome.result) == {
        "status": 201, "bytes": len(CONTENT), "location": server.url("/made/1"),
    }  # fmt: skip
    assert [each.method for each in server.requests] == ["OPTIONS", "PUT"]
    assert run.record.protocol == "plain"


async def test_it_is_found_out_once(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    tus.faults = [("broken", 1000), ("broken", 1000)]
    run = owner.start(make_upload(tus.url, file, protocol="auto"))
    WHOLE.check(await run.over())
    assert [each.method for each in server.requests].count("OPTIONS") == 1


@pytest.mark.parametrize("protocol", ["auto", "tus"])
async def test_too_large_is_told_before_it_is_sent(
    protocol: str, server: Server, owner: Owner, file: Path
) -> None:
    about = {"tus_resumable": "1.0.0", "tus_extension": "creation", "tus_max_size": "2097152"}
    url = server.on("/up", lambda exchange: exchange.answer(make_answer(204, **about)))
    run = owner.start(make_upload(url, file, protocol=protocol, method="POST"))
    failed(Code.SERVER_ANSWER, "2 MiB at most, and this one has 2.9 MiB").check(await run.over())
    assert len(server.requests) == 1


@pytest.mark.parametrize("what", ["none", "folder"])
async def test_no_file_to_send(what: str, server: Server, owner: Owner, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    run = owner.start(make_upload(server.on("/up", uploads.take()), tmp_path / what))
    failed(Code.FILE_UNUSABLE, str(tmp_path / what)).check(await run.over())
    assert server.requests == []


async def test_changed_between_two_attempts(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    owner.goes_on = False
    tus.faults = [("broken", 1_000_000)]
    run = owner.start(make_upload(tus.url, file, protocol="tus"))
    await run.over()
    os.utime(file, ns=(0, 0))
    owner.resume(run)
    WHOLE.check(await run.over())
    assert run.record.receipt.again[-1].why == "the file was changed"
    assert "the upload begins again, since the file was changed" in run.lines
    assert len(tus.resources) == 2


async def test_changed_while_it_is_sent(server: Server, owner: Owner, file: Path) -> None:
    """The server does not get the end of the new file behind the beginning of the old one."""
    owner.goes_on = False
    url = server.on("/up", uploads.stall_in_body(100_000, uploads.take()), uploads.take())
    run = owner.start(make_upload(url, file, rate=2_000_000))
    await until(server, lambda: bool(server.requests) and server.requests[0].received >= 100_000)
    other = make_content(len(CONTENT), seed=1)
    file.write_bytes(other)
    server.release()
    outcome = await run.over()
    failed(Code.FILE_UNUSABLE, "was changed while it was sent").check(outcome)
    assert isinstance(outcome, Failed)
    assert outcome.is_passing
    await until(server, lambda: server.open == 0)
    assert server.requests[0].received < len(CONTENT)
    owner.resume(run)
    owner.engine.limit(None, run.run_id)
    WHOLE.check(await run.over())
    assert server.requests[-1].sha256 == sha256(other)


async def test_each_end_is_in_the_receipt(server: Server, owner: Owner, file: Path) -> None:
    url = server.on("/up", uploads.cut_in_body(100), uploads.stall_in_body(100, uploads.take()),
                    uploads.take(403), uploads.take(201))  # fmt: skip
    run = owner.start(make_upload(url, file))
    await until(server, lambda: len(server.requests) == 2 and server.requests[1].received == 100)
    await owner.suspend(run)
    owner.resume(run)
    REFUSED.check(await run.over())
    owner.resume(run)
    WHOLE.check(await run.over())
    cut, *ends = [each.end for each in run.record.receipt.attempts]
    assert cut is not None
    assert "the server" in cut
    assert ends == ["stopped", "403 Forbidden", "done"]

"""Uploads to servers that take them, refuse them, or lose them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bgtasks_gui.core.transfers import Done, Stopped
from tests.faults.support import scripts, uploads
from tests.faults.support.entities import make_content, sha256
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import (
    REFUSED,
    UNREACHED,
    WHOLE,
    Code,
    End,
    failed,
    make_upload,
    until,
)
from tests.faults.support.scripts import redirect, say
from tests.faults.support.server import Act, Server
from tests.faults.support.uploads import take

CONTENT = make_content(3_000_000)
ONCE = {"method": "POST", "is_repeatable": False}
TUS = {"protocol": "tus", "method": "POST"}


@dataclass(frozen=True)
class Sending:
    """One upload to a server that behaves so."""

    name: str
    acts: tuple[Act, ...]
    end: End = WHOLE
    #: How often it is asked, where that matters.
    times: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def sending_id(sending: Sending) -> str:
    return sending.name.replace(" ", "-").replace(",", "")


PLAIN = [
    Sending("put", (take(201),), times=1),
    Sending("post", (take(200),), times=1, fields=ONCE),
    Sending("nothing to say about it", (take(204),), times=1),
    Sending("503, then good", (say(503), take(201)), times=2),
    Sending("500 behind the body, then good", (take(500), take(201)), times=2),
    Sending("ends in the body, then good", (uploads.cut_in_body(1_000_000), take(201)), times=2),
    Sending("reset in the body, then good",
            (uploads.cut_in_body(1_000_000, reset=True), take(201)), times=2),
    Sending("no answer behind the body, then good", (scripts.hang_up, take(201)), times=2),
    Sending("reads no further, then good",
            (uploads.stall_in_body(100_000, take(201)), take(201)), times=2,
            fields={"request_timeout_s": 0.5}),
    Sending("no answer, then good", (uploads.stall_in_body(3_000_000, take(201)), take(201)),
            times=2, fields={"request_timeout_s": 0.5}),
    Sending("too large, says so before the body", (uploads.answer_unread(413),),
            failed(Code.SERVER_ANSWER, "413"), times=1),
    Sending("too large, says so and waits", (uploads.answer_unread(413, stays=True),),
            failed(Code.SERVER_ANSWER, "413"), times=1),
    Sending("forbidden", (say(403),), failed(Code.SERVER_ANSWER, "403"), times=1),
    Sending("not here", (say(404),), failed(Code.SERVER_ANSWER, "404"), times=1),
    Sending("500 for ever", (take(500),), REFUSED),
    Sending("nobody answers", (scripts.hang_up,), UNREACHED),
    Sending("post is not sent twice: 500", (take(500), take(201)),
            failed(Code.SERVER_ANSWER, "500"), times=1, fields=ONCE),
    Sending("post is not sent twice: no answer", (uploads.cut_in_body(3_000_000), take(201)),
            UNREACHED, times=1, fields=ONCE),
    Sending("post is not sent twice: ends in the body", (uploads.cut_in_body(100_000), take(201)),
            UNREACHED, times=1, fields=ONCE),
    Sending("post may be sent twice where that was said", (take(500), take(201)), times=2,
            fields={"method": "POST", "is_repeatable": True}),
    Sending("elsewhere, with the body", (redirect("/there", 307),), times=1),
    Sending("elsewhere for good, with the body", (redirect("/there", 308),), times=1),
]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "file.bin"
    made.write_bytes(CONTENT)
    return made


@pytest.mark.parametrize("sending", PLAIN, ids=sending_id)
async def test_plain(sending: Sending, server: Server, owner: Owner, file: Path) -> None:
    server.on("/there", take(201))
    url = server.on("/here", *sending.acts)
    run = owner.start(make_upload(url, file, **sending.fields))
    outcome = await run.over()
    sending.end.check(outcome)
    if isinstance(outcome, Done):
        last = server.requests[-1]
        assert (last.received, last.sha256) == (len(CONTENT), sha256(CONTENT))
        result = msgspec.json.decode(outcome.result)
        assert (result["status"], result["bytes"]) == (last.status, len(CONTENT))
    if sending.times is not None:
        assert len(server.asked("/here")) == sending.times
    # A server that reads no further does not hear that the client has left, either.
    server.release()
    await until(server, lambda: server.open == 0)
    assert file.read_bytes() == CONTENT


async def test_empty_file(server: Server, owner: Owner, file: Path) -> None:
    file.write_bytes(b"")
    run = owner.start(make_upload(server.on("/here", take()), file))
    WHOLE.check(await run.over())
    assert server.requests[0].named["content-length"] == "0"


async def test_no_file(server: Server, owner: Owner, file: Path) -> None:
    file.unlink()
    run = owner.start(make_upload(server.on("/here", take()), file))
    failed(Code.FILE_UNUSABLE).check(await run.over())
    assert len(run.outcomes) == 1


async def test_suspended_plain_upload_begins_again(
    server: Server, owner: Owner, file: Path
) -> None:
    url = server.on("/here", uploads.stall_in_body(100_000, take()), take(201))
    run = owner.start(make_upload(url, file))
    await until(server, lambda: bool(server.requests) and server.requests[0].received == 100_000)
    assert isinstance(await owner.suspend(run), Stopped)
    server.release()
    await until(server, lambda: server.open == 0)
    owner.resume(run)
    WHOLE.check(await run.over())
    assert server.requests[-1].sha256 == sha256(CONTENT)


# tus


@dataclass(frozen=True)
class Trouble:
    name: str
    faults: tuple[tuple[uploads.Fault, int], ...]
    #: Uploads that are begun on the server.
    begun: int = 1


TROUBLES = [
    Trouble("none", ()),
    Trouble("ends in the body", (("broken", 1_000_000),)),
    Trouble("ends in the body again and again", (("broken", 500_000),) * 5),
    Trouble("busy", (("busy", 0), ("busy", 0))),
    Trouble("another offset", (("conflict", 0),)),
    Trouble("arrived damaged", (("mismatch", 0),)),
    Trouble("lost", (("gone", 0),), begun=2),
    Trouble("lost in the middle", (("broken", 1_000_000), ("gone", 0)), begun=2),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.name.replace(" ", "-"))
async def test_tus(trouble: Trouble, server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    tus.faults = list(trouble.faults)
    run = owner.start(make_upload(tus.url, file, **TUS))
    WHOLE.check(await run.over())
    assert tus.sha256() == sha256(CONTENT)
    assert len([each for each in server.requests if each.method == "POST"]) == trouble.begun
    await until(server, lambda: server.open == 0)


async def test_tus_server_has_less_than_was_thought(
    server: Server, owner: Owner, file: Path
) -> None:
    tus = uploads.Tus(server)
    run = await _suspend_at(1_000_000, tus, server, owner, file)
    tus.shorten(400_000)
    owner.resume(run)
    WHOLE.check(await run.over())
    assert tus.sha256() == sha256(CONTENT)
    assert [each.start for each in run.record.receipt.again] == [400_000]


async def test_tus_goes_on_where_it_was(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    run = await _suspend_at(1_000_000, tus, server, owner, file)
    before = sum(each.received for each in server.requests)
    owner.resume(run)
    WHOLE.check(await run.over())
    assert tus.sha256() == sha256(CONTENT)
    assert sum(each.received for each in server.requests) - before == 2_000_000


async def test_file_changed_while_suspended(server: Server, owner: Owner, file: Path) -> None:
    """Halves of two files are not put together."""
    tus = uploads.Tus(server)
    run = await _suspend_at(1_000_000, tus, server, owner, file)
    changed = make_content(3_000_000, seed=1)
    file.write_bytes(changed)
    owner.resume(run)
    WHOLE.check(await run.over())
    whole = [bytes(each.content) for each in tus.resources.values()]
    assert changed in whole


async def _suspend_at(size: int, tus: uploads.Tus, server: Server, owner: Owner, file: Path) -> Run:
    """An upload of which the server has so many bytes."""
    owner.goes_on = False
    tus.faults = [("broken", size)]
    run = owner.start(make_upload(tus.url, file, **TUS))
    UNREACHED.check(await run.over())
    await until(server, lambda: server.open == 0)
    assert len(tus.content()) == size
    return run

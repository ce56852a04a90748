"""What follows from the answers of servers that can go on: by tus, which has all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Failed
from bgtasks_gui.transfers.uploads.resumable import MOST_IN_VAIN, number
from tests.faults.support import uploads
from tests.faults.support.entities import Answer, make_answer
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import EXPIRED, UNREACHED, WHOLE, Code, failed, make_upload
from tests.faults.support.server import Exchange, Server
from tests.transfers.uploads.conftest import CONTENT
from tests.transfers.uploads.test_draft import answer

TUS = {"protocol": "tus", "method": "POST"}


async def suspend_at(size: int, tus: uploads.Tus, owner: Owner, file: Path) -> Run:
    """An upload of which the server has so many bytes."""
    owner.goes_on = False
    tus.faults = [("broken", size)]
    run = owner.start(make_upload(tus.url, file, **TUS))
    UNREACHED.check(await run.over())
    return run


def count(server: Server, method: str) -> int:
    return sum(each.method == method for each in server.requests)


def has_asked(method: str, answered: Answer) -> Callable[[Exchange], None]:
    """Answer this method so; for all others the upload is refused."""
    return lambda exchange: exchange.answer(
        answered if exchange.request.method == method else make_answer(500)
    )


async def test_its_place_is_kept_before_the_first_byte(
    server: Server, owner: Owner, file: Path
) -> None:
    tus = uploads.Tus(server)
    run = await suspend_at(0, tus, owner, file)
    assert run.record.resource in [server.url(path) for path in tus.resources]
    owner.resume(run)
    WHOLE.check(await run.over())
    assert count(server, "POST") == 1


async def test_what_is_sent_again_is_in_the_receipt(
    server: Server, owner: Owner, file: Path
) -> None:
    tus = uploads.Tus(server)
    run = await suspend_at(1_000_000, tus, owner, file)
    owner.resume(run)
    WHOLE.check(await run.over())
    receipt = run.record.receipt
    assert [each.first for each in receipt.attempts] == [0, 1_000_000]
    assert [each.start for each in receipt.again] == [1_000_000]
    assert receipt.moved == receipt.attempts[0].last + 2_000_000
    assert "the server has 1000000 of 3000000 bytes, the rest follows" in run.lines


async def test_what_has_expired_is_not_asked_for(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    run = await suspend_at(1_000_000, tus, owner, file)
    asked = count(server, "HEAD")
    owner.resume(run, kept_until=datetime.now(UTC) - timedelta(seconds=1))
    WHOLE.check(await run.over())
    assert (count(server, "HEAD"), count(server, "POST")) == (asked, 2)
    assert run.record.receipt.again[-1].why == "the server was to keep it no longer"


async def test_the_place_holds_something_else(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    run = await suspend_at(1_000_000, tus, owner, file)
    [resource] = tus.resources.values()
    resource.length = 7
    owner.resume(run)
    WHOLE.check(await run.over())
    assert bytes(list(tus.resources.values())[-1].content) == CONTENT


async def test_somebody_must_log_in_anew(server: Server, owner: Owner, file: Path) -> None:
    run = await suspend_at(1_000_000, uploads.Tus(server), owner, file)
    owner.resume(run)
    WHOLE.check(await run.over())
    server.on("/files/", lambda exchange: exchange.answer(make_answer(401)))
    owner.resume(run)
    EXPIRED.check(await run.over())


async def test_a_few_bytes_at_a_time(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    tus.most = 400_000
    run = owner.start(make_upload(tus.url, file, **TUS))
    WHOLE.check(await run.over())
    assert tus.content() == CONTENT
    assert count(server, "PATCH") == 8
    assert count(server, "HEAD") == 0, "each answer says how much it took"


async def test_a_server_that_takes_nothing(server: Server, owner: Owner, file: Path) -> None:
    tus = uploads.Tus(server)
    tus.faults = [("conflict", 0)] * 100
    owner.goes_on = False
    run = owner.start(make_upload(tus.url, file, **TUS))
    outcome = await run.over()
    failed(Code.SERVER_ANSWER, "without taking any more").check(outcome)
    assert isinstance(outcome, Failed)
    assert outcome.is_passing
    assert len(server.requests) <= MOST_IN_VAIN + 2


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (make_answer(403), "403"), (make_answer(413), "413"),
        (make_answer(201), "201 without an address"),
        (make_answer(201, location="ftp://localhost/x"), "without an address"),
    ],
)  # fmt: skip
async def test_refused_at_once(
    answered: Answer, says: str, server: Server, owner: Owner, file: Path
) -> None:
    url = server.on("/files", has_asked("POST", answered))
    run = owner.start(make_upload(url, file, **TUS))
    failed(Code.SERVER_ANSWER, says).check(await run.over())
    assert count(server, "POST") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("-1", None),
        ("x", None),
        ("", None),
        (30 * "9", None),
    ],
)
def test_number(text: str, value: int | None) -> None:
    assert number(answer(upload_offset=text), "upload-offset") == value

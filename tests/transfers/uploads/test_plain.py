"""All in one request: what is said where it begins again, and what must not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Attempt, Failed, Receipt, Record, UploadSpec
from bgtasks_gui.transfers.uploads.plain import CANNOT_RESUME, may_have_arrived
from tests.faults.support import uploads
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import UNREACHED, WHOLE, Code, failed, make_upload, until
from tests.faults.support.scripts import redirect, say
from tests.faults.support.server import Server
from tests.transfers.uploads.conftest import CONTENT

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ONCE = {"method": "POST", "is_repeatable": False}


async def test_it_says_that_it_begins_again(server: Server, owner: Owner, file: Path) -> None:
    url = server.on("/up", uploads.cut_in_body(1_000_000, reset=True), uploads.take(201))
    run = owner.start(make_upload(url, file))
    WHOLE.check(await run.over())
    assert run.lines == [CANNOT_RESUME]
    receipt = run.record.receipt
    assert receipt.notes == (CANNOT_RESUME,)
    [again] = receipt.again
    assert again.start == 0
    assert 1_000_000 <= again.end == receipt.attempts[0].last <= len(CONTENT)
    assert [each.status for each in receipt.attempts] == [None, 201]
    assert receipt.moved == again.end + len(CONTENT)
    assert receipt.checked is not None


async def test_nothing_is_said_where_it_works(server: Server, owner: Owner, file: Path) -> None:
    run = owner.start(make_upload(server.on("/up", uploads.take(201)), file))
    WHOLE.check(await run.over())
    assert (run.lines, run.record.receipt.notes, run.record.receipt.again) == ([], (), ())
    assert run.record.done == len(CONTENT)


async def test_not_even_begun_may_be_tried_again(server: Server, owner: Owner, file: Path) -> None:
    """Where nobody answers, nothing can have arrived."""
    owner.goes_on = False
    url = server.on("/up", uploads.take(201))
    server.go_down()
    run = owner.start(make_upload(url, file, **ONCE))
    outcome = await run.over()
    UNREACHED.check(outcome)
    assert isinstance(outcome, Failed)
    assert outcome.is_passing
    server.go_up()
    owner.resume(run)
    WHOLE.check(await run.over())


async def test_once_sent_it_is_not_sent_again(server: Server, owner: Owner, file: Path) -> None:
    url = server.on("/up", uploads.cut_in_body(100), uploads.take(201))
    run = owner.start(make_upload(url, file, **ONCE))
    failed(Code.CONNECTION, "the server may have it").check(await run.over())
    assert len(server.requests) == 1


async def test_after_a_crash_it_is_not_sent_again(server: Server, owner: Owner, file: Path) -> None:
    """Of an attempt whose end nobody saw it is not known what became of it."""
    url = server.on("/up", uploads.stall_in_body(100, uploads.take(201)))
    run = owner.start(make_upload(url, file, **ONCE))
    await until(server, lambda: bool(server.requests) and server.requests[0].received == 100)
    await owner.until(lambda: run.record.receipt.attempts != ())
    kept = run.record
    await owner.suspend(run)
    owner.goes_on = False
    run = owner.start(run.spec, record=kept)
    failed(Code.CONNECTION, "may have had it").check(await run.over())
    assert len(server.requests) == 1


async def test_a_person_may_have_it_sent_again(server: Server, owner: Owner, file: Path) -> None:
    url = server.on("/up", uploads.stall_in_body(100, uploads.take(201)), uploads.take(201))
    run = owner.start(make_upload(url, file, **ONCE))
    await until(server, lambda: bool(server.requests) and server.requests[0].received == 100)
    await owner.suspend(run)
    owner.resume(run)
    WHOLE.check(await run.over())


@pytest.mark.parametrize(
    ("is_repeatable", "attempts", "may"),
    [
        (False, (), False), (False, (Attempt(at=NOW, url="u", end="stopped"),), False),
        (False, (Attempt(at=NOW, url="u"),), True), (True, (Attempt(at=NOW, url="u"),), False),
    ],
)  # fmt: skip
def test_what_may_have_arrived(
    is_repeatable: bool, attempts: tuple[Attempt, ...], may: bool
) -> None:
    spec = UploadSpec(url="u", method="POST", file="/f", is_repeatable=is_repeatable)
    record = Record(url="u", receipt=Receipt(attempts=attempts))
    assert may_have_arrived(spec, record) is may


async def test_so_long_as_the_server_asks_for(server: Server, owner: Owner, file: Path) -> None:
    owner.goes_on = False
    url = server.on("/up", say(503, retry_after="7"), uploads.take())
    outcome = await owner.start(make_upload(url, file)).over()
    assert isinstance(outcome, Failed)
    assert (outcome.wait_s, outcome.is_passing) == (7.0, True)


@pytest.mark.parametrize("status", [301, 302])
async def test_a_page_instead_of_a_taken_file_is_no_success(
    server: Server, owner: Owner, file: Path, status: int
) -> None:
    page = server.on("/page", say(200))
    url = server.on("/up", redirect(page, status))
    run = owner.start(make_upload(url, file, **ONCE))
    outcome = await run.over()
    assert isinstance(outcome, Failed)
    assert outcome.detail == f"{status} and another address, without taking the file"


async def test_a_page_about_a_taken_file_is(server: Server, owner: Owner, file: Path) -> None:
    page = server.on("/page", say(200))
    url = server.on("/up", redirect(page, 303))
    WHOLE.check(await owner.start(make_upload(url, file, **ONCE)).over())

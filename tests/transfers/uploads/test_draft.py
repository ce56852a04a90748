"""The words of the IETF draft, and uploads by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bgtasks_gui.core.transfers import Spec
from bgtasks_gui.transfers.uploads import draft
from bgtasks_gui.transfers.uploads.draft import Draft
from bgtasks_gui.transfers.web.web import Answer
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import WHOLE, make_upload
from tests.faults.support.server import Server
from tests.transfers.uploads.conftest import CONTENT
from tests.transfers.uploads.drafts import DraftServer, Fault

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ASKED = {"protocol": "draft", "method": "POST"}


def answer(status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, headers=named, request=httpx.Request("GET", "http://x/"))
    return Answer(response, Spec(url="http://x/", method="GET"))


@pytest.mark.parametrize(
    ("headers", "is_offered"),
    [
        ({}, False), ({"upload_limit": "max-size=1"}, True),
        ({"upload_draft_interop_version": "8"}, True),
        ({"upload_draft_interop_version": "x"}, False),
    ],
)  # fmt: skip
def test_offered(headers: dict[str, str], is_offered: bool) -> None:
    assert draft.is_offered(answer(**headers)) is is_offered


def test_limits() -> None:
    limited = answer(upload_limit="max-size=100, min-size=1,max-append-size=10, max-age=60;x=1")
    assert draft.limits(limited) == {
        "max-size": 100, "min-size": 1, "max-append-size": 10, "max-age": 60,
    }  # fmt: skip
    assert draft.most(limited) == 100
    assert draft.limits(answer(upload_limit="max-size=many, =3, max-age=1.5")) == {}


def test_what_it_learns() -> None:
    dialect = Draft()
    assert dialect.learn(answer(), NOW) is None
    assert dialect.most is None
    learned = dialect.learn(answer(upload_limit="max-append-size=10, max-age=60"), NOW)
    assert learned == NOW + timedelta(seconds=60)
    assert dialect.most == 10
    assert dialect.learn(answer(upload_limit="expires=999999999999"), NOW) is not None


def test_which_range_is_the_last() -> None:
    dialect = Draft("8")
    assert dialect.append(0, 10, 20)["Upload-Complete"] == "?0"
    assert dialect.append(10, 20, 20)["Upload-Complete"] == "?1"
    assert dialect.find() == {"Upload-Draft-Interop-Version": "8"}


def test_when_it_is_whole() -> None:
    dialect = Draft()
    assert dialect.is_whole(answer(upload_complete="?1"), is_last=False)
    assert not dialect.is_whole(answer(), is_last=False)
    assert dialect.is_whole(answer(), is_last=True)
    assert not dialect.is_whole(answer(upload_complete="?0"), is_last=True)


@pytest.mark.parametrize(
    ("faults", "begun"),
    [
        ([], 1), ([("cut", 1_000_000)], 1), ([("cut", 0), ("cut", 500_000)], 1),
        ([("conflict", 0)], 1), ([("silent", 0)], 1), ([("late", 0)], 1), ([("gone", 0)], 2),
    ],
)  # fmt: skip
async def test_upload(
    faults: list[tuple[Fault, int]], begun: int, server: Server, owner: Owner, file: Path
) -> None:
    drafts = DraftServer(server, limits="max-age=3600")
    drafts.faults = faults
    run = owner.start(make_upload(drafts.url, file, **ASKED))
    WHOLE.check(await run.over())
    assert drafts.content() == CONTENT
    assert len(drafts.lengths) == begun
    assert len(drafts.whole) == 1
    assert run.record.kept_until is not None


async def test_so_much_at_once_as_the_server_takes(
    server: Server, owner: Owner, file: Path
) -> None:
    drafts = DraftServer(server, limits="max-append-size=1000000")
    run = owner.start(make_upload(drafts.url, file, **ASKED))
    WHOLE.check(await run.over())
    assert drafts.content() == CONTENT
    sent = [each.received for each in server.requests if each.method == "PATCH"]
    assert sent == [1_000_000, 1_000_000, 1_000_000]


async def test_version_that_the_server_names(server: Server, owner: Owner, file: Path) -> None:
    drafts = DraftServer(server, version="8")
    run = owner.start(make_upload(drafts.url, file, protocol="auto", method="POST"))
    WHOLE.check(await run.over())
    said = {each.named.get("upload-draft-interop-version") for each in server.requests[1:]}
    assert (said, run.record.protocol) == ({"8"}, "draft")


async def test_empty_file(server: Server, owner: Owner, file: Path) -> None:
    """There is nothing to go on with: it is one plain request."""
    file.write_bytes(b"")
    from tests.faults.support.uploads import take

    url = server.on("/empty", take(204), take(201))
    WHOLE.check(await owner.start(make_upload(url, file, **ASKED)).over())
    assert [each.method for each in server.requests] == ["OPTIONS", "POST"]

"""The kind `upload`: what is accepted, how it is kept, and what is sent."""

from __future__ import annotations

import pytest

from bgtasks_gui.core import errors, transfers
from bgtasks_gui.kinds.upload import UploadKind, UploadPayload
from tests.core import samples
from tests.fakes import samples as stored
from tests.fakes import scripted_checker

KIND = UploadKind()
URL = "https://ada:love@example.org/inbox"


async def prepare(**fields: object) -> UploadPayload:
    payload = UploadPayload(**{"url": URL, "file": "/srv/report.pdf"} | fields)
    found = await KIND.prepared(payload, samples.make_spec(), scripted_checker.ScriptedChecker())
    assert isinstance(found, UploadPayload)
    return found


async def test_it_is_put_unless_said_otherwise() -> None:
    assert (await prepare()).method == "PUT"
    found = await prepare(method="post", protocol="tus", headers={"X": " 1 "})
    assert (found.method, found.protocol, found.headers) == ("POST", "tus", {"X": "1"})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "example.org"}, "url"),
        ({"file": "/nowhere/a"}, "file"),
        ({"method": "TRACE"}, "method"),
        ({"headers": {"Content-Length": "1"}}, "headers.Content-Length"),
        ({"proxy": "ftp://a"}, "proxy"),
    ],
)
async def test_what_is_refused(fields: dict[str, object], field: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        await prepare(**fields)
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("/srv/report.pdf", "uploads report.pdf to example.org"),
        ("/srv/a\nb", "uploads a b to example.org"),
        ("/srv/" + "x" * 61, f"uploads {'x' * 59}… to example.org"),
    ],
)
def test_in_words(file: str, words: str) -> None:
    assert KIND.describe(UploadPayload(url=URL, file=file)) == words


def test_what_is_sent() -> None:
    payload = UploadPayload(
        url=URL, file="/a", protocol="draft", method="POST", repeat=True, attempts=3, priority="low"
    )
    task = stored.a_task()
    assert KIND.transfer(payload, task, stored.a_run(task=task)) == transfers.UploadSpec(
        url=URL, file="/a", protocol="draft", method="POST", is_repeatable=True
    )
    assert (KIND.address(payload), KIND.attempts(payload), KIND.priority(payload)) == (
        URL, 3, "low",
    )  # fmt: skip
    assert KIND.folder(payload) == ""

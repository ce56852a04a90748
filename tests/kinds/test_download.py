"""The kind `download`: what is accepted, how it is kept, and what is moved."""

from __future__ import annotations

import pytest

from bgtasks_gui.core import errors, transfers
from bgtasks_gui.kinds.download import DownloadKind, DownloadPayload
from tests.core import samples
from tests.fakes import samples as stored
from tests.fakes import scripted_checker

KIND = DownloadKind()
URL = "https://example.org/a/report%201.pdf?x=1"
DIGEST = "md5:" + "A" * 32


async def prepare(**fields: object) -> DownloadPayload:
    payload = DownloadPayload(**{"url": URL} | fields)
    found = await KIND.prepared(payload, samples.make_spec(), scripted_checker.ScriptedChecker())
    assert isinstance(found, DownloadPayload)
    return found


async def test_what_is_left_open_is_filled_in() -> None:
    found = await prepare(method="post", checksum=DIGEST, body="/srv/body")
    assert found.to == f"{scripted_checker.HOME}/Downloads/"
    assert (found.method, found.checksum, found.body) == ("POST", DIGEST.lower(), "/srv/body")
    again = await KIND.prepared(found, samples.make_spec(), scripted_checker.ScriptedChecker())
    assert again == found


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "ftp://a/b"}, "url"),
        ({"to": "/nowhere/a"}, "to"),
        ({"body": "/nowhere/a"}, "body"),
        ({"checksum": "x"}, "checksum"),
        ({"method": "HEAD"}, "method"),
        ({"headers": {"Host": "a"}}, "headers.Host"),
        ({"rate": 1}, "rate"),
        ({"segments": -1}, "segments"),
        ({"segments": 17}, "segments"),
    ],
)
async def test_what_is_refused(fields: dict[str, object], field: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        await prepare(**fields)
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("to", "url", "words"),
    [
        ("", URL, "downloads report 1.pdf from example.org"),
        ("/srv/", URL, "downloads report 1.pdf from example.org"),
        ("/srv/other.pdf", URL, "downloads other.pdf from example.org"),
        ("", "https://ada:love@example.org/", "downloads a file from example.org"),
        ("", "https://a/x%0Ay", "downloads x y from a"),
        ("/srv/" + "x" * 61, URL, f"downloads {'x' * 59}… from example.org"),
    ],
)
def test_in_words(to: str, url: str, words: str) -> None:
    assert KIND.describe(DownloadPayload(url=url, to=to)) == words


def test_what_is_moved() -> None:
    payload = DownloadPayload(
        url=URL, to="/srv/a", body="/b", checksum="md5:x", segments=3, method="POST", rate=4096,
        attempts=7, priority="high",
    )  # fmt: skip
    task = stored.a_task()
    assert KIND.transfer(payload, task, stored.a_run(task=task)) == transfers.DownloadSpec(
        url=URL, to="/srv/a", body="/b", checksum="md5:x", segments=3, method="POST", rate=4096,
        is_repeatable=False,
    )  # fmt: skip
    assert (KIND.address(payload), KIND.attempts(payload), KIND.priority(payload)) == (
        URL, 7, "high",
    )  # fmt: skip


@pytest.mark.parametrize("to", ["/srv/files/", "/srv/files/a.pdf"])
def test_the_folder_it_writes_to(to: str) -> None:
    assert KIND.folder(DownloadPayload(url=URL, to=to)) == "/srv/files"

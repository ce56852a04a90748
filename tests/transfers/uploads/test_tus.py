"""The words of tus 1.0, and uploads to a tus server that is not ours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.core.transfers import Done
from bgtasks_gui.transfers.uploads import tus
from bgtasks_gui.transfers.uploads.tus import Tus
from tests.faults.support import peers
from tests.faults.support.entities import make_content
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import WHOLE, make_upload
from tests.faults.support.server import Server
from tests.transfers.uploads.test_draft import NOW, answer

LARGE = make_content(20_000_000, seed=3)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of a tus server, and the folder in which it keeps files."""
    folder = tmp_path_factory.mktemp("tus")
    with peers.tus(folder) as url:
        yield url, folder


@pytest.mark.parametrize(
    ("headers", "is_offered"),
    [
        ({}, False),
        ({"tus_resumable": "1.0.0", "tus_extension": "creation,termination"}, True),
        ({"tus_resumable": "1.0.0", "tus_version": "1.0.0,0.2.2",
          "tus_extension": "creation"}, True),
        ({"tus_resumable": "1.0.0", "tus_version": "0.2.2", "tus_extension": "creation"}, False),
        ({"tus_resumable": "1.0.0", "tus_extension": "creation-with-upload"}, False),
        ({"tus_version": "1.0.0", "tus_extension": "creation"}, False),
    ],
)  # fmt: skip
def test_offered(headers: dict[str, str], is_offered: bool) -> None:
    assert tus.is_offered(answer(**headers)) is is_offered


def test_most() -> None:
    assert tus.most(answer(tus_max_size="1000")) == 1000
    assert tus.most(answer(tus_max_size="-1")) is None
    assert tus.most(answer()) is None


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("Thu, 26 Nov 2026 10:00:00 GMT", datetime(2026, 11, 26, 10, tzinfo=UTC)),
        ("Thu, 26 Nov 2026 10:00:00 -0000", datetime(2026, 11, 26, 10, tzinfo=UTC)),
        ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_until_when_it_is_kept(said: str, until: datetime | None) -> None:
    assert Tus().learn(answer(upload_expires=said), NOW) == until


async def test_names_are_told(server: Server, owner: Owner, tmp_path: Path) -> None:
    from tests.faults.support import uploads

    file = tmp_path / "übergröße.png"
    file.write_bytes(b"x")
    there = uploads.Tus(server)
    WHOLE.check(await owner.start(make_upload(there.url, file, protocol="tus")).over())
    [resource] = there.resources.values()
    told = dict(each.split(" ") for each in resource.metadata.split(","))
    assert base64.b64decode(told["filename"]).decode() == "übergröße.png"
    assert base64.b64decode(told["filetype"]) == b"image/png"


async def test_a_real_server_is_recognized(
    real: tuple[str, Path], owner: Owner, tmp_path: Path
) -> None:
    url, folder = real
    file = tmp_path / "large.bin"
    file.write_bytes(LARGE)
    run = owner.start(make_upload(url, file, protocol="auto", method="POST"))
    outcome = await run.over()
    assert isinstance(outcome, Done)
    result = msgspec.json.decode(outcome.result)
    assert (result["status"], result["bytes"]) == (204, len(LARGE))
    stored = folder / result["location"].rpartition("/")[2]
    assert hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(LARGE).digest()
    assert run.record.protocol == "tus"
    assert run.record.kept_until is not None
    assert run.record.receipt.moved == len(LARGE)


async def test_a_real_server_goes_on_where_it_was(
    real: tuple[str, Path], owner: Owner, tmp_path: Path
) -> None:
    url, folder = real
    file = tmp_path / "large.bin"
    file.write_bytes(LARGE)
    run = owner.start(make_upload(url, file, protocol="tus", method="POST", rate=20_000_000))
    await owner.until(lambda: run.figure is not None and run.figure.done > 2_000_000)
    await owner.suspend(run)
    resource = run.record.resource
    owner.resume(run)
    owner.engine.limit(None, run.run_id)
    WHOLE.check(await run.over())
    assert run.record.resource == resource
    stored = folder / resource.rpartition("/")[2]
    assert hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(LARGE).digest()


async def test_an_empty_file(real: tuple[str, Path], owner: Owner, tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    run = owner.start(make_upload(real[0], file, protocol="tus", method="POST"))
    outcome = await run.over()
    assert isinstance(outcome, Done)
    assert msgspec.json.decode(outcome.result)["status"] == 201

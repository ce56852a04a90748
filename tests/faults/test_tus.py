"""Uploads to a tus server of others, with crashes on our side."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.faults.support import peers
from tests.faults.support.apart import Apart
from tests.faults.support.entities import make_content, sha256
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import WHOLE, make_upload

SIZE = 24_000_000
CONTENT = make_content(SIZE)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the server keeps what it has."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def url(kept: Path) -> Iterator[str]:
    with peers.tus(kept) as one:
        yield one


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "file.bin"
    made.write_bytes(CONTENT)
    return made


@pytest.fixture
async def mortal() -> AsyncIterator[Owner]:
    """An owner whose engine can be killed."""
    one = Owner(Apart)
    yield one
    await one.close()


def arrived(kept: Path) -> list[Path]:
    return [path for path in kept.iterdir() if path.is_file() and not path.suffix]


def whole(kept: Path) -> None:
    """The server has one file, and it is ours."""
    [there] = arrived(kept)
    assert sha256(there.read_bytes()) == sha256(CONTENT)


def send(owner: Owner, url: str, file: Path, **fields: object) -> Run:
    return owner.start(make_upload(url, file, method="POST", **{"protocol": "tus", **fields}))


@pytest.mark.parametrize("protocol", ["tus", "auto"])
async def test_upload(protocol: str, owner: Owner, url: str, file: Path, kept: Path) -> None:
    run = send(owner, url, file, protocol=protocol)
    WHOLE.check(await run.over())
    whole(kept)
    assert run.record.protocol == "tus"
    assert run.record.receipt.moved == SIZE


async def test_suspended_and_resumed(owner: Owner, url: str, file: Path, kept: Path) -> None:
    run = send(owner, url, file, rate=8_000_000)
    await owner.until(lambda: run.figure is not None and run.figure.done > 1_000_000)
    await owner.suspend(run)
    run.spec = msgspec.structs.replace(run.spec, rate=None)
    owner.resume(run)
    WHOLE.check(await run.over())
    whole(kept)


async def test_killed_again_and_again(mortal: Owner, url: str, file: Path, kept: Path) -> None:
    """The server is asked what it has, whatever was recorded here."""
    run = send(mortal, url, file, rate=16_000_000)

    def has_sent(size: int) -> bool:
        return not run.is_on or (run.figure is not None and run.figure.done >= size)

    for turn in range(1, 5):
        await mortal.until(functools.partial(has_sent, turn * SIZE // 6))
        assert isinstance(mortal.engine, Apart)
        mortal.engine.kill()
        mortal.revive(Apart)
    WHOLE.check(await run.over())
    whole(kept)
    assert run.record.receipt.moved < 2 * SIZE


async def test_lost_on_the_server(mortal: Owner, url: str, file: Path, kept: Path) -> None:
    """An upload that the server has forgotten begins anew."""
    run = send(mortal, url, file, rate=8_000_000)
    await mortal.until(lambda: run.figure is not None and run.figure.done > 1_000_000)
    assert isinstance(mortal.engine, Apart)
    mortal.engine.kill()
    for path in arrived(kept):
        path.unlink()
    mortal.revive(Apart)
    WHOLE.check(await run.over())
    whole(kept)

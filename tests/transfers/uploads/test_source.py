"""The file that is sent: read whole, at any place, and watched for changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.transfers.uploads.source import Changed, Source, Unusable

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file.bin"
    made.write_bytes(CONTENT)
    return made


async def test_read_at_any_place(path: Path) -> None:
    source = Source(str(path))
    assert source.size == len(CONTENT)
    assert await source.read(0, 100_000) == CONTENT[:100_000]
    assert await source.read(255_000, 100_000) == CONTENT[255_000:]
    assert await source.read(7, 3) == CONTENT[7:10]
    source.check()
    source.close()
    source.close()


async def test_read_where_the_system_cannot_say_what_is_in_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "RWF_NOWAIT", raising=False)
    source = Source(str(path))
    assert await source.read(10, 1000) == CONTENT[10:1010]
    source.close()


async def test_written_to(path: Path) -> None:
    source = Source(str(path))
    path.write_bytes(CONTENT + b"x")
    with pytest.raises(Changed, match="was changed while it was sent"):
        source.check()
    source.close()


async def test_touched(path: Path) -> None:
    source = Source(str(path))
    os.utime(path, ns=(0, source.state[1] + 1))
    with pytest.raises(Changed):
        source.check()
    source.close()


async def test_shorter(path: Path) -> None:
    source = Source(str(path))
    path.write_bytes(b"")
    with pytest.raises(Changed, match="became shorter"):
        await source.read(0, 10)
    source.close()


async def test_gone(path: Path) -> None:
    source = Source(str(path))
    path.unlink()
    with pytest.raises(Changed, match="there is no file"):
        source.check()
    source.close()


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=f"there is no file {tmp_path}/none"):
        Source(str(tmp_path / "none"))


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is a folder"):
        Source(str(tmp_path))


def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unusable, match="is no file that can be sent"):
        Source(str(tmp_path / "pipe"))


def test_below_a_file(path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read: Not a directory"):
        Source(str(path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_may_not_be_read(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(Unusable, match="may not be read"):
        Source(str(path))

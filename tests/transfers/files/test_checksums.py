from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.transfers.files.checksums import Digest

CONTENT = os.urandom(2_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(name="fd")
def _fd(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_all_kinds(name: str, fd: int) -> None:
    digest = Digest(f"{name}:{hashlib.new(name, CONTENT).hexdigest().upper()}")
    digest.read(fd, len(CONTENT))
    assert digest.is_right
    assert digest.name == name


def test_what_comes_in_order_is_not_read(fd: int) -> None:
    digest = Digest(f"sha256:{SHA256}")
    digest.feed(0, memoryview(CONTENT)[:1_000_000])
    digest.feed(1_500_000, memoryview(CONTENT)[1_500_000:])
    assert digest.at == 1_000_000
    assert not digest.is_right
    digest.read(fd, len(CONTENT))
    assert digest.found == SHA256


def test_a_reading_can_be_ended(fd: int) -> None:
    digest = Digest(f"sha256:{SHA256}")
    digest.is_stopped = True
    digest.read(fd, len(CONTENT))
    assert digest.at == 0


def test_a_file_that_is_too_short(fd: int) -> None:
    with pytest.raises(EOFError, match="ends at 2500000"):
        Digest("md5:").read(fd, len(CONTENT) + 1)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_any_cuts(content: bytes, cuts: list[int]) -> None:
    digest = Digest(f"sha1:{hashlib.sha1(content).hexdigest()}")
    edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    for start, end in itertools.pairwise(edges):
        digest.feed(start, memoryview(content)[start:end])
    assert digest.is_right

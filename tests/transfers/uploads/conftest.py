"""Servers that take files, and somebody who follows the uploads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bgtasks_gui.transfers.engine import Engine
from tests.faults.support import server as servers
from tests.faults.support.entities import make_content
from tests.faults.support.owners import Owner

CONTENT = make_content(3_000_000)


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says about proxies is for other servers than these."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.fixture
async def owner() -> AsyncIterator[Owner]:
    one = Owner(Engine)
    yield one
    await one.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "the file.bin"
    made.write_bytes(CONTENT)
    return made

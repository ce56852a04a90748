"""Servers that misbehave, for every test of this folder; whatever was started ends with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.support import server as servers
from tests.faults.support.certificates import Authority
from tests.faults.support.owners import Owner


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says about proxies is for other servers than these."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.fixture
async def owner() -> AsyncIterator[Owner]:
    """Somebody who follows the transfers of an engine, and ends it."""
    from bgtasks_gui.transfers.engine import Engine

    one = Owner(Engine)
    yield one
    await one.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files go, and nothing else is."""
    made = tmp_path / "files"
    made.mkdir()
    return made

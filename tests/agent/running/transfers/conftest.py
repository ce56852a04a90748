"""A server that misbehaves by script, and a folder for what comes from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.support import server as servers


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files go, and nothing else is."""
    made = tmp_path / "files"
    made.mkdir()
    return made

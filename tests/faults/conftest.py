"""Servers that misbehave, for every test of this folder; whatever was started ends with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.support import server as servers
from tests.faults.support.certificates import Authority


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))

"""What the tests of the log share: runs of a real agent that print, and the way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from tests.agent.support import embedded
from tests.gui.detail.log.support import printing


@pytest.fixture
async def way(agent: embedded.Embedded) -> AsyncIterator[printing.Way]:
    """The way to the agent, which can be cut."""
    one = printing.Way(asgi.AsgiTransport(agent.agent.app))
    yield one
    await one.close()


@pytest.fixture
def client(way: printing.Way) -> Client:
    return Client(way)


@pytest.fixture
def printer(agent: embedded.Embedded, tmp_path: Path) -> printing.Printer:
    """Runs that print what the test says."""
    return printing.Printer(agent, tmp_path)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[embedded.Gate]:
    """Something that runs wait at."""
    one = embedded.Gate(tmp_path / "gate")
    yield one
    one.close()

"""A served API for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent import wallclock
from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from tests.agent.api.fakes import scripted
from tests.agent.support import embedded


@pytest.fixture
async def served(home: Path) -> AsyncIterator[scripted.Served]:
    """The API over scripted doors, listening."""
    one = scripted.Served(home, wallclock.WallClock())
    await one.server.start()
    yield one
    await one.server.stop(grace_s=0)


@pytest.fixture
async def talker(served: scripted.Served) -> AsyncIterator[scripted.Talker]:
    """A connection to it."""
    one = await served.talk()
    yield one
    await one.close()


@pytest.fixture
async def ask(agent: embedded.Embedded) -> AsyncIterator[Client]:
    """A client to a whole agent in this process."""
    async with Client(asgi.AsgiTransport(agent.agent.app)) as one:
        yield one

"""Agents in this process; whatever they started is ended with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bgtasks_gui import paths
from tests.agent.support import embedded

Make = Callable[..., embedded.Embedded]


@pytest.fixture
def place(home: Path) -> Iterator[paths.Home]:
    """A home of its own; nothing that carries its name outlives the test."""
    found = paths.find_home()
    yield found
    embedded.clear_away(found)


@pytest.fixture
async def make(place: paths.Home) -> AsyncIterator[Make]:
    """Builds agents over one home, which are stopped with the test."""
    made: list[embedded.Embedded] = []

    def build(**parts: object) -> embedded.Embedded:
        made.append(embedded.Embedded(place, **parts))
        return made[-1]

    yield build
    for one in made:
        await one.stop()


@pytest.fixture
async def agent(make: Make) -> embedded.Embedded:
    """A running agent with the clock of the world."""
    return await make().start()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[embedded.Gate]:
    """Something that runs wait at."""
    one = embedded.Gate(tmp_path / "gate")
    yield one
    one.close()

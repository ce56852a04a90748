"""Agents for whole paths; whatever they started is ended with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows import line, living


@pytest.fixture
def agent(home: Path) -> Iterator[living.Living]:
    """A running agent in a home of its own."""
    one = living.Living(home)
    try:
        one.start()
        yield one
    finally:
        one.clear_away()


@pytest.fixture
def bgtasks(home: Path) -> line.Line:
    """The command of this home."""
    return line.Line(home)

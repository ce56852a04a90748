"""Agents for whole paths, and Qt's loop; whatever was started is ended with the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from bgtasks_gui.gui.style import theme
from tests.flows import line, living
from tests.gui.support import looks, looping


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


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A test that asks for `window_loop` runs on Qt's loop, any other on a plain one."""
    is_on_qt = "window_loop" in getattr(item, "fixturenames", ())
    return {"loop": looping.make_qt_loop if is_on_qt else asyncio.new_event_loop}


@pytest.fixture
async def window_loop(qapp: QApplication) -> theme.Theme:
    """The loop of the application, with the program's look on it."""
    return looks.wear(qapp)

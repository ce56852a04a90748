"""Tests whose coroutines run on the loop that Qt runs on, as the program's do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import qasync
from PySide6.QtWidgets import QApplication

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0


def make_qt_loop() -> asyncio.AbstractEventLoop:
    """A loop on the one application there is."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(QApplication.instance())
    return loop


async def until(is_so: Callable[[], object]) -> None:
    """Return once this is so; Qt's own events are taken in between."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)

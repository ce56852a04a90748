"""The window's whole program in the process of a test, on its loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton

from bgtasks_gui import paths
from bgtasks_gui.gui.program import Program
from bgtasks_gui.gui.widgets.banner import Message
from tests.gui.support import looping


@contextlib.asynccontextmanager
async def running(
    home: paths.Home, *, is_minimized: bool = False, run_id: str | None = None
) -> AsyncIterator[Program]:
    """A window of this home that quits with the block, leaving the agent as it is."""
    paths.make_home(home)
    # The loop goes on without a window, as it does in the program.
    QApplication.setQuitOnLastWindowClosed(False)
    program = Program(home, paths.find_resources())
    living = asyncio.ensure_future(program.run(is_minimized=is_minimized, run_id=run_id))
    try:
        await looping.until(lambda: program.furniture is not None or living.done())
        yield program
    finally:
        program.end()
        await living
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


async def connected(program: Program) -> None:
    """Return once it has all that the agent has."""
    await looping.until(lambda: program.parts.bridge.is_connected)


def said(program: Program) -> list[str]:
    """What stands in its banners."""
    return [f"{one.lead} {one.text}".strip() for one in program.window.banners.messages()]


async def message(program: Program, lead: str) -> Message:
    """The message that begins so, once it is up."""
    up = program.window.banners.messages
    await looping.until(lambda: [one for one in up() if one.lead.startswith(lead)])
    return next(one for one in up() if one.lead.startswith(lead))


def press(program: Program, words: str) -> None:
    """Press a button of a banner."""
    buttons = program.window.banners.findChildren(QPushButton)
    [button] = [one for one in buttons if one.text() == words and not one.isHidden()]
    button.click()

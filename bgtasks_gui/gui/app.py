"""The window's process: Qt, its event loop, and what happens to errors nobody expected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from types import TracebackType
from typing import Final

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from bgtasks_gui import logs, paths
from bgtasks_gui.gui.program import Program
from bgtasks_gui.gui.style import dress

_log = logging.getLogger(__name__)
#: The name of the entry in the desktop's menu, by which it groups windows and notices.
DESKTOP_ENTRY = "bgtasks"
#: Signals by which a session or a person ends a program.
_ENDINGS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Guest = Callable[[Program], Awaitable[None]]


def main(
    home: paths.Home, *, minimized: bool, run: str | None = None, guest: Guest | None = None
) -> int:
    """Show the window of this home until it is quit, or a guest has done with it; exit status.

    It opens at a run where one is given.
    """
    paths.make_home(home)
    logs.set_up(home.window_log)
    resources = paths.find_resources()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("bgtasks")
    application.setApplicationDisplayName("Background Tasks")
    application.setDesktopFileName(DESKTOP_ENTRY)
    application.setQuitOnLastWindowClosed(False)
    dress.dress(application, resources)
    application.setWindowIcon(QIcon(os.fspath(resources / "icons" / "app" / "bgtasks.svg")))
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    program = Program(home, resources)
    bugs = _Bugs(program.apologise)
    sys.excepthook = bugs.on_error
    loop.set_exception_handler(bugs.on_loop_error)
    running = program.run(is_minimized=minimized, run_id=run)
    if guest is not None:
        running = _entertain(program, running, guest(program))
    with loop, _hearing_signals(loop, program.end):
        return int(loop.run_until_complete(running))


async def _entertain(
    program: Program, running: Coroutine[None, None, int], visit: Awaitable[None]
) -> int:
    showing = asyncio.ensure_future(running)
    try:
        await visit
    finally:
        program.end()
        code = await showing
    return code


@contextlib.contextmanager
def _hearing_signals(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM and the like end the window in order.

    Python hears a signal when it next runs, and while Qt waits it does not run: so the signal
    writes a byte, which wakes the loop.
    """
    woken, waking = socket.socketpair()
    for end_of_line in (woken, waking):
        end_of_line.setblocking(False)
    before = {one: signal.signal(one, lambda *_: end()) for one in _ENDINGS}
    signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    loop.add_reader(woken, lambda: woken.recv(64))
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        loop.remove_reader(woken)
        for one, handler in before.items():
            signal.signal(one, handler)
        woken.close()
        waking.close()


class _Bugs:
    """What nobody expected: the whole of it in the log, a plain apology on the screen."""

    def __init__(self, apologise: Callable[[], None]) -> None:
        self._apologise = apologise

    def on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Takes the place of `sys.excepthook`: errors in slots of Qt end here."""
        _log.error("a bug in the window", exc_info=(kind, error, trace), extra={"action": "bug"})
        # Qt may be in the middle of anything here, and must not be given widgets.
        QTimer.singleShot(0, self._apologise)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Errors in tasks that nobody awaits end here."""
        error = context.get("exception")
        found = error if isinstance(error, BaseException) else None
        _log.error("%s", context.get("message"), exc_info=found, extra={"action": "bug"})
        self._apologise()

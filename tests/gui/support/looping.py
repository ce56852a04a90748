"""Tests whose coroutines run on the loop that Qt runs on, as the program's do."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable

import qasync
from PySide6.QtCore import QCoreApplication

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0


class QtLoop(qasync.QEventLoop):
    """Between two turns of a test, its fixtures and itself, it stands still.

    Qt's events are taken there too, and what goes on in the background cannot go on without a loop
    that runs.
    """

    def __init__(self, application: QCoreApplication | None) -> None:
        self._postponed: list[tuple[asyncio.Handle, Callable[[], object]]] = []
        super().__init__(application)

    def run_forever(self) -> int:
        postponed, self._postponed = self._postponed, []
        for handle, go_on in postponed:
            if not handle.cancelled():
                self.call_soon(go_on, context=handle._context)
        return super().run_forever()

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        go_on = functools.partial(handle._callback, *handle._args)

        def run() -> None:
            if self.is_running():
                go_on()
            else:
                self._postponed.append((handle, go_on))

        handle._callback, handle._args = run, ()
        return super()._add_callback(handle, delay)


def make_qt_loop() -> asyncio.AbstractEventLoop:
    """A loop on the one application there is."""
    loop: asyncio.AbstractEventLoop = QtLoop(QCoreApplication.instance())
    return loop


async def quiet() -> None:
    """Return once nothing but the test is under way.

    To be awaited before something that takes Qt's events by itself: no task can go on in there.
    """
    await until(lambda: len(asyncio.all_tasks()) == 1)


async def until(is_so: Callable[[], object]) -> None:
    """Return once this is so; Qt's own events are taken in between."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)

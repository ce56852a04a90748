"""The thread on which transfers move, with an event loop of its own."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bgtasks_gui.core import ports
from bgtasks_gui.transfers.reports import Delivery, Reports

if TYPE_CHECKING:
    from bgtasks_gui.transfers.attempts import Attempts

#: Looks at what is neither young nor old, before one at all that there is.
MIDDLE_LOOKS: Final = 100

#: Files that may be open: a socket and a file for each transfer, and what else there is.
OPEN_FILES: Final = 65_536

_log = logging.getLogger(__name__)

MakeClock = Callable[[asyncio.AbstractEventLoop], ports.Clock]
Order = Callable[["Attempts"], object]


class EngineThread:
    """Begins at once, ends when it is told to. Only its owner's thread gives orders."""

    def __init__(self, delivery: Delivery, make_clock: MakeClock) -> None:
        self._delivery = delivery
        self._make_clock = make_clock
        self._orders: deque[Order] = deque()
        self._is_called = False
        self._loop = asyncio.new_event_loop()
        # The process does not wait for it: what counts is safe on the disk at any time.
        self._thread = threading.Thread(target=self._run, name="transfers", daemon=True)
        self._thread.start()

    def give(self, order: Order) -> None:
        """Have this done there; orders are done in their order."""
        self._orders.append(order)
        if not self._is_called:
            # One call for all that are given before it is made: a burst costs one wake-up.
            self._is_called = True
            self._loop.call_soon_threadsafe(self._take)

    def end(self) -> None:
        """Nothing is under way and no order follows: the thread ends."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def join(self) -> None:
        self._thread.join()

    # On the thread

    def _run(self) -> None:
        # What speaks HTTP costs time and memory that an agent without transfers does not spend.
        from bgtasks_gui.transfers import movers
        from bgtasks_gui.transfers.attempts import Attempts

        _spare_the_collector()
        _allow_open_files()
        asyncio.set_event_loop(self._loop)
        clock = self._make_clock(self._loop)
        reports = Reports(clock, self._delivery)
        self._attempts = Attempts(clock, reports, movers.move)
        try:
            self._loop.run_forever()
        finally:
            reports.flush()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
            _give_back_memory()

    def _take(self) -> None:
        self._is_called = False
        while self._orders:
            try:
                self._orders.popleft()(self._attempts)
            except Exception:
                _log.exception("an order could not be done")


def _spare_the_collector() -> None:
    """Everybody stands still while the collector of garbage looks at everything there is.

    What was loaded for transfers stays; and of a thousand that begin at once, nothing is garbage.
    """
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, max(old, MIDDLE_LOOKS))


def _allow_open_files() -> None:
    """A thousand transfers need more than what a process may usually have open."""
    if sys.platform == "win32":
        return
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _give_back_memory() -> None:
    """What many transfers needed goes back to the system, which an allocator does not by itself."""
    if sys.platform == "linux":
        # Other C libraries than the GNU one have no such call.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

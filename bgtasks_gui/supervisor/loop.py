"""Waits for file descriptors, timers and the ends of children, in one thread."""

from __future__ import annotations

import contextlib
import functools
import heapq
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
#: Every Python program ignores them, and hands on that it does not.
_IGNORED_BY_PYTHON = {signal.SIGPIPE, signal.SIGXFSZ}
#: Signals that have a handler here: most end other programs, and must not end this one.
BORNE = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD)
#: Longest wait that is asked of the system in one go; it takes no number however large.
_LONGEST_WAIT_S = 86400.0


class Ended:
    """How a child ended, and what it and the children it waited for have used."""

    def __init__(self, status: int, cpu_s: float, max_rss: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.exit_code = code if code >= 0 else None
        self.signal = -code if code < 0 else None
        self.cpu_s = cpu_s
        #: Bytes. Linux starts it at what the parent had when it forked.
        self.max_rss = max_rss


class Loop:
    """Calls back what is ready. Any call may fork, since there are no threads."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._watched: dict[int, Callable[[], None]] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timers_made = 0
        self._children: dict[int, Callable[[Ended], None]] = {}
        self._wakeup = os.pipe()
        #: Whether SIGTERM has asked this process to leave.
        self.is_terminated = False

    def take_signals(self) -> None:
        """Hear of ended children, and of SIGTERM; ignore what else asks for an end.

        Handlers and not SIG_IGN, since programs inherit that; for which reason what this process
        has inherited itself ends here too.
        """
        for signum in signal.valid_signals() - _IGNORED_BY_PYTHON:
            if signal.getsignal(signum) is signal.SIG_IGN:
                signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        for fd in self._wakeup:
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._wakeup[1], warn_on_full_buffer=False)
        for signum in BORNE:
            signal.signal(signum, self._on_signal)
        self.watch(self._wakeup[0], READ, self._on_wakeup)

    def watch(self, fd: int, events: int, on_ready: Callable[[], None]) -> None:
        """Call back whenever the descriptor is ready; replaces an earlier watch of it."""
        if fd in self._watched:
            self._selector.modify(fd, events)
        else:
            self._selector.register(fd, events)
        self._watched[fd] = on_ready

    def unwatch(self, fd: int) -> None:
        """Stop calling back; before the descriptor is closed."""
        if self._watched.pop(fd, None) is not None:
            self._selector.unregister(fd)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call once, this much later."""
        self._timers_made += 1
        due = time.monotonic() + seconds
        heapq.heappush(self._timers, (due, self._timers_made, call))

    def await_end(self, pid: int, on_end: Callable[[Ended], None]) -> None:
        """Call once when this child has ended and is reaped."""
        self._children[pid] = on_end

    @property
    def children(self) -> set[int]:
        """Process ids of the children whose end is awaited."""
        return set(self._children)

    def step(self) -> None:
        """Wait for something and do it."""
        for key, _ in self._selector.select(self._longest_wait()):
            # An earlier call of this round may have stopped the watch.
            on_ready = self._watched.get(key.fd)
            if on_ready is not None and not self._guarded(on_ready):
                self.unwatch(key.fd)
        self.reap()
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            self._guarded(heapq.heappop(self._timers)[2])

    def reap(self) -> None:
        """Take note of every child that has ended: runs, and what runs have left behind."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            on_end = self._children.pop(pid, None)
            if on_end is not None:
                ended = Ended(status, usage.ru_utime + usage.ru_stime, _bytes(usage.ru_maxrss))
                self._guarded(functools.partial(on_end, ended))

    def _longest_wait(self) -> float | None:
        if not self._timers:
            return None
        return min(max(0.0, self._timers[0][0] - time.monotonic()), _LONGEST_WAIT_S)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self.is_terminated |= signum == signal.SIGTERM

    def _on_wakeup(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wakeup[0], 4096)

    @staticmethod
    def _guarded(call: Callable[[], None]) -> bool:
        """Whether the call went well. A bug in one must not take all runs with it."""
        try:
            call()
        except Exception:
            # Needed only here, so not paid for otherwise.
            import traceback

            traceback.print_exc(file=sys.stderr)
            return False
        return True


def _bytes(max_rss: int) -> int:
    return max_rss if sys.platform == "darwin" else max_rss * 1024

"""Waiting until a socket can be read, or written, with few calls into the system."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any


class Readiness:
    """One direction of one socket; one waits at a time.

    The clock runs on from one wait to the next and is only put forward, since most waits are short.
    """

    def __init__(
        self, sock: socket.socket, watch: Callable[..., Any], unwatch: Callable[..., Any]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        # Its number: with the socket itself, asyncio's selector would write down a text about it.
        self._number = sock.fileno()
        self._watch = watch
        self._unwatch = unwatch
        #: Gives whether it is ready; else it is too late. An error would be held by its own frames.
        self._waiter: asyncio.Future[bool] | None = None
        self._is_closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._late_at: float | None = None

    async def wait(self, timeout_s: float | None) -> None:
        """Raises `TimeoutError`, and `ConnectionAbortedError` where it is closed meanwhile."""
        if self._is_closed:
            raise ConnectionAbortedError("the connection was closed here")
        waiter = self._waiter = self._loop.create_future()
        self._watch(self._number, self._on_ready)
        self._set_clock(timeout_s)
        try:
            is_ready = await waiter
        finally:
            self._waiter = None
            if not self._is_closed:
                self._unwatch(self._number)
        if not is_ready:
            raise TimeoutError

    def close(self) -> None:
        """Before the socket itself is."""
        if self._is_closed:
            return
        self._is_closed = True
        self._unwatch(self._number)
        if self._timer is not None:
            self._timer.cancel()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(ConnectionAbortedError("the connection was closed here"))

    def _on_ready(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    def _set_clock(self, timeout_s: float | None) -> None:
        late_at = self._late_at = None if timeout_s is None else self._loop.time() + timeout_s
        if late_at is None:
            return
        if self._timer is not None and self._timer.when() > late_at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(late_at, self._on_late)

    def _on_late(self) -> None:
        self._timer = None
        waiter, late_at = self._waiter, self._late_at
        if waiter is None or waiter.done() or late_at is None:
            return
        if late_at > self._loop.time():
            self._timer = self._loop.call_at(late_at, self._on_late)
        else:
            waiter.set_result(False)

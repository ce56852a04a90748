"""The agent asked over its Unix socket, without an event loop."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Generator
from typing import Self, TypeVar

from bgtasks_gui.client import commands, exchange, sse
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

T = TypeVar("T")


class BlockingClient:
    """One kept connection; one thread at a time."""

    def __init__(
        self, socket_path: str | os.PathLike[str], *, timeout_s: float = exchange.TIMEOUT_S
    ) -> None:
        self._path = os.fspath(socket_path)
        self._timeout_s = timeout_s
        self._kept: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def __call__(self, call: commands.Call[T]) -> T:
        """The answer. Raises `errors.AgentUnreachable`, or the error the agent answers with."""
        return exchange.read_answer(call, self._ask(call))

    def events(self, after: int | None = None) -> Generator[shapes.EventView, None, None]:
        """Every event from now on, or all that follow the one numbered `after`.

        Connects when the first one is asked for. Ends only by `errors.AgentUnreachable`.
        """
        connection = self._connect()
        parser = sse.EventParser()
        try:
            for piece in connection.listen(exchange.events_call(after)):
                yield from parser.feed(piece)
        finally:
            connection.close()

    def _ask(self, call: commands.Call[object]) -> exchange.Answer:
        kept, self._kept = self._kept, None
        if kept is not None and kept.is_quiet():
            try:
                return self._talk(kept, call)
            except errors.AgentUnreachable as error:
                if not kept.may_repeat(call, error):
                    raise
        elif kept is not None:
            kept.close()
        return self._talk(self._connect(), call)

    def _talk(self, connection: _Connection, call: commands.Call[object]) -> exchange.Answer:
        try:
            answer = connection.ask(call)
        except BaseException:
            connection.close()
            raise
        if connection.is_reusable:
            self._kept = connection
        else:
            connection.close()
        return answer

    def _connect(self) -> _Connection:
        return _Connection(self._path, self._timeout_s)


class _Connection:
    """One socket and the exchanges on it."""

    def __init__(self, path: str, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._exchange = exchange.Exchange()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout_s)
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise exchange.not_reached(error, timeout_s) from error

    @property
    def is_reusable(self) -> bool:
        return self._exchange.is_reusable

    def may_repeat(self, call: commands.Call[object], error: errors.AgentUnreachable) -> bool:
        return self._exchange.may_repeat(call, error)

    def is_quiet(self) -> bool:
        """Whether nothing came since the last answer, not even the end of the connection."""
        self._socket.setblocking(False)
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except OSError as error:
            return isinstance(error, BlockingIOError)
        return False

    def ask(self, call: commands.Call[object]) -> exchange.Answer:
        deadline = time.monotonic() + self._timeout_s
        body = self._begin(call, deadline)
        return self._finish(body, deadline)

    def listen(self, call: commands.Call[object]) -> Generator[bytes, None, None]:
        """The pieces of an answer that does not end."""
        deadline = time.monotonic() + self._timeout_s
        piece = self._begin(call, deadline)
        if self._exchange.status != 200:
            raise exchange.error_of(self._finish(piece, deadline))
        yield piece
        while not self._exchange.is_complete:
            yield self._receive(None)
        raise exchange.gone()

    def close(self) -> None:
        self._socket.close()

    def _begin(self, call: commands.Call[object], deadline: float) -> bytes:
        """Ask and wait for the head; what came of the body with it."""
        request = self._exchange.ask(call)
        try:
            self._socket.settimeout(self._timeout_s)
            self._socket.sendall(request)
        except OSError as error:
            raise exchange.not_reached(error, self._timeout_s) from error
        piece = b""
        while not self._exchange.status:
            piece = self._receive(deadline)
        return piece

    def _finish(self, begun: bytes, deadline: float) -> exchange.Answer:
        pieces = [begun]
        while not self._exchange.is_complete:
            pieces.append(self._receive(deadline))
        return exchange.Answer(self._exchange.status, b"".join(pieces))

    def _receive(self, deadline: float | None) -> bytes:
        try:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            self._socket.settimeout(left)
            received = self._socket.recv(exchange.READ_BYTES)
        except OSError as error:
            raise exchange.not_reached(error, self._timeout_s) from error
        return self._exchange.receive(received)

"""Ways to the agent for an event loop: its Unix socket; `asgi.py` has the other one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
from collections.abc import AsyncGenerator
from typing import Final, Protocol

from bgtasks_gui.client import commands, exchange
from bgtasks_gui.core import errors

#: Calls that are under way at the same time; more wait for their turn.
CONNECTIONS: Final = 16


class Transport(Protocol):
    """Carries requests to an agent. Cancelling a call or leaving a stream frees what it held."""

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        """The whole answer. Raises `errors.AgentUnreachable`."""
        ...

    def listen(self, call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        """The pieces of an answer that does not end.

        Raises `errors.AgentUnreachable`, at its end too, or the error the agent answers with.
        """
        ...

    async def close(self) -> None: ...


class UnixTransport:
    """A few kept connections; every stream has one of its own."""

    def __init__(
        self, socket_path: str | os.PathLike[str], *, timeout_s: float = exchange.TIMEOUT_S
    ) -> None:
        self._path = os.fspath(socket_path)
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()
        self._is_closed = False

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        async with self._slots:
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._ask(call)
            except OSError as error:
                raise exchange.not_reached(error, self._timeout_s) from error

    async def listen(self, call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        connection = None
        try:
            async with asyncio.timeout(self._timeout_s):
                connection = await self._connect()
                piece = await connection.begin(call)
                if connection.exchange.status != 200:
                    raise exchange.error_of(await connection.finish(piece))
            while True:
                yield piece
                piece = await connection.receive()
        except OSError as error:
            raise exchange.not_reached(error, self._timeout_s) from error
        finally:
            if connection is not None:
                self._drop(connection)

    async def close(self) -> None:
        """End every connection. Calls still under way fail."""
        self._is_closed = True
        self._idle.clear()
        closing = list(self._open)
        for connection in closing:
            self._drop(connection)
        await asyncio.gather(*(connection.wait_closed() for connection in closing))

    async def _ask(self, call: commands.Call[object]) -> exchange.Answer:
        kept = self._take()
        if kept is not None:
            try:
                return await self._talk(kept, call)
            except errors.AgentUnreachable as error:
                if not kept.exchange.may_repeat(call, error):
                    raise
        return await self._talk(await self._connect(), call)

    async def _talk(self, connection: _Connection, call: commands.Call[object]) -> exchange.Answer:
        try:
            answer = await connection.finish(await connection.begin(call))
        except BaseException:
            # Also when cancelled: what is left of the answer must not meet the next request.
            self._drop(connection)
            raise
        if connection.exchange.is_reusable:
            self._idle.append(connection)
        else:
            self._drop(connection)
        return answer

    def _take(self) -> _Connection | None:
        """The connection used last that the agent still holds."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_quiet():
                return connection
            self._drop(connection)
        return None

    async def _connect(self) -> _Connection:
        if self._is_closed:
            raise errors.AgentUnreachable("This client was closed.")
        streams = await asyncio.open_unix_connection(self._path, limit=exchange.READ_BYTES)
        connection = _Connection(*streams)
        self._open.add(connection)
        return connection

    def _drop(self, connection: _Connection) -> None:
        self._open.discard(connection)
        connection.abort()


class _Connection:
    """One pair of streams and the exchanges on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.exchange = exchange.Exchange()

    async def begin(self, call: commands.Call[object]) -> bytes:
        """Ask and wait for the head; what came of the body with it."""
        self._writer.write(self.exchange.ask(call))
        try:
            await self._writer.drain()
        except OSError as error:
            raise exchange.not_reached(error) from error
        piece = b""
        while not self.exchange.status:
            piece = await self.receive()
        return piece

    async def finish(self, begun: bytes) -> exchange.Answer:
        pieces = [begun]
        while not self.exchange.is_complete:
            pieces.append(await self.receive())
        return exchange.Answer(self.exchange.status, b"".join(pieces))

    async def receive(self) -> bytes:
        if self.exchange.is_complete:
            raise exchange.gone()
        try:
            received = await self._reader.read(exchange.READ_BYTES)
        except OSError as error:
            raise exchange.not_reached(error) from error
        return self.exchange.receive(received)

    def is_quiet(self) -> bool:
        """Whether nothing came since the last answer, not even the end of the connection."""
        if self._writer.is_closing() or self._reader.at_eof():
            return False
        # What the loop had no turn to see yet.
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket"), select.POLLIN)
        return not poll.poll(0)

    def abort(self) -> None:
        self._writer.transport.abort()

    async def wait_closed(self) -> None:
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

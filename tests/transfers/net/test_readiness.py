"""Waiting for a socket: until it is ready, too late, or closed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from bgtasks_gui.transfers.net.readiness import Readiness


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        yield one, other


def readable(sock: socket.socket) -> Readiness:
    loop = asyncio.get_running_loop()
    return Readiness(sock, loop.add_reader, loop.remove_reader)


async def begun(readiness: Readiness, timeout_s: float | None) -> asyncio.Task[None]:
    """A wait that has come to stand."""
    task = asyncio.create_task(readiness.wait(timeout_s))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_it_returns_once_something_is_there(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    readiness = readable(one)
    task = await begun(readiness, 5.0)
    other.send(b"x")
    await task
    assert one.recv(9) == b"x"
    readiness.close()


async def test_too_late_is_an_error_and_it_can_be_waited_again(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    readiness = readable(one)
    with pytest.raises(TimeoutError):
        await readiness.wait(0.01)
    other.send(b"x")
    await readiness.wait(5.0)
    readiness.close()


async def test_a_shorter_wait_after_a_longer_one_is_as_short_as_said(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    readiness = readable(one)
    other.send(b"x")
    await readiness.wait(3600.0)
    one.recv(9)
    async with asyncio.timeout(5.0):
        with contextlib.suppress(TimeoutError):
            await readiness.wait(0.01)
    readiness.close()


async def test_a_longer_wait_after_a_shorter_one_is_as_long_as_said(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    readiness = readable(one)
    other.send(b"x")
    await readiness.wait(0.02)
    one.recv(9)
    # The clock of the first wait goes off in the middle of the second.
    loop = asyncio.get_running_loop()
    loop.call_later(0.06, other.send, b"y")
    await readiness.wait(5.0)
    assert one.recv(9) == b"y"
    readiness.close()


async def test_closing_ends_the_wait(pair: tuple[socket.socket, socket.socket]) -> None:
    readiness = readable(pair[0])
    task = await begun(readiness, None)
    readiness.close()
    readiness.close()
    with pytest.raises(ConnectionAbortedError, match="was closed here"):
        await task
    with pytest.raises(ConnectionAbortedError, match="was closed here"):
        await readiness.wait(None)


async def test_a_wait_that_is_cancelled_watches_no_more(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, _ = pair
    readiness = readable(one)
    task = await begun(readiness, 5.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.get_running_loop().remove_reader(one) is False
    readiness.close()

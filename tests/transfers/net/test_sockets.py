"""Streams over real sockets: to which address, how long, and how they end."""

from __future__ import annotations

import asyncio
import collections
import functools
import random
import socket
import ssl

import httpcore
import pytest

from bgtasks_gui.transfers.net import sockets, streams
from tests.transfers.net import pairs

CONTENT = random.Random(1).randbytes(5 * 1024 * 1024)


async def read_all(stream: streams.Stream, size: int) -> bytes:
    """Everything up to the end; `size` is what is expected to come."""
    found = bytearray()
    buffer = streams.shared_buffer()
    while count := await stream.readinto(buffer, 5.0, is_more=len(found) + len(buffer) < size):
        found += buffer[:count]
    return bytes(found)


# Connecting


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
async def test_an_address_that_refuses_does_not_matter_beside_one_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = socket.getaddrinfo

    def both(host: str, port: int, **named: int) -> list[object]:
        if host == "two.example" and named.get("flags", 0) == 0:
            return [*find("::1", port, type=named["type"]), *find("127.0.0.1", port, **named)]
        return list(find(host, port, **named))

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        stream = await sockets.Backend().connect_tcp("two.example", port, timeout=5.0)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
        await stream.aclose()


async def test_nobody_listens() -> None:
    port = pairs.unused_port()
    with pytest.raises(streams.Unreached) as caught:
        await sockets.Backend().connect_tcp("127.0.0.1", port, timeout=5.0)
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)


async def test_a_host_that_is_none() -> None:
    with pytest.raises(streams.Unreached) as caught:
        await sockets.Backend().connect_tcp("nobody.invalid", 80, timeout=20.0)
    assert isinstance(caught.value.__cause__, socket.gaierror)


async def test_who_does_not_answer_is_given_up_in_time() -> None:
    # A listener whose queue is full takes nobody in, and refuses nobody.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        place = listening.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(place)
        with pytest.raises(streams.NotInTime) as caught:
            await sockets.Backend().connect_tcp(*place, timeout=0.2)
        for filler in fillers:
            filler.close()
    assert (caught.value.host, caught.value.port) == place


# Reading


async def test_a_long_body_arrives_as_it_was_sent() -> None:
    async def give(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONTENT)
        await writer.drain()
        writer.close()

    async with pairs.serving(give) as port:
        stream = await sockets.Backend().connect_tcp("127.0.0.1", port, timeout=5.0)
        assert isinstance(stream, streams.Stream)
        assert await read_all(stream, len(CONTENT)) == CONTENT
        await stream.aclose()


async def test_a_few_bytes_come_at_once_though_more_is_announced() -> None:
    async with pairs.connected() as (stream, other):
        buffer = memoryview(bytearray(sockets.GATHERED * 2))
        # Quick pieces first, after which the system may gather.
        for number in range(8):
            other.send(bytes([number]) * 100)
            assert await stream.readinto(buffer, 5.0, is_more=True) == 100
        task = asyncio.create_task(stream.readinto(buffer, 5.0, is_more=True))
        await asyncio.sleep(0)
        other.send(b"last")
        assert await task == 4
        assert buffer[:4] == b"last"


async def test_the_end_is_no_error() -> None:
    async with pairs.connected() as (stream, other):
        other.send(b"end")
        other.close()
        assert await stream.read(100, 5.0) == b"end"
        assert await stream.read(100, 5.0) == b""


async def test_silence_is_an_error_after_a_while_and_no_end() -> None:
    async with pairs.connected() as (stream, other):
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, 0.02)
        other.send(b"late")
        assert await stream.read(100, 5.0) == b"late"


async def test_where_no_limit_is_set_that_of_the_stream_counts() -> None:
    async with pairs.connected(patience_s=0.02) as (stream, _):
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100)


async def test_a_connection_that_is_broken() -> None:
    async with pairs.connected() as (stream, other):
        pairs.reset(other)
        with pytest.raises(httpcore.ReadError) as caught:
            await stream.read(100, 5.0)
        assert isinstance(caught.value.__cause__, ConnectionResetError)
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x" * 100, 5.0)


async def test_closing_ends_a_read_that_waits() -> None:
    async with pairs.connected() as (stream, _):
        task = asyncio.create_task(stream.read(100, 5.0))
        await asyncio.sleep(0)
        await stream.aclose()
        with pytest.raises(httpcore.ReadError, match="closed here"):
            await task


async def test_one_that_has_much_to_read_lets_others_have_their_turn() -> None:
    async with pairs.connected() as (stream, other):
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        piece, left = b"x" * 65_536, 4 * sockets.TURN
        buffer = streams.shared_buffer()
        while left > 0:
            # There is always something to read, so that no read waits.
            left -= other.send(piece)
            await stream.readinto(buffer, 5.0)
        counting.cancel()
        assert turns >= 3


# Writing


async def test_a_long_body_is_sent_as_it_is() -> None:
    received = bytearray()
    over = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read(-1))
        writer.close()
        over.set()

    async with pairs.serving(take) as port:
        stream = await sockets.Backend().connect_tcp("127.0.0.1", port, timeout=5.0)
        await stream.write(CONTENT, 5.0)
        sock = stream.get_extra_info("socket")
        sock.shutdown(socket.SHUT_WR)
        await asyncio.wait_for(over.wait(), 20.0)
        await stream.aclose()
    assert bytes(received) == CONTENT


async def test_who_takes_nothing_is_given_up() -> None:
    async with pairs.connected() as (stream, _):
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(CONTENT * 4, 0.05)


async def test_who_takes_nothing_and_has_answered_can_be_read() -> None:
    async with pairs.connected() as (stream, other):
        other.send(b"no")
        with pytest.raises(httpcore.WriteError, match="takes no more"):
            await stream.write(CONTENT * 4, 0.05)
        assert await stream.read(100, 5.0) == b"no"


async def test_closed_with_much_unsent_it_is_broken_off() -> None:
    async with pairs.connected() as (stream, other):
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(CONTENT * 4, 0.02)
        await stream.aclose()
        other.setblocking(True)
        other.settimeout(5.0)
        received = functools.partial(other.recv, 1 << 20)
        with pytest.raises(ConnectionResetError):
            collections.deque(iter(received, b""), maxlen=0)


# What is said about it


async def test_an_idle_connection_says_whether_it_is_over() -> None:
    async with pairs.connected() as (stream, other):
        assert stream.get_extra_info("is_readable") is False
        assert stream.get_extra_info("client_addr") == other.getpeername()
        assert stream.get_extra_info("nothing") is None
        other.close()
        # The end is there at once, since both sides are on this machine.
        assert stream.get_extra_info("is_readable") is True


async def test_no_tls_where_the_other_side_has_none() -> None:
    async with pairs.connected() as (stream, other):
        other.send(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        with pytest.raises(streams.Unreached) as caught:
            await stream.start_tls(ssl.create_default_context(), "localhost", 5.0)
        assert isinstance(caught.value.__cause__, ssl.SSLError)
        assert stream.get_extra_info("socket").fileno() == -1

"""TLS over real sockets, apart and together, with the good and the bad ends there are."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpcore
import pytest

from bgtasks_gui.transfers.net import encryption, streams, tls
from tests.faults.support.certificates import Authority
from tests.transfers.net import pairs

CONTENT = random.Random(2).randbytes(7 * 1024 * 1024 + 13)
#: What a server does with a connection once it is encrypted.
Part = Callable[[ssl.SSLSocket], None]


@contextlib.asynccontextmanager
async def talking(
    authority: Authority, part: Part, server: ssl.SSLContext | None = None
) -> AsyncIterator[encryption.TlsStream]:
    """An encrypted stream to a server that plays its part on a thread."""
    failed: list[BaseException] = []
    context = server or authority.good()

    def play(listening: socket.socket) -> None:
        sock, _ = listening.accept()
        sock.settimeout(20.0)
        try:
            with context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False) as tls_:
                part(tls_)
        except BaseException as error:  # shown in the test
            failed.append(error)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=play, args=(listening,))
        thread.start()
        try:
            below = await pairs.plain(listening.getsockname()[1])
            stream = await encryption.secure(
                below, tls.make_context(str(authority.file)), "localhost", 10.0
            )
            yield stream
            await stream.aclose()
        finally:
            await asyncio.to_thread(thread.join, 20.0)
    assert failed == []


async def read_all(stream: streams.Stream) -> bytes:
    found = bytearray()
    buffer = streams.shared_buffer()
    while count := await stream.readinto(buffer, 10.0, is_more=True):
        found += buffer[:count]
    return bytes(found)


def close_properly(sock: ssl.SSLSocket) -> None:
    with contextlib.suppress(OSError):
        sock.unwrap()


# Reading and writing


async def test_a_long_body_is_read_as_it_was_sent(authority: Authority) -> None:
    def give(sock: ssl.SSLSocket) -> None:
        sock.sendall(CONTENT)
        close_properly(sock)

    async with talking(authority, give) as stream:
        assert await read_all(stream) == CONTENT


@pytest.mark.parametrize("size", [1, 100, 16_384, 16_385, 70_000])
async def test_buffers_need_not_fit_the_records(authority: Authority, size: int) -> None:
    def give(sock: ssl.SSLSocket) -> None:
        for start in range(0, 100_000, 33_333):
            sock.sendall(CONTENT[start : min(start + 33_333, 100_000)])
        close_properly(sock)

    async with talking(authority, give) as stream:
        found = bytearray()
        buffer = memoryview(bytearray(size))
        while count := await stream.readinto(buffer, 10.0):
            found += buffer[:count]
        assert bytes(found) == CONTENT[:100_000]


async def test_a_long_body_is_sent_as_it_is(authority: Authority) -> None:
    received = bytearray()

    def take(sock: ssl.SSLSocket) -> None:
        while len(received) < len(CONTENT):
            received.extend(sock.recv(1 << 16))
        sock.sendall(b"thanks")

    async with talking(authority, take) as stream:
        await stream.write(CONTENT, 10.0)
        assert await stream.read(100, 10.0) == b"thanks"
    assert bytes(received) == CONTENT


# Ends


async def test_the_word_for_the_end_is_the_end(authority: Authority) -> None:
    def give(sock: ssl.SSLSocket) -> None:
        sock.sendall(b"all of it")
        close_properly(sock)

    async with talking(authority, give) as stream:
        assert await stream.read(100, 10.0) == b"all of it"
        assert await stream.read(100, 10.0) == b""
        assert await stream.read(100, 10.0) == b""


async def test_cut_off_without_that_word_is_an_error(authority: Authority) -> None:
    def give(sock: ssl.SSLSocket) -> None:
        sock.sendall(b"a part of it")
        sock.shutdown(socket.SHUT_WR)

    async with talking(authority, give) as stream:
        assert await stream.read(100, 10.0) == b"a part of it"
        for _ in range(2):
            with pytest.raises(httpcore.ReadError, match="cut the encrypted connection off"):
                await stream.read(100, 10.0)


async def test_garbage_between_records_is_an_error_after_what_was_good(
    authority: Authority,
) -> None:
    def give(sock: ssl.SSLSocket) -> None:
        sock.sendall(b"good")
        socket.socket.send(sock, b"\x17\x03\x03\x00\x20" + b"x" * 32)

    async with talking(authority, give) as stream:
        buffer = streams.shared_buffer()
        assert await stream.readinto(buffer, 10.0) == 4
        assert buffer[:4] == b"good"
        with pytest.raises(httpcore.ReadError):
            await stream.readinto(buffer, 10.0)


async def test_silence_is_an_error_after_a_while(authority: Authority) -> None:
    over = threading.Event()

    async with talking(authority, lambda _: over.wait(20.0) and None) as stream:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, 0.02)
        over.set()


async def test_the_other_side_is_told_that_it_is_over(authority: Authority) -> None:
    # Without the word it would meet an error here, which `talking` would show.
    ends: list[bytes] = []
    async with talking(authority, lambda sock: ends.append(sock.recv(100))):
        pass
    assert ends == [b""]


# Handshakes


async def test_a_client_shows_its_certificate(authority: Authority, tmp_path: Path) -> None:
    shown: list[object] = []
    context = tls.make_context(str(authority.file), str(authority.for_client(tmp_path)))

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown.append(writer.get_extra_info("peercert"))
        writer.write(b"welcome")
        await writer.drain()

    async with pairs.serving(look, authority.asking_for_a_certificate()) as port:
        stream = await encryption.secure(await pairs.plain(port), context, "localhost", 10.0)
        assert await stream.read(100, 10.0) == b"welcome"
        await stream.aclose()
    assert shown[0]


async def test_a_server_that_says_nothing_is_given_up_and_left() -> None:
    async with pairs.connected() as (below, other):
        with pytest.raises(streams.NotInTime):
            await encryption.secure(below, tls.make_context(), "localhost", 0.02)
        assert other.recv(1)  # the greeting, which is there
        other.setblocking(True)
        while other.recv(1 << 16):
            pass


async def test_a_server_that_leaves_in_the_middle() -> None:
    async with pairs.connected() as (below, other):
        other.shutdown(socket.SHUT_WR)
        with pytest.raises(streams.Unreached) as caught:
            await encryption.secure(below, tls.make_context(), "localhost", 5.0)
        assert isinstance(caught.value.__cause__, ssl.SSLError)
        assert below.get_extra_info("socket").fileno() == -1


async def test_who_is_refused_is_told_why(authority: Authority) -> None:
    told: list[str] = []

    def play(listening: socket.socket) -> None:
        sock, _ = listening.accept()
        sock.settimeout(20.0)
        try:
            with authority.good().wrap_socket(sock, server_side=True) as secured:
                secured.recv(1)
        except ssl.SSLError as error:
            told.append(error.reason)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=play, args=(listening,))
        thread.start()
        below = await pairs.plain(listening.getsockname()[1])
        with pytest.raises(streams.Unreached):
            await encryption.secure(below, tls.make_context(), "localhost", 10.0)
        await asyncio.to_thread(thread.join, 20.0)
    assert told == ["TLSV1_ALERT_UNKNOWN_CA"]


async def test_being_cancelled_closes_the_connection() -> None:
    async with pairs.connected() as (below, _):
        task = asyncio.create_task(encryption.secure(below, tls.make_context(), "localhost", 5.0))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert below.get_extra_info("socket").fileno() == -1


async def test_tls_within_tls(authority: Authority) -> None:
    """As to a server behind a proxy that is encrypted itself."""
    inner_context = authority.good()

    def give(sock: ssl.SSLSocket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        inner = inner_context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                inner.do_handshake()
                break
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                incoming.write(sock.recv(1 << 16))
        for start in range(0, 1_000_000, 10_000):
            inner.write(CONTENT[start : start + 10_000])
        with contextlib.suppress(ssl.SSLWantReadError):
            inner.unwrap()
        sock.sendall(outgoing.read())
        close_properly(sock)

    async with talking(authority, give) as outer:
        context = tls.make_context(str(authority.file))
        stream = await outer.start_tls(context, "localhost", 10.0)
        assert isinstance(stream, encryption.TlsStream)
        assert await read_all(stream) == CONTENT[:1_000_000]
        assert stream.get_extra_info("ssl_object").version() == "TLSv1.3"
        assert isinstance(outer.get_extra_info("socket"), socket.socket)

"""Who may connect, and heads that are abused."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from bgtasks_gui.agent import wallclock
from bgtasks_gui.agent.api import connection, server
from tests.agent.api.fakes import scripted


async def test_a_foreign_user_is_cut_off_without_an_answer(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = scripted.Served(home, wallclock.WallClock())
    one.server = server.Server(one.app, one.path, uid=os.geteuid() + 1)
    await one.server.start()
    talker = await one.talk()
    try:
        answer = await talker.raw(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
    except ConnectionError:
        answer = b""
    assert answer == b""
    assert one.door.asked == []
    assert f"refused a process of user {os.geteuid()}" in caplog.text
    await talker.close()
    await one.server.stop()


def test_the_peer_of_a_unix_socket_is_known() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert connection.peer_uid(ours) == os.geteuid()


def test_where_the_system_does_not_tell_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert connection.peer_uid(ours) is None


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET http:// HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n"
        b"transfer-encoding: chunked\r\n\r\n{}",
        b"CONNECT localhost:80 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/t\xe4sks HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["tls", "no host", "no colon", "negative", "two lengths", "connect", "bytes"],
)
async def test_what_is_no_request_is_refused_in_json(
    served: scripted.Served, talker: scripted.Talker, request_: bytes
) -> None:
    answer = await talker.raw(request_)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code":"malformed_request"' in body
    assert served.door.asked == []


@pytest.mark.parametrize(
    "piece", [b"x" * 4096, b"a: b\r\n" * 600], ids=["one header without end", "many headers"]
)
async def test_a_head_without_end_is_refused(
    served: scripted.Served, talker: scripted.Talker, piece: bytes
) -> None:
    talker.writer.write(b"GET /v1/health HTTP/1.1\r\nhost: x\r\nlong: ")
    sent = 0

    async def pour() -> None:
        nonlocal sent
        while sent < 100_000_000:
            talker.writer.write(piece)
            sent += len(piece)
            await talker.writer.drain()

    pouring = asyncio.create_task(pour())
    async with asyncio.timeout(scripted.PATIENCE_S):
        answer = await talker.reader.readuntil(b"\r\n\r\n")
    pouring.cancel()
    await asyncio.gather(pouring, return_exceptions=True)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    # What the sockets' buffers hold is sent beside it.
    assert sent < 20 * connection.MOST_HEAD_BYTES
    assert served.door.asked == []


async def test_long_heads_within_reason_are_read(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    headers = tuple((f"x-{number}", "y" * 500) for number in range(90))
    assert (await talker.ask("GET", "/v1/health", None, headers)).status == 200
    # The count begins anew with each request.
    assert (await talker.ask("GET", "/v1/health", None, headers)).status == 200


async def test_requests_in_a_row_are_answered_in_order(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    asked = b"".join(b"GET /v1/tasks/%d HTTP/1.1\r\nhost: x\r\n\r\n" % one for one in range(20))
    last = b"GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = await talker.raw(asked + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 21
    names = [arguments for name, arguments, _ in served.door.asked if name == "show"]
    assert names == [(str(one),) for one in range(20)]


async def test_an_upgrade_is_answered_as_a_plain_request(talker: scripted.Talker) -> None:
    headers = (("upgrade", "websocket"), ("connection", "upgrade"))
    answer = await talker.ask("GET", "/v1/health", None, headers)
    assert answer.status == 200

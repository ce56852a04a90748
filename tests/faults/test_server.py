"""The server that misbehaves does exactly what its script says."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator

import pytest

from tests.faults.support import entities, scripts, uploads
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, answer, make_content
from tests.faults.support.server import Server, running

CONTENT = make_content(100_000)
ENTITY = Entity(CONTENT)


@contextlib.contextmanager
def asking(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with contextlib.closing(connection):
        yield connection


@contextlib.contextmanager
def get(server: Server, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to one request, its body not yet read."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with asking(server) as connection:
        connection.request("GET", "/", headers={"Connection": "close", **named})
        with connection.getresponse() as response:
            yield response


def talk(server: Server, said: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> bytes:
    """Everything that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        sock.sendall(said)
        return b"".join(iter(lambda: sock.recv(65_536), b""))


# What an honest answer is


@pytest.mark.parametrize(
    ("headers", "status", "span", "said"),
    [
        ({}, 200, (0, 10), None),
        ({"range": "bytes=0-3"}, 206, (0, 4), "bytes 0-3/10"),
        ({"range": "bytes=4-"}, 206, (4, 10), "bytes 4-9/10"),
        ({"range": "bytes=4-99"}, 206, (4, 10), "bytes 4-9/10"),
        ({"range": "bytes=-3"}, 206, (7, 10), "bytes 7-9/10"),
        ({"range": "bytes=10-"}, 416, (0, 0), "bytes */10"),
        ({"range": "bytes=-0"}, 416, (0, 0), "bytes */10"),
        ({"range": "lines=0-3"}, 200, (0, 10), None),
        ({"range": "bytes=4-", "if-range": '"one"'}, 206, (4, 10), "bytes 4-9/10"),
        ({"range": "bytes=4-", "if-range": '"two"'}, 200, (0, 10), None),
        ({"range": "bytes=4-", "if-range": 'W/"one"'}, 200, (0, 10), None),
        ({"range": "bytes=4-", "if-range": entities.MODIFIED}, 206, (4, 10), "bytes 4-9/10"),
        ({"range": "bytes=4-", "if-range": entities.LATER}, 200, (0, 10), None),
    ],
)
def test_honest_answer(
    headers: dict[str, str], status: int, span: tuple[int, int], said: str | None
) -> None:
    given = answer(Entity(b"0123456789"), headers)
    assert (given.status, given.body) == (status, b"0123456789"[slice(*span)])
    assert given.header("Content-Range") == said
    assert given.header("content-length") == str(len(given.body))


def test_weak_validator_never_lets_a_range_through() -> None:
    weak = ENTITY.but(etag='W/"one"')
    assert answer(weak, {"range": "bytes=4-", "if-range": 'W/"one"'}).status == 200
    assert answer(weak, {"range": "bytes=4-"}).status == 206


def test_without_ranges_there_are_none() -> None:
    given = answer(ENTITY.but(ranges=False, etag=None, modified=None), {"range": "bytes=4-"})
    assert (given.status, given.body, given.header("Accept-Ranges")) == (200, CONTENT, None)
    assert given.header("ETag") is given.header("Last-Modified") is None


# The server itself


def test_acts_are_used_up_and_the_last_repeats(server: Server) -> None:
    server.on("/", scripts.say(503, retry_after="7"), scripts.serve(ENTITY))
    with get(server) as first:
        assert (first.status, first.headers["Retry-After"]) == (503, "7")
    for _ in range(2):
        with get(server, Range="bytes=99990-") as later:
            assert (later.status, later.read()) == (206, CONTENT[-10:])
    assert [(each.status, each.first, each.sent) for each in server.requests] == [
        (503, 0, len(scripts.PAGE)), (206, 99_990, 10), (206, 99_990, 10),
    ]  # fmt: skip


def test_connection_is_kept_and_counted(server: Server) -> None:
    server.on("/", scripts.serve(ENTITY))
    with asking(server) as connection:
        for _ in range(3):
            connection.request("GET", "/?q=1")
            assert connection.getresponse().read() == CONTENT
        assert (server.open, server.connections) == (1, 1)
    server.wait_until(lambda: server.open == 0)
    assert [each.path for each in server.requests] == ["/"] * 3


def test_stall_stands_still_until_released_or_left(server: Server) -> None:
    server.on("/", scripts.serve(ENTITY, by=scripts.stall_after(10)))
    with get(server) as left:
        assert left.read(10) == CONTENT[:10]
        assert server.open == 1
    server.wait_until(lambda: server.open == 0)
    assert server.sent == 10
    with get(server) as waiting:
        server.wait_until(lambda: server.sent == 20)
        server.release()
        assert waiting.read() == CONTENT


def test_meter_lets_through_what_is_allowed(server: Server) -> None:
    meter = scripts.Meter()
    server.on("/", scripts.serve(ENTITY, by=meter))
    with get(server) as slow:
        meter.allow(5000)
        assert slow.read(5000) == CONTENT[:5000]
        assert server.sent == 5000
        meter.allow(float("inf"))
        assert slow.read() == CONTENT[5000:]


@pytest.mark.parametrize(
    ("delivery", "error"),
    [
        (scripts.cut_after(10), http.client.IncompleteRead),
        (scripts.reset_after(10), (http.client.IncompleteRead, ConnectionResetError)),
    ],
)
def test_cuts(server: Server, delivery: scripts.Delivery, error: type[Exception]) -> None:
    server.on("/", scripts.serve(ENTITY, by=delivery))
    with pytest.raises(error), get(server) as broken:
        broken.read()
    assert server.sent == 10


def test_bodies_without_a_length_and_in_chunks(server: Server) -> None:
    server.on(
        "/",
        scripts.serve(ENTITY, scripts.without_length, by=scripts.close_after),
        scripts.serve(ENTITY, scripts.in_chunks, by=scripts.chunked()),
        scripts.serve(ENTITY, scripts.in_chunks, by=scripts.broken_chunks(10, b"zz\r\n")),
    )
    for framing in (None, "chunked"):
        with get(server) as good:
            assert good.read() == CONTENT
            assert good.headers["Content-Length"] is None
            assert good.headers["Transfer-Encoding"] == framing
    with pytest.raises(http.client.IncompleteRead), get(server) as broken:
        broken.read()


def test_twists(server: Server) -> None:
    server.on(
        "/",
        scripts.serve(ENTITY, scripts.range_off(start=1, total=5, unit="lines")),
        scripts.serve(ENTITY, scripts.shifted(3)),
        scripts.serve(ENTITY, scripts.short_by(3)),
        scripts.serve(ENTITY, scripts.header("ETag", None), scripts.squeezed),
        scripts.serve(ENTITY, scripts.in_parts),
        scripts.serve(ENTITY, scripts.length_off(-3)),
    )
    heads, bodies = [], []
    for _ in range(6):
        with get(server, Range="bytes=10-29") as each:
            heads.append(each.headers)
            bodies.append(each.read())
    assert heads[0]["Content-Range"] == "lines 11-29/100005"
    assert (heads[1]["Content-Range"], bodies[1]) == ("bytes 13-29/100000", CONTENT[13:30])
    assert (heads[2]["Content-Range"], bodies[2]) == ("bytes 10-26/100000", CONTENT[10:27])
    assert (heads[3]["ETag"], heads[3]["Content-Encoding"]) == (None, "gzip")
    assert b"Content-Range: bytes 10-29/100000\r\n\r\n" + CONTENT[10:30] in bodies[4]
    assert bodies[5] == CONTENT[10:27]


def test_answers_that_are_none(server: Server) -> None:
    server.on("/", scripts.raw(b"\x00garbage\r\n\r\n"), scripts.hang_up, scripts.silence)
    assert talk(server) == b"\x00garbage\r\n\r\n"
    assert talk(server) == b""
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        server.wait_until(lambda: len(server.requests) == 3)
    server.wait_until(lambda: server.open == 0)
    server.on("/", scripts.break_off)
    with pytest.raises(ConnectionResetError):
        talk(server)


def test_endless_head_ends_with_the_client(server: Server) -> None:
    server.on("/", scripts.endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000))
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert sock.recv(15) == b"HTTP/1.1 200 OK"
    server.wait_until(lambda: server.open == 0)


def test_greeting_comes_before_the_first_request(server: Server) -> None:
    server.on("/", scripts.serve(ENTITY))
    server.greet(lambda connection: connection.reset())
    with pytest.raises(ConnectionError), get(server):
        pass
    with get(server) as second:
        assert second.read() == CONTENT
    assert len(server.requests) == 1


def test_down_refuses_and_up_answers_again(server: Server) -> None:
    server.on("/", scripts.serve(ENTITY))
    server.go_down()
    with pytest.raises(ConnectionRefusedError), get(server):
        pass
    server.go_up()
    with get(server) as again:
        assert again.read() == CONTENT


def test_credentials(server: Server) -> None:
    server.on("/", scripts.by_user("me", "pass", scripts.say(200)))
    with get(server) as refused:
        assert refused.status == 401
    with get(server, Authorization="Basic bWU6cGFzcw==") as given:
        assert given.status == 200


# TLS


def test_good_certificate_and_those_to_refuse(authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.file))
    for made, words in (
        (authority.good(), None),
        (authority.expired(), "expired"),
        (authority.of_another_host(), "Hostname mismatch"),
    ):
        with running(made) as server:
            server.on("/", scripts.serve(ENTITY))
            connection = http.client.HTTPSConnection("localhost", server.port, context=trusting)
            with contextlib.closing(connection):
                if words is None:
                    connection.request("GET", "/")
                    assert connection.getresponse().read() == CONTENT
                else:
                    with pytest.raises(ssl.SSLCertVerificationError, match=words):
                        connection.request("GET", "/")


@pytest.mark.parametrize(
    ("delivery", "is_proper"),
    [(scripts.close_after, True), (scripts.cut_after(200_000), False)],
)
def test_end_of_tls_with_and_without_a_word(
    authority: Authority, delivery: scripts.Delivery, is_proper: bool
) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.file))
    with running(authority.good()) as server:
        server.on("/", scripts.serve(ENTITY, scripts.without_length, by=delivery))
        with (
            socket.create_connection(("127.0.0.1", server.port)) as plain,
            trusting.wrap_socket(
                plain, server_hostname="localhost", suppress_ragged_eofs=False
            ) as sock,
        ):
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            came = bytearray()
            with contextlib.nullcontext() if is_proper else pytest.raises(ssl.SSLEOFError):
                while piece := sock.recv(65_536):
                    came += piece
    assert came.endswith(CONTENT)


# Uploads


def put(server: Server, body: bytes, path: str = "/") -> int:
    with asking(server) as connection:
        connection.request("PUT", path, body)
        return connection.getresponse().status


def test_body_is_hashed_and_counted(server: Server) -> None:
    server.on("/", uploads.take(201))
    assert put(server, CONTENT) == 201
    [request] = server.requests
    assert (request.received, request.sha256) == (100_000, ENTITY.sha256)


def test_chunked_body_and_continue(server: Server) -> None:
    server.on("/", uploads.take(200))
    said = (
        b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert talk(server, said).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert server.requests[0].sha256 == entities.sha256(b"abcde")


def test_answers_before_the_body_and_ends_in_it(server: Server) -> None:
    server.on("/", uploads.answer_unread(413), uploads.cut_in_body(3))
    assert talk(server, b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert talk(server, b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc") == b""
    assert [each.received for each in server.requests] == [0, 3]


def test_stall_in_body(server: Server) -> None:
    server.on("/", uploads.stall_in_body(3, uploads.take(200)))
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
        server.wait_until(lambda: bool(server.requests) and server.requests[0].received == 3)
        assert server.requests[0].status is None
    server.wait_until(lambda: server.open == 0)

"""What requests are made of, and where they go: bodies, redirects and passwords."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import AGENT, Request
from tests.faults.support import server as servers
from tests.faults.support.entities import make_answer
from tests.faults.support.server import Act, Exchange
from tests.transfers.web import rings
from tests.transfers.web.test_bodies import body, pointing, saying, web


def keeping(status: int = 200, **headers: str) -> Act:
    """Keep the request's body, and answer."""

    def act(exchange: Exchange) -> None:
        exchange.take_body(keep=True)
        exchange.begin(answer := make_answer(status, b"ok", **headers))
        exchange.send(answer.body)

    return act


async def read() -> AsyncIterator[bytes]:
    yield b"the "
    yield b"body"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# What is sent


async def test_headers_of_ours_and_of_the_persons() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"ok"))
        async with web() as opened:
            await body(await opened.ask(Request("GET", url, {"X-One": "1", "user-agent": "me"})))
            await body(await opened.ask(Request("GET", url)))
        first, second = (request.named for request in server.requests)
        assert (first["x-one"], first["user-agent"], second["user-agent"]) == ("1", "me", AGENT)
        assert first["host"] == f"localhost:{server.port}"
        assert (first["accept"], first["accept-encoding"]) == ("*/*", "identity")
        assert server.connections == 1


@pytest.mark.parametrize("length", [8, None])
async def test_a_body_with_a_length_or_in_chunks(length: int | None) -> None:
    with servers.running() as server:
        url = server.on("/file", keeping())
        async with web() as opened:
            await body(await opened.ask(Request("PUT", url, body=read, length=length)))
        (request,) = server.requests
        assert bytes(request.body) == b"the body"
        assert request.named.get("content-length") == (str(length) if length else None)


@pytest.mark.parametrize(("method", "length"), [("POST", "0"), ("PUT", "0"), ("GET", None)])
async def test_without_a_body_servers_are_told_so_where_they_wait_for_one(
    method: str, length: str | None
) -> None:
    with servers.running() as server:
        url = server.on("/file", keeping())
        async with web() as opened:
            await body(await opened.ask(Request(method, url)))
        assert server.requests[0].named.get("content-length") == length


# Redirects


async def test_a_redirect_is_followed_on_the_same_connection() -> None:
    with servers.running() as server:
        url = server.on("/old", pointing("/new"))
        server.on("/new", saying(b"here"))
        async with web() as opened:
            answer = await opened.ask(Request("GET", url, {"Range": "bytes=0-"}))
            assert answer.url == server.url("/new")
            assert await body(answer) == b"here"
        assert server.connections == 1
        assert server.requests[1].named["range"] == "bytes=0-"


async def test_other_servers_get_no_secrets() -> None:
    named = {"Authorization": "x", "Cookie": "a=1", "X-Api-Key": "k", "X-Other": "o"}
    with servers.running() as one, servers.running() as other:
        url = one.on("/old", pointing(other.on("/new", saying(b"here"))))
        async with web() as opened:
            assert await body(await opened.ask(Request("GET", url, named))) == b"here"
        got = other.requests[0].named
        assert {name: got.get(name.lower()) for name in named} == {
            "Authorization": None, "Cookie": None, "X-Api-Key": None, "X-Other": "o",
        }  # fmt: skip
        assert one.requests[0].named["x-api-key"] == "k"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_bodies_go_along_or_not(status: int, method: str) -> None:
    with servers.running() as server:
        url = server.on("/old", keeping(status, location="/new"))
        server.on("/new", keeping())
        async with web() as opened:
            answer = await opened.ask(Request(method, url, body=read, length=8))
            assert await body(answer) == b"ok"
        is_left = status == 303 or (method == "POST" and status in (301, 302))
        assert answer.method == ("GET" if is_left else method)
        assert [bytes(each.body) for each in server.requests] == [
            b"the body", b"" if is_left else b"the body",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("ftp://localhost/file", "begins with ftp:, which is refused"),
        ("http://[::1", "redirects to what is no address"),
        ("data:,hello", "redirects to what is no address"),
        ("/old", "redirects in a circle"),
    ],
)
async def test_redirects_that_are_refused(to: str, words: str) -> None:
    with servers.running() as server:
        url = server.on("/old", pointing(to))
        async with web() as opened:
            with pytest.raises(Trouble, match=words) as caught:
                await opened.ask(Request("GET", url))
            assert not caught.value.is_passing


@pytest.mark.parametrize("count", [10, 11])
async def test_ten_redirects_and_no_more(count: int) -> None:
    with servers.running() as server:
        for number in range(count):
            server.on(f"/{number}", pointing(f"/{number + 1}"))
        server.on(f"/{count}", saying(b"here"))
        async with web() as opened:
            request = Request("GET", server.url("/0"))
            if count == 10:
                assert await body(await opened.ask(request)) == b"here"
            else:
                with pytest.raises(Trouble, match="more than 10 times"):
                    await opened.ask(request)
        assert server.connections == 1


# Passwords


async def test_user_and_password_of_the_address() -> None:
    with servers.running() as server:
        server.on("/file", pointing("/new"))
        server.on("/new", saying(b"ok"))
        async with web() as opened:
            answer = await opened.ask(Request("GET", server.url("/file", user="ada:l%C3%B6ve")))
            assert await body(answer) == b"ok"
            assert "ve" not in repr(answer).replace("server", "")
        assert [each.named.get("authorization") for each in server.requests] == [
            basic("ada", "löve")
        ] * 2


async def test_the_password_stays_with_its_server() -> None:
    with servers.running() as one, servers.running() as other:
        url = one.on("/old", pointing(other.on("/new", saying(b"here"))))
        with rings.ring({("bgtasks:localhost", "ada"): "love"}):
            async with web(user="ada") as opened:
                await body(await opened.ask(Request("GET", url)))
        assert one.requests[0].named["authorization"] == basic("ada", "love")
        assert "authorization" not in other.requests[0].named


async def test_by_digest_where_it_is_asked_for_and_then_at_once() -> None:
    asking = make_answer(401, b"who?", www_authenticate='Digest realm="r", nonce="n", qop="auth"')

    def guard(exchange: Exchange) -> None:
        exchange.take_body(keep=True)
        is_signed = exchange.headers.get("authorization", "").startswith("Digest ")
        exchange.begin(answer := make_answer(200, b"ok") if is_signed else asking)
        exchange.send(answer.body)

    with servers.running() as server:
        server.on("/file", guard)
        url = server.url("/file", user="ada:love")
        async with web() as opened:
            for _ in range(2):
                answer = await opened.ask(Request("PUT", url, body=read, length=8))
                assert (answer.status, await body(answer)) == (200, b"ok")
        assert [each.status for each in server.requests] == [401, 200, 200]
        assert {bytes(each.body) for each in server.requests} == {b"the body"}
        assert server.connections == 1


async def test_a_wrong_password_is_the_servers_answer() -> None:
    act = keeping(401, www_authenticate='Basic realm="r"')
    with servers.running() as server:
        server.on("/file", act)
        async with web() as opened:
            answer = await opened.ask(Request("GET", server.url("/file", user="ada:love")))
            assert (answer.status, await answer.words()) == (401, b"ok")
        assert len(server.requests) == 1

"""The connections of one transfer: kept where that pays, by way of proxies, to real servers."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterator

import httpcore
import httpx
import pytest

from bgtasks_gui.transfers.net import proxies, tls
from bgtasks_gui.transfers.net.connections import Connections, Way
from bgtasks_gui.transfers.net.streams import Unreached
from tests.faults.support import server as servers
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import make_answer
from tests.faults.support.server import Act, Exchange
from tests.transfers.net import pairs, relays


@contextlib.asynccontextmanager
async def client(way: Way) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=Connections(way), trust_env=False) as opened:
        yield opened


DIRECT = Way(proxy=proxies.DIRECT, patience_s=10.0)


def saying(body: bytes) -> Act:
    return lambda exchange: exchange.answer(make_answer(200, body))


def saying_then_closing(exchange: Exchange) -> None:
    exchange.answer(make_answer(200, b"bye"))
    exchange.end()


# Kept open


async def test_one_connection_for_all_requests_to_a_server() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"hello"))
        async with client(DIRECT) as web:
            for _ in range(3):
                assert (await web.get(url)).content == b"hello"
            assert server.connections == 1
        server.wait_until(lambda: server.open == 0)


async def test_an_answer_that_nobody_reads_does_not_stand_in_the_way() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"x" * 3_000_000), saying(b"next"))
        async with client(DIRECT) as web:
            left = await web.send(web.build_request("GET", url), stream=True)
            assert left.status_code == 200
            assert (await web.get(url)).content == b"next"
        assert server.connections == 2


async def test_a_connection_that_the_server_gave_up_is_made_anew() -> None:
    with servers.running() as server:
        url = server.on("/file", saying_then_closing, saying(b"again"))
        async with client(DIRECT) as web:
            assert (await web.get(url)).content == b"bye"
            server.wait_until(lambda: server.open == 0)
            assert (await web.post(url)).content == b"again"
        assert server.connections == 2


async def test_a_request_that_meets_the_end_of_an_idle_connection_is_sent_again() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"first"), Exchange.cut, saying(b"second"))
        async with client(DIRECT) as web:
            assert (await web.get(url)).content == b"first"
            assert (await web.get(url)).content == b"second"
        assert [request.connection for request in server.requests] == [1, 1, 2]


async def test_but_not_one_that_does_something() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"first"), Exchange.cut, saying(b"second"))
        async with client(DIRECT) as web:
            await web.get(url)
            with pytest.raises((httpcore.RemoteProtocolError, httpcore.NetworkError)):
                await web.post(url, content=b"order")
            assert len(server.requests) == 2
            assert (await web.get(url)).content == b"second"


async def test_nor_one_on_a_new_connection() -> None:
    with servers.running() as server:
        url = server.on("/file", Exchange.cut)
        async with client(DIRECT) as web:
            with pytest.raises(httpcore.RemoteProtocolError):
                await web.get(url)
        assert len(server.requests) == 1


async def test_every_place_has_its_own() -> None:
    with servers.running() as one, servers.running() as other:
        first, second = one.on("/a", saying(b"one")), other.on("/b", saying(b"other"))
        async with client(DIRECT) as web:
            for _ in range(2):
                assert (await web.get(first)).content == b"one"
                assert (await web.get(second)).content == b"other"
        assert (one.connections, other.connections) == (1, 1)


# Encrypted


async def test_encrypted_with_authorities_of_ones_own(authority: Authority) -> None:
    with servers.running(authority.good()) as server:
        url = server.on("/file", saying(b"secret"))
        async with client(DIRECT._replace(authorities=str(authority.file))) as web:
            assert (await web.get(url)).content == b"secret"
        async with client(DIRECT) as web:
            with pytest.raises(Unreached):
                await web.get(url)


async def test_certificates_that_cannot_be_used() -> None:
    async with client(DIRECT._replace(authorities="/nowhere.pem")) as web:
        with pytest.raises(tls.Unusable, match=r"there is no file /nowhere\.pem"):
            await web.get("https://localhost:1/")


# By way of proxies


async def test_a_plain_request_is_forwarded() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(b"hello"))
        async with relays.relaying() as relay:
            way = Way(proxy=f"http://127.0.0.1:{relay.port}")
            async with client(way) as web:
                assert (await web.get(url)).content == b"hello"
            assert relay.asked == [f"GET {url} HTTP/1.1"]


async def test_an_encrypted_one_goes_through_a_tunnel(authority: Authority) -> None:
    content = bytes(range(256)) * 8192
    with servers.running(authority.good()) as server:
        url = server.on("/file", saying(content))
        async with relays.relaying() as relay:
            way = Way(proxy=f"127.0.0.1:{relay.port}", authorities=str(authority.file))
            async with client(way) as web:
                for _ in range(2):
                    assert (await web.get(url)).content == content
        assert relay.asked == [f"CONNECT localhost:{server.port} HTTP/1.1"]
        assert server.connections == 1


async def test_the_proxy_itself_may_be_encrypted(authority: Authority) -> None:
    with servers.running(authority.good()) as server:
        url = server.on("/file", saying(b"hello"))
        async with relays.relaying(tls=authority.good()) as relay:
            way = Way(proxy=f"https://localhost:{relay.port}", authorities=str(authority.file))
            async with client(way) as web:
                assert (await web.get(url)).content == b"hello"
            assert relay.asked == [f"CONNECT localhost:{server.port} HTTP/1.1"]


async def test_an_encrypted_proxy_is_checked_too(authority: Authority) -> None:
    async with relays.relaying(tls=authority.good()) as relay:
        async with client(Way(proxy=f"https://localhost:{relay.port}")) as web:
            with pytest.raises((Unreached, httpcore.ConnectError)):
                await web.get("http://localhost:1/file")
        assert relay.asked == []


@pytest.mark.parametrize("is_safe", [False, True])
async def test_a_password_for_the_proxy_is_told_to_nobody_else(
    authority: Authority, is_safe: bool
) -> None:
    word = "Basic " + base64.b64encode("ada:löve".encode()).decode()
    with servers.running(authority.good() if is_safe else None) as server:
        url = server.on("/file", saying(b"hello"))
        async with relays.relaying(word) as relay:
            way = Way(
                proxy=f"http://ada:l%C3%B6ve@127.0.0.1:{relay.port}",
                authorities=str(authority.file),
            )
            async with client(way) as web:
                assert (await web.get(url)).content == b"hello"
        (request,) = server.requests
        if is_safe:
            assert "proxy-authorization" not in request.named
        assert relay.headers[0]["proxy-authorization"] == word


async def test_a_proxy_that_asks_for_a_password(authority: Authority) -> None:
    async with relays.relaying("Basic something") as relay:
        way = Way(proxy=f"127.0.0.1:{relay.port}", authorities=str(authority.file))
        async with client(way) as web:
            with pytest.raises(httpcore.ProxyError, match="407"):
                await web.get("https://localhost:1/file")
            assert (await web.get("http://localhost:1/file")).status_code == 407


async def test_a_proxy_that_is_not_there() -> None:
    port = pairs.unused_port()
    async with client(Way(proxy=f"127.0.0.1:{port}")) as web:
        with pytest.raises(Unreached) as caught:
            await web.get("http://example.org/file")
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)


async def test_a_proxy_that_is_none() -> None:
    async with client(Way(proxy="gopher://example.org")) as web:
        with pytest.raises(proxies.Unusable):
            await web.get("http://example.org/file")

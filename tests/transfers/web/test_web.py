"""Questions to real servers, honest and not, and how the bodies of their answers are read."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.core.transfers import DownloadSpec
from bgtasks_gui.transfers.net.streams import READ_SIZE
from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import AGENT, MOST_WORDS, SHORT, Answer, Request, Web
from tests.faults.support import scripts
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, make_answer, make_content
from tests.faults.support.server import Act, Exchange, Server, running
from tests.transfers.web.rings import ring

LONG = Entity(make_content(3 * READ_SIZE + 12_345))
SMALL = Entity(b"a few words\n")


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as one:
        yield one


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def open_web(**fields: Any) -> Web:
    given = {"url": "", "method": "GET", "to": "", "proxy": "direct", "request_timeout_s": 20.0}
    return Web(DownloadSpec(**{**given, **fields}))


async def body_of(answer: Answer) -> bytes:
    found = bytearray()
    async for piece in answer.pieces():
        assert 0 < len(piece) <= READ_SIZE
        found += piece
    await answer.aclose()
    return bytes(found)


async def got(url: str, **fields: Any) -> bytes:
    async with open_web(**fields) as web:
        return await body_of(await web.ask(Request("GET", url)))


async def trouble_of(url: str, **fields: Any) -> Trouble:
    with pytest.raises(Trouble) as raised:
        await got(url, **fields)
    return raised.value


# Bodies


@pytest.mark.parametrize(
    "entity",
    [Entity(b""), SMALL, Entity(make_content(SHORT)), Entity(make_content(SHORT + 1)), LONG],
    ids=lambda entity: str(len(entity.content)),
)
async def test_body_is_as_it_was_sent(entity: Entity, server: Server) -> None:
    url = server.on("/file", scripts.serve(entity))
    async with open_web() as web:
        answer = await web.ask(Request("GET", url))
        assert (answer.status, answer.phrase, answer.url) == (200, "OK", url)
        assert answer.length == len(entity.content)
        assert answer.headers["ETAG"] == '"one"'
        assert await body_of(answer) == entity.content


async def test_body_over_tls_is_as_it_was_sent(authority: Authority) -> None:
    with running(authority.good()) as server:
        url = server.on("/file", scripts.serve(LONG))
        assert await got(url, authorities=str(authority.file)) == LONG.content


async def test_body_in_chunks_has_no_length_beforehand(server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG, scripts.in_chunks, by=scripts.chunked(70_000)))
    async with open_web() as web:
        answer = await web.ask(Request("GET", url))
        assert answer.length is None
        assert await body_of(answer) == LONG.content


async def test_body_that_ends_with_the_connection(server: Server) -> None:
    act = scripts.serve(LONG, scripts.without_length, by=scripts.close_after)
    assert await got(server.on("/file", act)) == LONG.content


async def test_nothing_is_decoded_nor_asked_for_encoded(server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG, scripts.squeezed))
    async with open_web() as web:
        answer = await web.ask(Request("GET", url, {"accept-encoding": "gzip"}))
        assert answer.is_encoded
        assert (await body_of(answer)).startswith(b"\x1f\x8b")
    [asked] = server.requests
    assert asked.named["accept-encoding"] == "identity"
    assert asked.named["user-agent"] == AGENT


async def test_head_has_a_length_and_no_body(server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG))
    async with open_web() as web:
        answer = await web.ask(Request("HEAD", url))
        assert (answer.method, answer.length) == ("HEAD", len(LONG.content))
        assert await body_of(answer) == b""


async def test_words_are_the_beginning_only(server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG))
    async with open_web() as web:
        answer = await web.ask(Request("GET", url))
        assert await answer.words() == LONG.content[:MOST_WORDS]
        await answer.aclose()
    server.wait_until(lambda: server.open == 0)


async def test_many_at_once_do_not_mix(server: Server) -> None:
    """They share a buffer, which is free again whenever one of them waits."""
    entities = [Entity(make_content(2 * READ_SIZE + seed, seed)) for seed in range(8)]
    urls = [
        server.on(f"/{seed}", scripts.serve(entity, by=scripts.whole))
        for seed, entity in enumerate(entities)
    ]
    found = await asyncio.gather(*(got(url) for url in urls))
    assert found == [entity.content for entity in entities]


async def test_one_that_leaves_in_the_middle_closes_its_connection(server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG, by=scripts.stall_after(200_000)))
    async with open_web() as web:
        answer = await web.ask(Request("GET", url))
        async for _ in answer.pieces():
            break
        await answer.aclose()
        server.wait_until(lambda: server.open == 0)


# Connections


async def test_short_answers_leave_the_connection_free(server: Server) -> None:
    url = server.on("/file", scripts.serve(SMALL))
    async with open_web() as web:
        for _ in range(3):
            assert await body_of(await web.ask(Request("GET", url))) == SMALL.content
    assert server.connections == 1


async def test_redirect_to_the_same_server_needs_no_other_connection(server: Server) -> None:
    server.on("/there", scripts.serve(SMALL))
    assert await got(server.on("/file", scripts.redirect("/there"))) == SMALL.content
    assert server.connections == 1


# What can go wrong


@pytest.mark.parametrize(
    "by", [scripts.cut_after(10), scripts.cut_after(SHORT + 5), scripts.reset_after(SHORT + 5)]
)
@pytest.mark.parametrize("is_safe", [False, True], ids=["plain", "tls"])
async def test_end_before_the_announced_length(
    by: scripts.Delivery, is_safe: bool, authority: Authority
) -> None:
    with running(authority.good() if is_safe else None) as server:
        url = server.on("/file", scripts.serve(LONG, by=by))
        trouble = await trouble_of(url, authorities=str(authority.file) if is_safe else "")
    assert (trouble.code, trouble.is_passing) == (reasons.Code.CONNECTION, True)
    assert not trouble.is_timeout
    assert "server" in trouble.detail


@pytest.mark.parametrize("size", [10, SHORT + 5])
async def test_server_that_falls_silent(size: int, server: Server) -> None:
    url = server.on("/file", scripts.serve(LONG, by=scripts.stall_after(size)))
    trouble = await trouble_of(url, request_timeout_s=0.2)
    assert trouble.is_timeout
    assert trouble.is_passing
    assert trouble.detail.startswith("the server sent nothing for ")


async def test_request_timeout_begins_anew_with_every_piece(server: Server) -> None:
    """R13: it takes longer than the timeout, and nothing of it does."""
    turns = threading.Semaphore(0)

    def turn() -> bool:
        return turns.acquire(blocking=False)

    entity = Entity(make_content(SHORT + 6_000))
    url = server.on("/file", scripts.serve(entity, by=scripts.drip(SHORT // 2, turn)))
    loop, found = asyncio.get_running_loop(), bytearray()
    for after_s in (0.0, 0.5, 1.0):
        loop.call_later(after_s, turns.release)
    begin = loop.time()
    async with open_web(request_timeout_s=0.8) as web:
        answer = await web.ask(Request("GET", url))
        async for piece in answer.pieces():
            found += piece
    assert loop.time() - begin > 0.8
    assert found == entity.content


@pytest.mark.parametrize(
    ("address", "says"),
    [("ftp://localhost/x", "no address of a web server"), ("http://[::1", "no address"),
     ("/x", "no address of a web server"), ("http://localhost:99999/", "no address of a web"),
     ("file:///etc/passwd", "no address of a web server")],
)  # fmt: skip
async def test_addresses_that_are_none(address: str, says: str) -> None:
    trouble = await trouble_of(address)
    assert says in trouble.detail
    assert not trouble.is_passing


@pytest.mark.parametrize(
    "headers", [{"X-Mine": "\ud800"}, {"X-Mine": "a\r\nb: c"}, {"X Mine": "a"}]
)
async def test_headers_that_cannot_be_sent(headers: dict[str, str], server: Server) -> None:
    url = server.on("/file", scripts.serve(SMALL))
    async with open_web() as web:
        with pytest.raises(Trouble, match="cannot be sent") as raised:
            await web.ask(Request("GET", url, headers))
    assert not raised.value.is_passing
    assert server.requests == []


# Bodies of requests, and redirects


class Source:
    """A body that counts how often it is read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.begun = 0

    async def read(self) -> AsyncIterator[bytes]:
        self.begun += 1
        for at in range(0, len(self.content), 1000):
            yield self.content[at : at + 1000]


@pytest.mark.parametrize("has_length", [True, False])
async def test_body_of_a_request(has_length: bool, server: Server) -> None:
    source = Source(LONG.content[:10_000])
    url = server.on("/put", scripts.say(201, b"taken"))
    async with open_web() as web:
        length = len(source.content) if has_length else None
        answer = await web.ask(Request("PUT", url, body=source.read, length=length))
        assert (answer.status, await body_of(answer)) == (201, b"taken")
    [asked] = server.requests
    assert asked.sha256 == hashlib.sha256(source.content).hexdigest()
    assert ("content-length" in asked.named) is has_length


@pytest.mark.parametrize(
    ("method", "status", "then"),
    [("PUT", 301, "PUT"), ("PUT", 302, "PUT"), ("PUT", 307, "PUT"), ("PUT", 303, "GET"),
     ("POST", 301, "GET"), ("POST", 302, "GET"), ("POST", 303, "GET"), ("POST", 308, "POST")],
)  # fmt: skip
async def test_what_a_redirect_makes_of_a_body(
    method: str, status: int, then: str, server: Server
) -> None:
    source = Source(LONG.content[:5_000])
    server.on("/there", scripts.say(200, b"ok"))
    url = server.on("/put", scripts.redirect("/there", status))
    async with open_web() as web:
        request = Request(method, url, body=source.read, length=len(source.content))
        answer = await web.ask(request)
        assert answer.method == then
    [there] = server.asked("/there")
    assert there.method == then
    assert (there.received, source.begun) == ((5_000, 2) if then == method else (0, 1))


# Users and passwords


def by_digest(act: Act) -> Act:
    """Only for me, by RFC 7616 with SHA-256."""

    def guarded(exchange: Exchange) -> None:
        said = exchange.headers.get("authorization", "")
        if said.startswith("Digest ") and _is_right(said, exchange.request.method):
            act(exchange)
            return
        asked = 'Digest realm="here", nonce="n1", qop="auth", algorithm=SHA-256'
        exchange.answer(make_answer(401, b"who are you?", www_authenticate=asked))

    return guarded


def _is_right(said: str, method: str) -> bool:
    pairs = (each.strip().partition("=") for each in said.removeprefix("Digest ").split(","))
    given = {name: value.strip('"') for name, _, value in pairs}

    def digest(*parts: str) -> str:
        return hashlib.sha256(":".join(parts).encode()).hexdigest()

    user, place = digest("me", "here", "secret"), digest(method, given["uri"])
    parts = (given["nonce"], given["nc"], given["cnonce"], given["qop"])
    return given["response"] == digest(user, *parts, place)


async def test_digest_where_it_is_asked_for_and_from_then_on(server: Server) -> None:
    server.on("/file", by_digest(scripts.serve(SMALL)))
    url = server.url("/file", "me:secret")
    async with open_web() as web:
        for _ in range(2):
            assert await body_of(await web.ask(Request("GET", url))) == SMALL.content
    kinds = [one.named["authorization"].split()[0] for one in server.requests]
    assert kinds == ["Basic", "Digest", "Digest"]


async def test_wrong_password_is_tried_once_each_way(server: Server) -> None:
    server.on("/file", by_digest(scripts.serve(SMALL)))
    async with open_web() as web:
        answer = await web.ask(Request("GET", server.url("/file", "me:wrong")))
        assert answer.status == 401
    assert len(server.requests) == 2


async def test_password_from_the_keyring(server: Server) -> None:
    url = server.on("/file", scripts.by_user("me", "secret", scripts.serve(SMALL)))
    with ring({("bgtasks:localhost", "me"): "secret"}):
        assert await got(url, user="me") == SMALL.content


async def test_password_that_the_keyring_does_not_have(server: Server) -> None:
    with ring({}):
        trouble = await trouble_of(server.on("/file", scripts.serve(SMALL)), user="me")
    assert "`keyring set bgtasks:localhost me`" in trouble.detail
    assert not trouble.is_passing
    assert server.requests == []

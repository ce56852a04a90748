"""Bodies of all kinds, whole and not, and servers that give no answer at all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import SHORT, Answer, Request, Web
from tests.faults.support import server as servers
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import make_answer, make_content
from tests.faults.support.server import Act, Exchange
from tests.transfers.net import pairs

LONG = make_content(3 * 1024 * 1024 + 7)


@contextlib.asynccontextmanager
async def web(**fields: object) -> AsyncIterator[Web]:
    given: dict[str, object] = {
        "url": "http://localhost/", "method": "GET", "proxy": "direct",
        "request_timeout_s": 10.0, "connect_timeout_s": 10.0,
    }  # fmt: skip
    opened = Web(transfers.Spec(**given | fields))  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        await opened.aclose()


async def body(answer: Answer) -> bytes:
    found = bytearray()
    async for piece in answer.pieces():
        assert 0 < len(piece) <= 256 * 1024
        found += piece
    await answer.aclose()
    return bytes(found)


def raw(head: str, content: bytes = b"", end: Callable[[Exchange], None] = Exchange.end) -> Act:
    """Just these bytes, whatever was asked for."""

    def act(exchange: Exchange) -> None:
        exchange.take_body(keep=True)
        exchange.connection.send(head.replace("\n", "\r\n").encode() + content)
        end(exchange)

    return act


def go_on(_: Exchange) -> None:
    """Keep the connection."""


def saying(content: bytes) -> Act:
    return lambda exchange: exchange.answer(make_answer(200, content))


def pointing(to: str, status: int = 302) -> Act:
    return lambda exchange: exchange.answer(make_answer(status, b"elsewhere", location=to))


async def trouble_with(act: Act, **fields: object) -> Trouble:
    """What comes of asking, and of reading to the end."""
    with servers.running() as server:
        url = server.on("/file", act)
        async with web(**fields) as opened:
            with pytest.raises(Trouble) as caught:
                await body(await opened.ask(Request("GET", url)))
            server.release()
        return caught.value


# Bodies


@pytest.mark.parametrize("size", [0, 1, SHORT, SHORT + 1, len(LONG)])
@pytest.mark.parametrize("is_safe", [False, True])
async def test_with_a_length(tmp_path: Path, size: int, is_safe: bool) -> None:
    authority = Authority(tmp_path)
    with servers.running(authority.good() if is_safe else None) as server:
        url = server.on("/file", saying(LONG[:size]))
        async with web(authorities=str(authority.file)) as opened:
            answer = await opened.ask(Request("GET", url))
            assert (answer.status, answer.phrase, answer.length) == (200, "OK", size)
            assert answer.headers["CONTENT-length"] == str(size)
            assert answer.url == url
            assert await body(answer) == LONG[:size]


async def test_in_chunks() -> None:
    parts = [LONG[start : start + 99_999] for start in range(0, len(LONG), 99_999)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    with servers.running() as server:
        head = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
        url = server.on("/file", raw(head, chunks))
        async with web() as opened:
            answer = await opened.ask(Request("GET", url))
            assert answer.length is None
            assert await body(answer) == LONG


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
async def test_up_to_the_end_of_the_connection(version: str) -> None:
    with servers.running() as server:
        url = server.on("/file", raw(f"{version} 200 OK\n\n", LONG))
        async with web() as opened:
            answer = await opened.ask(Request("GET", url))
            assert answer.length is None
            assert await body(answer) == LONG


async def test_answers_without_a_body() -> None:
    with servers.running() as server:
        head = f"HTTP/1.1 200 OK\nContent-Length: {len(LONG)}\n\n"
        url = server.on(
            "/file", raw(head, end=go_on), raw("HTTP/1.1 204 No Content\n\n", end=go_on)
        )
        async with web() as opened:
            answer = await opened.ask(Request("HEAD", url))
            assert answer.length == len(LONG)
            assert await body(answer) == b""
            assert await body(await opened.ask(Request("DELETE", url))) == b""
        assert server.connections == 1


async def test_compressed_it_stays_as_it_came() -> None:
    with servers.running() as server:
        url = server.on("/file", raw("HTTP/1.1 200 OK\nContent-Encoding: gzip\n\n", b"zipped"))
        async with web() as opened:
            answer = await opened.ask(Request("GET", url, {"Accept-Encoding": "gzip"}))
            assert answer.is_encoded
            assert await body(answer) == b"zipped"
        assert server.requests[0].named["accept-encoding"] == "identity"


async def test_two_at_once_do_not_mix() -> None:
    other = bytes(reversed(LONG))
    with servers.running() as server:
        urls = server.on("/a", saying(LONG)), server.on("/b", saying(other))
        async with web() as one, web() as two:
            answers = [
                await one.ask(Request("GET", urls[0])), await two.ask(Request("GET", urls[1])),
            ]  # fmt: skip
            assert await asyncio.gather(*map(body, answers)) == [LONG, other]


async def test_the_beginning_of_a_body() -> None:
    with servers.running() as server:
        url = server.on("/file", saying(LONG))
        async with web() as opened:
            answer = await opened.ask(Request("GET", url))
            assert await answer.words() == LONG[: 64 * 1024]
            await answer.aclose()


# Bodies that are not whole


@pytest.mark.parametrize("sent", [0, 10, SHORT, len(LONG) - 1])
async def test_shorter_than_announced(sent: int) -> None:
    head = f"HTTP/1.1 200 OK\nContent-Length: {len(LONG)}\n\n"
    trouble = await trouble_with(raw(head, LONG[:sent]))
    assert trouble.detail == "the server closed the connection too early"
    assert trouble.is_passing
    assert not trouble.is_timeout


async def test_cut_off_between_chunks() -> None:
    head = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
    trouble = await trouble_with(raw(head, b"5\r\nhello\r\n"))
    assert trouble.detail == "the server closed the connection too early"


async def test_broken_off() -> None:
    head = f"HTTP/1.1 200 OK\nContent-Length: {len(LONG)}\n\n"
    trouble = await trouble_with(raw(head, LONG[: 1 << 20], Exchange.reset))
    assert trouble.detail == "the server cut the connection off"
    assert trouble.is_passing


async def test_encrypted_and_without_a_length_its_end_must_be_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    head = "HTTP/1.1 200 OK\n\n"
    with servers.running(authority.good()) as server:
        url = server.on("/file", raw(head, LONG), raw(head, LONG, Exchange.cut))
        async with web(authorities=str(authority.file)) as opened:
            assert await body(await opened.ask(Request("GET", url))) == LONG
            answer = await opened.ask(Request("GET", url))
            with pytest.raises(Trouble, match="the server cut the encrypted connection off"):
                await body(answer)


@pytest.mark.parametrize("sent", [b"", LONG[:100], LONG[: 1 << 20]], ids=len)
async def test_silence_in_the_middle(sent: bytes) -> None:
    head = f"HTTP/1.1 200 OK\nContent-Length: {len(LONG)}\n\n" if sent else ""
    trouble = await trouble_with(raw(head, sent, Exchange.wait), request_timeout_s=0.2)
    assert trouble.detail == "the server sent nothing for 200 ms"
    assert trouble.is_timeout


# No answer at all


async def test_garbage_for_an_answer() -> None:
    trouble = await trouble_with(raw("I AM NO WEB SERVER\n\n"))
    assert trouble.detail.startswith("the server's answer cannot be understood (illegal status")


@pytest.mark.parametrize("end", [Exchange.end, Exchange.cut])
async def test_hung_up_on(end: Callable[[Exchange], None]) -> None:
    assert (await trouble_with(end)).detail == "the server closed the connection too early"


async def test_nobody_is_there() -> None:
    port = pairs.unused_port()
    async with web() as opened:
        with pytest.raises(Trouble) as caught:
            await opened.ask(Request("GET", f"http://localhost:{port}/?token=love"))
        assert caught.value.detail == f"no server answers at localhost:{port}"
        with pytest.raises(Trouble, match=r"there is no host nobody\.invalid"):
            await opened.ask(Request("GET", "http://nobody.invalid/"))


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "http://", "http://example.org:99999/", "http://[::1/", "file"]
)
async def test_what_is_no_address(url: str) -> None:
    async with web() as opened:
        with pytest.raises(Trouble, match="is no address") as caught:
            await opened.ask(Request("GET", url))
        assert not caught.value.is_passing


@pytest.mark.parametrize(
    ("context", "why"),
    [
        (Authority.expired, "it has expired"),
        (Authority.of_another_host, "it is for another host"),
        (Authority.asking_for_a_certificate, "asks for a client certificate"),
    ],
)
async def test_certificates_that_are_refused(
    tmp_path: Path, context: Callable[[Authority], object], why: str
) -> None:
    authority = Authority(tmp_path)
    with servers.running(context(authority)) as server:  # type: ignore[arg-type]
        url = server.on("/file", saying(b"hello"))
        async with web(authorities=str(authority.file)) as opened:
            with pytest.raises(Trouble, match=why) as caught:
                await body(await opened.ask(Request("GET", url)))
            assert not caught.value.is_passing


async def test_nothing_is_written_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with servers.running() as server, caplog.at_level(logging.INFO):
        server.on("/file", saying(b"hello"))
        async with web() as opened:
            url = server.url("/file?token=secret", user="ada:love")
            assert await body(await opened.ask(Request("GET", url))) == b"hello"
    assert caplog.text == ""

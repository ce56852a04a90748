"""Asks servers: one `Web` for each connection of a transfer, one request at a time."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final, Self

import httpx

import bgtasks_gui
from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.net.connections import Connections, Way
from bgtasks_gui.transfers.net.streams import Stream, shared_buffer
from bgtasks_gui.transfers.web import redirects, secrets
from bgtasks_gui.transfers.web.failures import FOREIGN, Trouble, explained

AGENT: Final = f"bgtasks/{bgtasks_gui.__version__}"
#: Bytes of an answer that are read whole, where somebody wants its words.
MOST_WORDS: Final = 64 * 1024
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
#: Bodies up to this size do not leave the parser.
SHORT: Final = 64 * 1024

# It would write every address into the log, with passwords and all.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Request:
    """What is asked for. `body` makes the bytes of the body anew, as often as it is called."""

    def __init__(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        *,
        body: Callable[[], AsyncIterator[bytes]] | None = None,
        length: int | None = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers or {}
        self.body = body
        #: Bytes of the body; None with a body is "not known", which is sent in chunks.
        self.length = length


class Answer:
    """An answer whose body is still to be read, once; `aclose` it in any case."""

    def __init__(
        self, response: httpx.Response, spec: transfers.Spec, turned_by: int | None = None
    ) -> None:
        self._response = response
        self._spec = spec
        #: The redirect after which something else was asked for, and no body sent along.
        self.turned_by = turned_by
        self._parsed: AsyncIterator[bytes] | None = None
        self.status = response.status_code
        self.phrase = response.reason_phrase or httpx.codes.get_reason_phrase(self.status)
        self.headers = response.headers
        #: As it was after the last redirect.
        self.method = response.request.method
        #: The address that answered, behind all redirects.
        self.url = str(response.url)
        self.length = self._announced_length()

    def __repr__(self) -> str:
        return f"<{self.status} {self.phrase} from {secrets.without(self.url)}>"

    @property
    def is_encoded(self) -> bool:
        """Whether what comes is not the file as it is, but compressed."""
        return self.headers.get("content-encoding", "identity").lower() not in ("", "identity")

    async def pieces(self) -> AsyncGenerator[memoryview, None]:
        """The body as it comes over the wire, nothing decoded.

        A piece may be used until the next `await`, since it lies in a buffer that all share.
        Raises `Trouble`; an end before the announced length is one.
        """
        rest = self._length_past_parser()
        # Held on to until the end: it closes the connection when nobody does.
        self._parsed = self._response.aiter_raw()
        try:
            async for piece in self._parsed:
                yield memoryview(piece)
                if rest is not None:
                    rest -= len(piece)
                    break
            while rest:
                view = await self._read_past_parser(rest)
                rest -= len(view)
                yield view
        except FOREIGN as error:
            raise _explained(error, self._response.url, self._spec) from error

    async def words(self) -> bytes:
        """The beginning of a short body."""
        found = bytearray()
        async with contextlib.aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                found += piece
                if len(found) >= MOST_WORDS:
                    break
        return bytes(found[:MOST_WORDS])

    async def aclose(self) -> None:
        with contextlib.suppress(*FOREIGN):
            await self._response.aclose()
        # httpx has answer and stream hold one another, so that both would stay for a long time.
        self._response.stream = httpx.ByteStream(b"")

    def _announced_length(self) -> int | None:
        value = self.headers.get("content-length", "")
        if "transfer-encoding" in self.headers or not value.isascii() or not value.isdigit():
            return None
        return int(value)

    def _length_past_parser(self) -> int | None:
        """The body's length where the socket holds nothing but the body; else None."""
        is_plain = self._response.http_version == "HTTP/1.1"
        has_body = self.method != "HEAD" and self.status not in (204, 304)
        # A short one is left to the parser, which then knows that the connection is free again.
        is_long = self.length is not None and self.length > SHORT
        return self.length if is_plain and has_body and is_long else None

    async def _read_past_parser(self, rest: int) -> memoryview:
        # The parser has given all it had, so what follows is in the socket.
        stream: Stream = self._response.extensions["network_stream"]
        buffer = shared_buffer()[:rest]
        # Where the buffer is shorter than the rest, more than fills it is to come.
        count = await stream.readinto(buffer, self._spec.request_timeout_s, is_more=True)
        if not count:
            raise Trouble("the server closed the connection too early")
        return buffer[:count]


class Web:
    """One connection at a time, with all that a specification says about how to ask."""

    def __init__(self, spec: transfers.Spec) -> None:
        self._spec = spec
        way = Way(
            proxy=spec.proxy,
            authorities=spec.authorities,
            certificate=spec.certificate,
            key=spec.certificate_key,
            http2=spec.http2,
            patience_s=spec.request_timeout_s,
        )
        self._client = httpx.AsyncClient(transport=Connections(way), trust_env=False)
        #: By user, password and place, so that a server that asked for Digest is asked by it.
        self._logins: dict[tuple[str, str, str], secrets.Login] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        with contextlib.suppress(*FOREIGN):
            await self._client.aclose()

    async def ask(self, request: Request) -> Answer:
        """The answer behind all redirects. Raises `Trouble`."""
        asked = self._built(request)
        try:
            trail = redirects.Trail(asked)
            login = await self._login(asked.url, self._spec.user)
            response = await self._send(asked, login)
            turned_by: int | None = None
            while (following := await self._next(trail, response, asked)) is not None:
                if not redirects.is_same_place(asked.url, following.url):
                    login = None
                # What an address brings along is for whoever it names.
                login = await self._login(following.url, "") or login
                if following.method != asked.method:
                    turned_by = response.status_code
                asked = following
                response = await self._send(asked, login)
        except FOREIGN as error:
            raise _explained(error, asked.url, self._spec) from error
        return Answer(response, self._spec, turned_by)

    async def _next(
        self, trail: redirects.Trail, response: httpx.Response, asked: httpx.Request
    ) -> httpx.Request | None:
        try:
            following = trail.next(response, asked)
        except Trouble:
            await response.aclose()
            raise
        if following is not None:
            await redirects.drain(response)
        return following

    async def _login(self, url: httpx.URL, user: str) -> secrets.Login | None:
        known = (user, url.userinfo.decode("ascii"), str(url.copy_with(path="/", query=None)))
        if known not in self._logins:
            credentials = await secrets.find(url, user)
            if credentials is None:
                return None
            self._logins[known] = secrets.Login(credentials)
        return self._logins[known]

    async def _send(self, request: httpx.Request, login: secrets.Login | None) -> httpx.Response:
        if login is None:
            return await self._send_as_it_is(request)
        login.sign(request)
        response = await self._send_as_it_is(request)
        if response.status_code == 401 and login.sign_again(request, response):
            await redirects.drain(response)
            response = await self._send_as_it_is(request)
        return response

    async def _send_as_it_is(self, request: httpx.Request) -> httpx.Response:
        return await self._client.send(
            request, stream=True, auth=_signed_already, follow_redirects=False
        )

    def _built(self, request: Request) -> httpx.Request:
        try:
            url = httpx.URL(request.url)
        except httpx.InvalidURL as error:
            shown = secrets.without(request.url)
            raise Trouble(f"{shown!r} is no address", is_passing=False) from error
        if url.scheme not in redirects.SCHEMES or not url.host or not redirects.has_port(url):
            shown = secrets.without(request.url)
            raise Trouble(f"{shown!r} is no address of a web server", is_passing=False)
        built = httpx.Request(
            request.method,
            url,
            headers=_headers(request, url),
            stream=httpx.ByteStream(b"") if request.body is None else _Sent(request.body),
        )
        built.extensions["timeout"] = httpx.Timeout(
            self._spec.request_timeout_s, connect=self._spec.connect_timeout_s, pool=None
        ).as_dict()
        return built


def _headers(request: Request, url: httpx.URL) -> httpx.Headers:
    """Raises `Trouble` for those that cannot be sent."""
    headers = httpx.Headers({
        "Host": url.netloc.decode("ascii"), "User-Agent": AGENT,
        "Accept": "*/*", "Accept-Encoding": "identity",
    })  # fmt: skip
    for name, value in request.headers.items():
        try:
            headers[name] = value
        except UnicodeEncodeError as error:
            raise Trouble(
                f"the header {name!r} cannot be sent: it has half a letter in it",
                is_passing=False,
            ) from error
    # Nothing is decoded, so nothing may be asked for that had to be.
    headers["Accept-Encoding"] = "identity"
    if request.body is not None and request.length is None:
        headers["Transfer-Encoding"] = "chunked"
    elif request.length is not None:
        headers["Content-Length"] = str(request.length)
    elif request.method.upper() in _WITH_BODY:
        # Servers that wait for a body are to know that there is none (RFC 9110 8.6).
        headers["Content-Length"] = "0"
    return headers


def _signed_already(request: httpx.Request) -> httpx.Request:
    return request


class _Sent(httpx.AsyncByteStream):
    """The body of a request, made anew where it has to be sent again."""

    def __init__(self, make: Callable[[], AsyncIterator[bytes]]) -> None:
        self._make = make

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._make():
            yield piece


def _explained(error: Exception, url: httpx.URL, spec: transfers.Spec) -> Trouble:
    return explained(error, url, spec.request_timeout_s, spec.connect_timeout_s)

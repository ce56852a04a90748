"""The connections of one transfer: one at a time to each server, and no pool that all share.

A pool costs more with every transfer that uses it; a transfer has no use for one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import httpcore
import httpx

from bgtasks_gui.transfers.net import proxies, tls
from bgtasks_gui.transfers.net.sockets import Backend

#: Seconds that an idle connection is taken for usable, between two requests of one transfer.
KEPT_S: Final = 30.0
#: Methods whose request may be sent a second time (RFC 9110 9.2.2).
_REPEATABLE: Final = frozenset({b"GET", b"HEAD", b"OPTIONS"})

_Connection = httpcore.AsyncHTTPConnection | httpcore.AsyncConnectionPool


class Way(NamedTuple):
    """How servers are reached, and whom to trust."""

    proxy: str = ""
    authorities: str = ""
    certificate: str = ""
    key: str = ""
    http2: bool = False
    #: Seconds to wait where httpcore itself sets no limit.
    patience_s: float | None = None


class Connections(httpx.AsyncBaseTransport):
    """Answers the requests of one transfer, one after the other."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._backend = Backend(way.patience_s)
        self._open: dict[tuple[str, str, int | None], _Connection] = {}
        self._last: _Body | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises what httpcore does, `tls.Unusable` and `proxies.Unusable`."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        if self._last is not None:
            # Whatever is left of it, nobody reads any more.
            await self._last.aclose()
        url = request.url
        asked = httpcore.Request(
            method=request.method.encode("ascii"),
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._ask(url, asked)
        self._last = _Body(answer)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=self._last,
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        for connection in self._open.values():
            await connection.aclose()
        self._open.clear()

    async def _ask(self, url: httpx.URL, asked: httpcore.Request) -> httpcore.Response:
        place = (url.scheme, url.host, url.port)
        known = await self._known(place)
        if known is not None:
            try:
                return await known.handle_async_request(asked)
            except (httpcore.RemoteProtocolError, httpcore.NetworkError):
                # The server may have given it up as idle, just when it was used again.
                await known.aclose()
                if asked.method not in _REPEATABLE:
                    raise
        made = self._open[place] = self._make(url)
        return await made.handle_async_request(asked)

    async def _known(self, place: tuple[str, str, int | None]) -> _Connection | None:
        known = self._open.get(place)
        if isinstance(known, httpcore.AsyncHTTPConnection) and (
            known.has_expired() or known.is_closed() or not known.is_available()
        ):
            await known.aclose()
            return None
        return known

    def _make(self, url: httpx.URL) -> _Connection:
        way = self._way
        context = None
        if url.scheme == "https":
            context = tls.make_context(way.authorities, way.certificate, way.key, http2=way.http2)
        proxy = proxies.find(way.proxy, url)
        if proxy is not None:
            return httpcore.AsyncConnectionPool(
                ssl_context=context, proxy=self._introduced(proxy), http2=way.http2,
                keepalive_expiry=KEPT_S, network_backend=self._backend,
            )  # fmt: skip
        port = url.port or (443 if url.scheme == "https" else 80)
        return httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(url.raw_scheme, url.raw_host, port),
            ssl_context=context, keepalive_expiry=KEPT_S, http2=way.http2,
            network_backend=self._backend,
        )  # fmt: skip

    def _introduced(self, proxy: proxies.Proxy) -> httpcore.Proxy:
        is_safe = proxy.scheme == "https"
        return httpcore.Proxy(
            httpcore.URL(
                scheme=proxy.scheme.encode(), host=proxy.host.encode(), port=proxy.port, target=b"/"
            ),
            auth=proxy.auth,
            ssl_context=tls.make_context(self._way.authorities) if is_safe else None,
        )


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it came over the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()

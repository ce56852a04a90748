"""The connections of one transfer: one at a time to each server, and no pool that all share.

A pool costs more with every transfer that uses it; a transfer has no use for one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import httpcore
import httpx

from bgtasks_gui.transfers.net import proxies, tls
from bgtasks_gui.transfers.net.sockets import Backend

#: Seconds that an idle connection is taken for usable, between two requests of one transfer.
KEPT_S: Final = 30.0

_Connection = httpcore.AsyncHTTPConnection | httpcore.AsyncConnectionPool


class Connections(httpx.AsyncBaseTransport):
    """Answers the requests of one transfer, one after the other."""

    def __init__(
        self,
        *,
        proxy: str = "",
        authorities: str = "",
        certificate: str = "",
        key: str = "",
        http2: bool = False,
    ) -> None:
        self._proxy = proxy
        self._trust = (authorities, certificate, key)
        self._http2 = http2
        self._open: dict[tuple[str, str, int | None], _Connection] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises what httpcore does, `tls.Unusable` and `proxies.Unusable`."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        connection = await self._find(url)
        answer = await connection.handle_async_request(
            httpcore.Request(
                method=request.method.encode(),
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        for connection in self._open.values():
            await connection.aclose()
        self._open.clear()

    async def _find(self, url: httpx.URL) -> _Connection:
        place = (url.scheme, url.host, url.port)
        known = self._open.get(place)
        if isinstance(known, httpcore.AsyncHTTPConnection) and (
            known.has_expired() or known.is_closed() or not known.is_available()
        ):
            await known.aclose()
            known = None
        if known is None:
            known = self._open[place] = self._make(url)
        return known

    def _make(self, url: httpx.URL) -> _Connection:
        context = None
        if url.scheme == "https":
            context = tls.make_context(*self._trust, http2=self._http2)
        proxy = proxies.find(self._proxy, url)
        if proxy is not None:
            return httpcore.AsyncConnectionPool(
                ssl_context=context, proxy=proxy, max_connections=1, http2=self._http2,
                keepalive_expiry=KEPT_S, network_backend=Backend(),
            )  # fmt: skip
        port = url.port or (443 if url.scheme == "https" else 80)
        return httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(url.raw_scheme, url.raw_host, port),
            ssl_context=context, keepalive_expiry=KEPT_S, http2=self._http2,
            network_backend=Backend(),
        )  # fmt: skip


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it came over the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()

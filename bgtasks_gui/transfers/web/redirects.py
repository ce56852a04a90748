"""Where an answer points to, and what of a request may go there (RFC 9110 15.4)."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Final

import httpx

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web.failures import FOREIGN, Trouble

#: Redirects followed within one request.
MOST: Final = 10
SCHEMES: Final = frozenset({"http", "https"})
#: Bytes of an answer that are read so that its connection can be used again, and for how long.
DRAINED: Final = 64 * 1024
DRAINED_S: Final = 1.0
#: Headers that are nobody's business but the first server's.
_SECRET: Final = re.compile(r"auth|cookie|token|secret|passw|key|session", re.IGNORECASE)


class Trail:
    """The places one request has been at, so that a circle is noticed."""

    def __init__(self, first: httpx.Request) -> None:
        self._been = [_mark(first)]

    def next(self, response: httpx.Response, asked: httpx.Request) -> httpx.Request | None:
        """The request that an answer asks for; None where it asks for none.

        Raises `Trouble` for what is refused.
        """
        request = following(response, asked)
        if request is None:
            return None
        mark = _mark(request)
        # Once more to the same is honest: there are servers that need a moment.
        if self._been.count(mark) > 1:
            raise _refused("in a circle")
        if len(self._been) > MOST:
            raise _refused(f"more than {MOST} times")
        self._been.append(mark)
        return request


def following(response: httpx.Response, asked: httpx.Request) -> httpx.Request | None:
    request = response.next_request
    if request is None:
        return None
    if request.url.scheme not in SCHEMES:
        raise _refused(f"to an address that begins with {request.url.scheme}:, which is refused")
    if not request.url.host:
        raise _refused("to an address without a host")
    if not has_port(request.url):
        raise _refused(f"to the port {request.url.port}, which no server has")
    if request.method != asked.method and not _may_become_get(response.status_code, asked.method):
        # httpx does as browsers do, and would leave out what was to be sent.
        request.method = asked.method
        request.stream = asked.stream
        for name in ("content-length", "transfer-encoding", "content-type"):
            if name in asked.headers:
                request.headers[name] = asked.headers[name]
    if is_same_place(asked.url, request.url):
        _keep_cookies(request, asked.headers.get("cookie", ""))
    else:
        for name in [name for name in asked.headers if _SECRET.search(name) and name != "cookie"]:
            request.headers.pop(name, None)
    request.extensions = asked.extensions
    return request


def is_same_place(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether what is meant for one server may be told to the other.

    From http to https of the same host, both at their usual ports, nothing is given away.
    """
    if (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other)):
        return True
    is_upgrade = (one.scheme, other.scheme) == ("http", "https")
    return is_upgrade and one.host == other.host and (_port(one), _port(other)) == (80, 443)


def has_port(url: httpx.URL) -> bool:
    """Whether its port, where it names one, can be one; httpx takes any number."""
    return url.port is None or 0 < url.port < 65_536


async def drain(response: httpx.Response) -> None:
    """Read what is left of a short answer, so that the connection is free for the next."""
    read = 0
    with contextlib.suppress(*FOREIGN):
        async with asyncio.timeout(DRAINED_S):
            async for piece in response.aiter_raw():
                read += len(piece)
                if read > DRAINED:
                    break
    with contextlib.suppress(*FOREIGN):
        await response.aclose()


def _keep_cookies(request: httpx.Request, given: str) -> None:
    """Those of the person's beside those that servers have set on the way."""
    both = "; ".join(filter(None, (given, request.headers.get("cookie", ""))))
    named = dict(each.partition("=")[::2] for each in both.split("; ") if each)
    if named:
        request.headers["cookie"] = "; ".join(f"{name}={value}" for name, value in named.items())


def _may_become_get(status: int, method: str) -> bool:
    """RFC 9110 15.4: 303 does so with any method, 301 and 302 with POST."""
    return status == 303 or (status in (301, 302) and method == "POST")


def _mark(request: httpx.Request) -> tuple[str, str, str]:
    """What makes it another request: a cookie that was set meanwhile does."""
    address = request.url.copy_with(fragment=None)
    return request.method, str(address), request.headers.get("cookie", "")


def _refused(where: str) -> Trouble:
    return Trouble(
        f"the server redirects {where}", code=reasons.Code.SERVER_ANSWER, is_passing=False
    )


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)

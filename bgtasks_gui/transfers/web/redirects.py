"""Where an answer points to, and what of a request may go there (RFC 9110 15.4)."""

from __future__ import annotations

import re
from typing import Final

import httpx

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web.failures import Trouble

#: Redirects followed within one request.
MOST: Final = 10
SCHEMES: Final = frozenset({"http", "https"})
#: Bytes of an answer that are read so that its connection can be used again.
DRAINED: Final = 64 * 1024
#: Headers that are nobody's business but the first server's.
_SECRET: Final = re.compile(r"auth|cookie|token|secret|passw|key|session", re.IGNORECASE)


def following(response: httpx.Response, asked: httpx.Request) -> httpx.Request | None:
    """The request that an answer asks for; None where it is none of that kind.

    Raises `Trouble` for an address that is refused.
    """
    request = response.next_request
    if request is None:
        return None
    if request.url.scheme not in SCHEMES:
        raise Trouble(
            f"the server redirects to an address that begins with {request.url.scheme}:, "
            "which is refused",
            code=reasons.Code.SERVER_ANSWER, is_passing=False,
        )  # fmt: skip
    if is_same_place(asked.url, request.url):
        if "cookie" in asked.headers and "cookie" not in request.headers:
            request.headers["cookie"] = asked.headers["cookie"]
    else:
        for name in [name for name in request.headers if _SECRET.search(name)]:
            del request.headers[name]
    request.extensions = asked.extensions
    return request


def is_same_place(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether what is meant for one server may be told to the other.

    From http to https of the same host, both at their usual ports, nothing is given away.
    """
    if (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other)):
        return True
    return one.host == other.host and (_port(one), _port(other)) == (80, 443)


async def drain(response: httpx.Response) -> None:
    """Read what is left of a short answer, so that the connection is free for the next."""
    read = 0
    async for piece in response.aiter_raw():
        read += len(piece)
        if read > DRAINED:
            break
    await response.aclose()


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)

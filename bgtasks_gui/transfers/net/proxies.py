"""Which proxy, if any, a connection goes through."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from typing import Final

import httpcore
import httpx

#: The word for "none, whatever the environment says".
DIRECT: Final = "direct"
_SCHEMES: Final = frozenset({"http", "https", "socks5", "socks5h"})


class Unusable(Exception):
    """What is given is no proxy; the message says what would be one."""


def find(wanted: str, url: httpx.URL) -> httpcore.Proxy | None:
    """The proxy for an address: `wanted` is "" for what the environment says, or `DIRECT`."""
    if wanted == DIRECT:
        return None
    address = wanted or _of_environment(url)
    return None if not address else _parsed(address)


def _of_environment(url: httpx.URL) -> str:
    """By the variables that all programs know: HTTP_PROXY and the like, NO_PROXY."""
    found: Mapping[str, str] = urllib.request.getproxies_environment()
    place = f"{url.host}:{url.port}" if url.port is not None else url.host
    if urllib.request.proxy_bypass_environment(place, found):  # type: ignore[attr-defined]
        return ""
    return found.get(url.scheme) or found.get("all") or ""


def _parsed(address: str) -> httpcore.Proxy:
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
    except httpx.InvalidURL as error:
        raise Unusable(f"{address!r} is no address of a proxy") from error
    if url.scheme not in _SCHEMES or not url.host:
        raise Unusable(f"{address!r} is no proxy; it is like http://proxy.example:3128")
    port = url.port or {"http": 80, "https": 443}.get(url.scheme, 1080)
    auth = (url.username, url.password) if url.username or url.password else None
    place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=b"/")
    return httpcore.Proxy(place, auth=auth)

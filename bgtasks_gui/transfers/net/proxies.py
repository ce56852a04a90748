"""Which proxy, if any, a connection goes through."""

from __future__ import annotations

import importlib.util
import os
from typing import Final, NamedTuple

import httpx

from bgtasks_gui.transfers.net import environment

#: The word for "none, whatever the environment says".
DIRECT: Final = "direct"
_PORTS: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_EXAMPLE: Final = "http://proxy.example:3128"


class Unusable(Exception):
    """What is given is no proxy; the message says what would be one."""


class Proxy(NamedTuple):
    """Where it is, and who we are to it."""

    scheme: str
    host: str
    port: int
    auth: tuple[bytes, bytes] | None = None


def find(wanted: str, url: httpx.URL) -> Proxy | None:
    """The proxy for an address: `wanted` is "" for what the environment says, or `DIRECT`."""
    if wanted == DIRECT:
        return None
    address = wanted or environment.find_proxy(os.environ, url.scheme, url.host, url.port)
    return None if not address else _parsed(address)


def _parsed(address: str) -> Proxy:
    """Its user and password are shown nowhere, so that no message has the address."""
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
    except httpx.InvalidURL as error:
        raise Unusable(f"the proxy has no address that is like {_EXAMPLE}") from error
    if url.scheme not in _PORTS:
        raise Unusable(
            f"{url.scheme} is no kind of proxy: there are http, https and socks5, like {_EXAMPLE}"
        )
    if not url.host:
        raise Unusable(f"the proxy has no host; it is like {_EXAMPLE}")
    # httpx takes any number for one.
    if url.port is not None and not 0 < url.port < 65_536:
        raise Unusable(f"{url.port} is no port of a proxy; one is from 1 to 65535")
    if url.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise Unusable("proxies by SOCKS need the Python package socksio, which is not installed")
    auth = (url.username.encode(), url.password.encode()) if url.userinfo else None
    host = url.raw_host.decode("ascii")
    return Proxy(url.scheme, host, url.port or _PORTS[url.scheme], auth)

"""User names and passwords: where they come from, and addresses without them."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import httpx

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web.failures import Trouble

#: Before the host, in the name under which the system's keyring keeps a password.
SERVICE: Final = "bgtasks:"


class Credentials(NamedTuple):
    username: str
    password: str


class Login:
    """Signs requests to one server: by Basic, from the first that asks for it on by Digest."""

    def __init__(self, credentials: Credentials) -> None:
        self._basic = httpx.BasicAuth(*credentials)
        self._digest = httpx.DigestAuth(*credentials)
        self._is_digest = False

    def sign(self, request: httpx.Request) -> None:
        auth: httpx.Auth = self._digest if self._is_digest else self._basic
        next(auth.auth_flow(request))

    def sign_again(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Sign as the answer asks for, if it does and that was not tried."""
        flow = self._digest.auth_flow(request)
        next(flow)
        try:
            flow.send(response)
        except (StopIteration, KeyError, NotImplementedError):
            # It asks for nothing, or for what nobody knows.
            return False
        self._is_digest = True
        return True


async def find(url: httpx.URL, user: str) -> Credentials | None:
    """Those of the address, or the user's from the system's keyring. Raises `Trouble`."""
    if url.username or url.password:
        return Credentials(url.username, url.password)
    if not user:
        return None
    service = f"{SERVICE}{url.host}"
    password = await asyncio.to_thread(_read_keyring, service, user)
    if password is None:
        raise Trouble(
            f"the keyring has no password of {user} for {url.host}; put it there with "
            f"`keyring set {service} {user}`",
            code=reasons.Code.SERVER_ANSWER, is_passing=False,
        )  # fmt: skip
    return Credentials(user, password)


def without(address: str) -> str:
    """An address as it may be shown: no user, password, query or fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.partition("?")[0].rpartition("@")[2]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _read_keyring(service: str, user: str) -> str | None:
    # Loaded here: it looks for every keyring there may be, which takes a while.
    import keyring
    import keyring.errors

    try:
        return keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise Trouble(
            f"the system's keyring cannot be read ({' '.join(str(error).split())[:120]})",
            code=reasons.Code.SERVER_ANSWER, is_passing=False,
        ) from error  # fmt: skip

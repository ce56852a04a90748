"""User names and passwords: where they come from, and addresses without them."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

import httpx

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web.failures import Trouble

#: Before the host, in the name under which the system's keyring keeps a password.
SERVICE: Final = "bgtasks:"


class Credentials(NamedTuple):
    username: str
    password: str


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
        url = httpx.URL(address)
        return str(url.copy_with(username=None, password=None, query=None, fragment=None))
    except httpx.InvalidURL:
        return address.partition("?")[0].rpartition("@")[2]


def asks_for_digest(response: httpx.Response) -> bool:
    asked = response.headers.get_list("www-authenticate")
    return response.status_code == 401 and any(one.lower().startswith("digest") for one in asked)


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

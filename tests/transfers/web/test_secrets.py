"""User names and passwords, and addresses without them."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web import secrets
from bgtasks_gui.transfers.web.failures import Trouble
from tests.transfers.web import rings

PLAIN = httpx.URL("https://example.org/file")


def answer(*asked: str, status: int = 401) -> httpx.Response:
    request = httpx.Request("GET", PLAIN)
    headers = [("WWW-Authenticate", one) for one in asked]
    return httpx.Response(status, headers=headers, request=request)


# Where they come from


async def test_from_the_address() -> None:
    url = httpx.URL("https://ada:l%C3%B6ve%40@example.org/")
    assert await secrets.find(url, "") == ("ada", "löve@")
    # Even where there is a user too, the address is closer at hand.
    assert await secrets.find(url, "bob") == ("ada", "löve@")
    assert await secrets.find(httpx.URL("https://ada@example.org/"), "") == ("ada", "")


async def test_nowhere() -> None:
    assert await secrets.find(PLAIN, "") is None


async def test_from_the_keyring_by_user_and_host() -> None:
    with rings.ring({("bgtasks:example.org", "ada"): "love"}):
        assert await secrets.find(PLAIN, "ada") == ("ada", "love")


async def test_the_keyring_has_none() -> None:
    with rings.ring({("bgtasks:example.org", "ada"): "love"}), pytest.raises(Trouble) as caught:
        await secrets.find(httpx.URL("https://example.net/"), "ada")
    assert caught.value.detail == (
        "the keyring has no password of ada for example.net; put it there with "
        "`keyring set bgtasks:example.net ada`"
    )
    assert not caught.value.is_passing
    assert caught.value.code is reasons.Code.SERVER_ANSWER


async def test_the_keyring_is_locked() -> None:
    with rings.ring({}, is_locked=True), pytest.raises(Trouble) as caught:
        await secrets.find(PLAIN, "ada")
    assert caught.value.detail == ("the system's keyring cannot be read (nobody unlocked it)")


# Signing


def test_the_first_request_is_signed_by_basic() -> None:
    request = httpx.Request("GET", PLAIN)
    secrets.Login(secrets.Credentials("ada", "love")).sign(request)
    assert request.headers["authorization"] == "Basic YWRhOmxvdmU="


def test_by_digest_once_that_is_asked_for() -> None:
    login = secrets.Login(secrets.Credentials("ada", "love"))
    request = httpx.Request("GET", PLAIN)
    login.sign(request)
    assert login.sign_again(request, answer('Digest realm="r", nonce="n", qop="auth"'))
    assert request.headers["authorization"].startswith('Digest username="ada", realm="r"')
    following = httpx.Request("GET", PLAIN)
    login.sign(following)
    assert "nc=00000002" in following.headers["authorization"]


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ('Basic realm="r"',),
        ('Digest realm="r", nonce="n", algorithm=SHA-1024',),
        ('Digest realm="r", nonce="n", qop="auth-int"',),
    ],
)
def test_what_nobody_can_do_is_not_tried(asked: tuple[str, ...]) -> None:
    login = secrets.Login(secrets.Credentials("ada", "love"))
    request = httpx.Request("GET", PLAIN)
    login.sign(request)
    assert not login.sign_again(request, answer(*asked))


# Addresses to be shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ada:love@example.org:8443/a%20b?token=1#c", "https://example.org:8443/a%20b"),
        ("http://example.org", "http://example.org"),
        ("http://ada:love@[::1/x?y", "[::1/x"),
        ("http://example.org:x/?token=love", "http://example.org:x/"),
    ],
)
def test_without_user_password_query_and_fragment(address: str, shown: str) -> None:
    assert secrets.without(address) == shown


WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).map("SECRET".__add__)


@given(WORDS, WORDS, WORDS, WORDS, st.sampled_from(["example.org", "[::1]", "[::1", "a:b", ""]))
def test_no_secret_is_ever_left(
    user: str, password: str, query: str, fragment: str, host: str
) -> None:
    address = f"https://{user}:{password}@{host}/path?{query}#{fragment}"
    assert "SECRET" not in secrets.without(address)

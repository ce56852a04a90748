"""Where an answer points to, and what of a request goes there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.web import redirects
from bgtasks_gui.transfers.web.failures import Trouble

HERE = "https://one.example/file"


class Body(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"body"


class Pointing(httpx.AsyncBaseTransport):
    """Answers whatever comes, and reads nothing of it."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        del request
        return self._response


async def redirected(
    to: str, status: int = 302, method: str = "GET", at: str = HERE, **headers: str
) -> tuple[httpx.Response, httpx.Request]:
    """The answer of a server that points there, and what it was asked."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    set_cookie = named.pop("set-cookie", None)
    asked = httpx.Request(method, at, headers=named, stream=Body())
    asked.extensions = {"timeout": {"read": 1.0}}

    given = {"Location": to} | ({"Set-Cookie": set_cookie} if set_cookie else {})
    pointing = Pointing(httpx.Response(status, headers=given))
    async with httpx.AsyncClient(transport=pointing) as client:
        return await client.send(asked, follow_redirects=False), asked


async def following(to: str, status: int = 302, **given: str) -> httpx.Request:
    found = redirects.following(*await redirected(to, status, **given))
    assert found is not None
    return found


async def refused(to: str, **given: str) -> Trouble:
    answer = await redirected(to, **given)
    with pytest.raises(Trouble) as caught:
        redirects.following(*answer)
    assert caught.value.code is reasons.Code.SERVER_ANSWER
    assert not caught.value.is_passing
    return caught.value


# Where to


async def test_an_answer_that_points_nowhere() -> None:
    assert redirects.following(*await redirected("", 200)) is None


@pytest.mark.parametrize(
    ("to", "url"),
    [
        ("/other", "https://one.example/other"),
        ("other?x=1", "https://one.example/other?x=1"),
        ("//two.example/a", "https://two.example/a"),
        ("http://two.example:8080/a b", "http://two.example:8080/a%20b"),
    ],
)
async def test_addresses_are_seen_from_where_they_stand(to: str, url: str) -> None:
    found = await following(to)
    assert str(found.url) == url
    assert found.extensions == {"timeout": {"read": 1.0}}


@pytest.mark.parametrize("to", ["ftp://one.example/file", "file:///etc/passwd"])
async def test_only_the_web_is_pointed_to(to: str) -> None:
    scheme = to.partition(":")[0]
    assert (await refused(to)).detail == (
        f"the server redirects to an address that begins with {scheme}:, which is refused"
    )


async def test_a_port_that_is_none() -> None:
    trouble = await refused("https://one.example:99999/")
    assert trouble.detail == "the server redirects to the port 99999, which no server has"


# By which method


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        (301, "GET", "GET"), (301, "POST", "GET"), (301, "PUT", "PUT"),
        (302, "GET", "GET"), (302, "POST", "GET"), (302, "PUT", "PUT"), (302, "PATCH", "PATCH"),
        (303, "POST", "GET"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"),
        (307, "POST", "POST"), (307, "PUT", "PUT"), (308, "POST", "POST"),
    ],
)  # fmt: skip
async def test_by_which_method_and_with_what(status: int, method: str, expected: str) -> None:
    found = await following("/other", status, method=method, content_length="4")
    assert found.method == expected
    if method not in ("GET", "HEAD"):
        assert isinstance(found.stream, Body) == (expected == method)
        assert ("content-length" in found.headers) == (expected == method)


# What goes along


SECRETS = {
    "authorization": "Basic x", "cookie": "a=1", "x_api_key": "k", "x_auth_token": "t",
    "proxy_authorization": "p", "x_session": "s",
}  # fmt: skip


async def test_within_one_place_all_goes_along() -> None:
    found = await following("/other", range="bytes=5-", **SECRETS)
    for name, value in SECRETS.items():
        assert found.headers[name.replace("_", "-")] == value
    assert found.headers["range"] == "bytes=5-"


@pytest.mark.parametrize(
    "to",
    ["https://two.example/", "http://one.example/", "https://one.example:8443/",
     "https://www.one.example/"],
)  # fmt: skip
async def test_other_places_are_told_no_secret(to: str) -> None:
    found = await following(to, range="bytes=5-", **SECRETS)
    assert [name for name in SECRETS if name.replace("_", "-") in found.headers] == []
    assert found.headers["range"] == "bytes=5-"
    assert found.headers["host"] == found.url.netloc.decode()


async def test_from_http_to_https_of_one_host_they_go_along() -> None:
    found = await following("https://one.example/", at="http://one.example/", cookie="a=1")
    assert found.headers["cookie"] == "a=1"


async def test_cookies_that_are_set_on_the_way_stand_beside_those_given() -> None:
    found = await following("/b", cookie="a=1; b=1", **{"set-cookie": "b=2; Path=/"})
    assert found.headers["cookie"] == "a=1; b=2"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://a/", "http://a:80/x", True),
        ("https://a:443/", "https://a/", True),
        ("http://a/", "https://a/", True),
        ("https://a/", "http://a/", False),
        ("http://a:8080/", "https://a/", False),
        ("https://a:80/", "https://a/", False),
        ("http://a/", "http://b/", False),
    ],
)
def test_what_is_one_place(one: str, other: str, is_same: bool) -> None:
    assert redirects.is_same_place(httpx.URL(one), httpx.URL(other)) is is_same


# The whole way


async def test_ten_and_no_more() -> None:
    trail = redirects.Trail(httpx.Request("GET", HERE))
    for number in range(redirects.MOST):
        assert trail.next(*await redirected(f"/{number}")) is not None
    answer = await redirected("/more")
    with pytest.raises(Trouble, match="redirects more than 10 times"):
        trail.next(*answer)


async def test_a_circle_is_noticed_once_it_is_gone_round() -> None:
    trail = redirects.Trail(httpx.Request("GET", HERE))
    # Once more to the same place is what servers do that need a moment.
    assert trail.next(*await redirected("/file#part")) is not None
    answer = await redirected("/file")
    with pytest.raises(Trouble, match="redirects in a circle"):
        trail.next(*answer)


async def test_back_to_where_it_was_with_a_cookie_is_no_circle() -> None:
    trail = redirects.Trail(httpx.Request("GET", HERE))
    answer = await redirected("/file", **{"set-cookie": "seen=1; Path=/"})
    assert trail.next(*answer) is not None

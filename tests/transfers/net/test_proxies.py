"""Which proxy is taken, by what is given and by the environment."""

from __future__ import annotations

import contextlib

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.transfers.net import proxies

SERVER = httpx.URL("https://example.org/file")
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def place(wanted: str, url: httpx.URL | str = SERVER) -> str | None:
    found = proxies.find(wanted, httpx.URL(url))
    return None if found is None else f"{found.scheme}://{found.host}:{found.port}"


def test_without_a_word_there_is_none() -> None:
    assert place("") is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example", "http://proxy.example:80"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("socks5://proxy.example", "socks5://proxy.example:1080"),
        ("socks5h://127.0.0.1:9050", "socks5h://127.0.0.1:9050"),
        ("http://bücher.example:1", "http://xn--bcher-kva.example:1"),
    ],
)
def test_one_that_is_given_is_taken(given: str, expected: str) -> None:
    assert place(given) == expected


def test_the_environment_is_asked_by_the_kind_of_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://plain.example:1")
    monkeypatch.setenv("https_proxy", "http://safe.example:2")
    assert place("", "http://example.org/") == "http://plain.example:1"
    assert place("", "https://example.org/") == "http://safe.example:2"


def test_one_for_all_stands_in_where_there_is_none_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://all.example")
    monkeypatch.setenv("HTTP_PROXY", "http://plain.example:1")
    assert place("", "https://example.org/") == "socks5://all.example:1080"
    assert place("", "http://example.org/") == "http://plain.example:1"


@pytest.mark.parametrize(
    ("excepted", "url"),
    [
        ("*", "https://example.org/"),
        ("example.org", "https://example.org/"),
        ("example.org", "https://www.example.org/"),
        (".example.org", "https://www.example.org/"),
        ("localhost, example.org:8443", "https://example.org:8443/"),
        ("127.0.0.1", "https://127.0.0.1:9/"),
    ],
)
def test_no_proxy_for_some(monkeypatch: pytest.MonkeyPatch, excepted: str, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    monkeypatch.setenv("NO_PROXY", excepted)
    assert place("", url) is None
    assert place("", "https://example.net/") == (
        None if excepted == "*" else "http://proxy.example:1"
    )
    # Who names one has thought of it.
    assert place("http://given.example:2", url) == "http://given.example:2"


def test_direct_is_none_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    assert place(proxies.DIRECT) is None


def test_who_we_are_to_it() -> None:
    found = proxies.find("http://ada:l%C3%B6ve%40@proxy.example:1", SERVER)
    assert found is not None
    assert found.auth == (b"ada", "löve@".encode())
    assert proxies.find("http://proxy.example:1", SERVER) == ("http", "proxy.example", 1, None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("ftp://ada:love@proxy.example", "ftp is no kind of proxy"),
        ("http://ada:love@proxy.example:999999", "999999 is no port"),
        ("http://[::1", "the proxy has no address that is like http://"),
        ("http://", "the proxy has no host"),
    ],
)
def test_what_is_no_proxy_is_refused_without_its_password(given: str, words: str) -> None:
    with pytest.raises(proxies.Unusable, match=words) as caught:
        proxies.find(given, SERVER)
    assert "love" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_proxy_or_refused(text: str) -> None:
    if text in ("", proxies.DIRECT):
        return
    with contextlib.suppress(proxies.Unusable):
        found = proxies.find(text, SERVER)
        assert found is not None
        assert found.host.isascii()
        assert 1 <= found.port <= 65_535

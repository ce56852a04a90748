from __future__ import annotations

import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.transfers.net import environment

ONE, OTHER = "http://one.example:1", "http://user:word@other.example"
LOWER = [f"{name}_proxy" for name in ("http", "https", "all", "no")]
NAMES = [*LOWER, *map(str.upper, LOWER), "REQUEST_METHOD"]


def find(url: str = "https://a.example", port: int | None = None, **environ: str) -> str:
    scheme, _, host = url.partition("://")
    return environment.find_proxy(environ, scheme, host, port)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": ONE}, ONE),
        ({"https_proxy": ONE, "HTTPS_PROXY": OTHER}, ONE),
        ({"HTTPS_PROXY": OTHER, "https_proxy": ""}, ""),
        ({"HTTP_PROXY": ONE}, ""),
        ({"ALL_PROXY": OTHER, "HTTP_PROXY": ONE}, OTHER),
        ({"all_proxy": ONE, "HTTPS_PROXY": OTHER}, OTHER),
    ],
)
def test_which_one(environ: dict[str, str], expected: str) -> None:
    assert find(**environ) == expected


def test_a_header_of_a_web_server_is_none() -> None:
    assert find("http://a.example", HTTP_PROXY=ONE, REQUEST_METHOD="GET") == ""
    assert find("http://a.example", http_proxy=ONE, REQUEST_METHOD="GET") == ONE


@pytest.mark.parametrize(
    ("excepted", "host", "port", "is_excepted"),
    [
        ("*", "a.example", None, True),
        (" b.example , a.example", "a.example", None, True),
        ("A.EXAMPLE", "a.example", None, True),
        (".example", "A.example", 8443, True),
        ("example", "myexample", None, False),
        ("a.example:8443", "a.example", 8443, True),
        ("a.example:8443", "a.example", None, False),
        ("a.example:8443", "a.example", 443, False),
        ("::1", "::1", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("", "a.example", None, False),
        (" , .", "a.example", None, False),
    ],
)
def test_excepted(excepted: str, host: str, port: int | None, is_excepted: bool) -> None:
    assert find(f"https://{host}", port, HTTPS_PROXY=ONE, NO_PROXY=excepted) == (
        "" if is_excepted else ONE
    )


@given(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("", ONE, OTHER, "a.example", "*"))),
    st.sampled_from(("http", "https")),
)
def test_as_the_standard_library_reads_it(environ: dict[str, str], scheme: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.delenv(name, raising=False)
        for name, value in environ.items():
            patch.setenv(name, value)
        found = urllib.request.getproxies_environment()
        if urllib.request.proxy_bypass_environment("a.example", found):
            found = {}
    expected = found.get(scheme) or found.get("all") or ""
    assert environment.find_proxy(environ, scheme, "a.example", None) == expected
